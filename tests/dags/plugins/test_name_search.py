"""The search box of Airflow's list of DAGs: what it asks for becomes a search by any part of the name, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest

if TYPE_CHECKING:
    from support.forking_airflow import ForkingAirflow

BOX = "dag_display_name_prefix_pattern"
QUERIES = {
    f"{BOX}=antara": [("dag_display_name_pattern", "antara")],
    f"limit=10&{BOX}=Jakarta+Post&offset=20&order_by=-x": [
        ("limit", "10"), ("dag_display_name_pattern", "Jakarta Post"), ("offset", "20"), ("order_by", "-x"),
    ],
    f"{BOX}=crawl_antara": [("dag_id_pattern", "crawl_antara")],
    f"tags=id&tags=crawl&{BOX}=&paused=": [
        ("tags", "id"), ("tags", "crawl"), ("dag_display_name_pattern", ""), ("paused", ""),
    ],
    f"{BOX}=r%C3%A9publik%26a%3Db": [("dag_display_name_pattern", "républik&a=b")],
    f"dag_id_prefix_pattern=crawl_a&owners=a_b.example&{BOX}=a&{BOX}=b_c": [
        ("dag_id_prefix_pattern", "crawl_a"), ("owners", "a_b.example"), ("dag_display_name_pattern", "a"),
        ("dag_id_pattern", "b_c"),
    ],
}  # fmt: skip
UNTOUCHED = ["limit=10&tags=a%20b&x", "", "dag_display_name_pattern=antara"]


@pytest.fixture(scope="module")
def passed_on(ask: ForkingAirflow) -> dict[str, Any]:
    found: dict[str, Any] = ask("name_probe.passed_on", [*QUERIES, *UNTOUCHED])
    return found


def test_the_box_searches_any_part_of_a_name_or_an_id_and_the_rest_of_the_question_stays(
    passed_on: dict[str, Any],
) -> None:
    lists = passed_on["lists"]
    assert {query: parse_qsl(lists[query], keep_blank_values=True) for query in QUERIES} == QUERIES


@pytest.mark.parametrize("query", UNTOUCHED)
def test_another_question_is_passed_on_byte_by_byte(passed_on: dict[str, Any], query: str) -> None:
    assert passed_on["lists"][query] == query


def test_only_lists_of_dags_are_asked_otherwise(passed_on: dict[str, Any]) -> None:
    asked = next(iter(QUERIES))
    changed = {name for name, query in passed_on["paths"].items() if query != asked}
    assert changed == {"list", "api", "below a root"}
    assert passed_on["others"] == [{}, {"query_string": asked}]
    assert passed_on["name"] == "lumbung_name_search"
