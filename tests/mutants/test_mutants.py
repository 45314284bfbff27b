"""The planter of faults: what it plants and leaves alone, and that a trial tells a killed fault from a survivor."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from mutants.catalogue import UnknownModule, argued, catalogue, chosen, files_for
from mutants.mutant import mutants, sample
from mutants.pattern_faults import weaker_patterns
from mutants.python_faults import python_faults
from mutants.sql_faults import sql_faults
from mutants.toml_faults import toml_faults
from support.checkout import ROOT, TESTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mutants.mutant import Fault

LEASE = """\
-- lease --
select page_id from page
where state = 'due' and due_at <= now() or (lost and not spare)  -- says for update
order by announced_at desc nulls last, page_id
for update skip locked

-- free --
update page p set state = 'due', until = now() + interval '1 hour', reads = coalesce(new.reads, p.reads)
where p.found_by is distinct from %(crawl_id)s and p.tries in (1, 2)
"""
CLAUSES = """\
-- store --
with kept as (
    update shelf set read_at = now() where page_id = %(page)s
)
insert into page as p (url, seen_at, lost_at) select url, seen_at, lost_at from visit order by url limit 20
on conflict (url) do update
set seen_at = excluded.seen_at, lost_at = excluded.lost_at,
    state = case when p.lost then 'lost' when p.state = 'due' then 'seen' else p.state end
where p.seen_at is distinct from excluded.seen_at
returning p.seen_at

-- give --
grant select, delete on page to crawler;
revoke delete on page, article from crawler;
do $$ begin
    execute format('revoke connect on database %%I from public', current_database());
end $$
"""
PROGRAM = """\
import re
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from x import y
_NAMES = {"m", "amp"}
_WORD = re.compile(r"a|b")
@task(outlets=[NEWS], retries=3)
def late(self, now: int = 3) -> bool:
    "Above 1 and below 9."
    logger.info("%s is %d", self, 7)
    with self.lock:
        self.count += 1
        self.save(now)
    if self.until <= now and not self.gone:
        raise ValueError(f"{now} is above {9}")
    return min(self.until, now) in (1, 2)
class Kind:
    "words"
    def form(self):
        return Param(default="usual", title="Above all", cron="13 5 * * 1", kinds={"a": 1, "b": 2})
"""


def planted(plant: Callable[[str], Iterable[Fault]], source: str) -> set[str]:
    """The lines that differ, of each mutant."""
    found = set()
    for mutant in mutants("file", source.encode(), plant(source)):
        before, after = source.splitlines(), mutant.planted(source.encode()).decode().splitlines()
        found |= {line.strip() for line in after if line not in before} or {"a line dropped"}
    return found


@pytest.mark.parametrize(
    "line",
    [
        "_NAMES = {'amp'}",
        "_WORD = (re.compile('b'))",
        "def late(self, now: int = (4)) -> bool:",
        "if True:",
        "self.count -= 1",
        "pass",
        "if (self.until < now) and not self.gone:",
        "if (self.until > now) and not self.gone:",
        "if (self.until <= now or not self.gone):",
        "if (self.until <= now):",
        "if (not self.gone):",
        "if self.until <= now and (self.gone):",
        "if False:",
        "return (max(self.until, now)) in (1, 2)",
        "return (min(self.until, now) not in (1, 2))",
        "return min(self.until, now) in (2,)",
        "@(task(retries=3))",
        "@task(outlets=[NEWS], retries=(4))",
        """return Param(default=('usualx'), title="Above all", cron="13 5 * * 1", kinds={"a": 1, "b": 2})""",
        """return Param(default="usual", title="Above all", cron=('14 5 * * 1'), kinds={"a": 1, "b": 2})""",
        "return (Param(title='Above all', cron='13 5 * * 1', kinds={'a': 1, 'b': 2}))",
        """return Param(default="usual", title="Above all", cron="13 5 * * 1", kinds={'b': 2})""",
    ],
)
def test_a_fault_of_each_kind_is_planted_in_python(line: str) -> None:
    assert line in planted(python_faults, PROGRAM)


def test_nothing_is_planted_in_what_only_says_something_or_is_for_types() -> None:
    assert not {
        line
        for line in planted(python_faults, PROGRAM)
        if "TYPE_CHECKING" in line or "logger" in line or "above" in line or "Above allx" in line or "wordsx" in line
    }


@pytest.mark.parametrize(
    ("body", "planted_in"),
    [
        ("return None", False),
        ("if a:\n        return None\n    b = 1", True),
        ("if a:\n        return None", False),
        ("for a in b:\n        return None", True),
        ("try:\n        return f(a)\n    except ValueError:\n        return None", False),
        ("try:\n        return None\n    except ValueError:\n        b = 1\n    else:\n        b = 2", True),
        ("with b:\n        return None", False),
        ("del a", False),
        ("del a[0], a", True),
    ],
)
def test_a_function_that_ends_with_none_anyway_or_forgets_a_name_is_left_alone(body: str, *, planted_in: bool) -> None:
    kinds = [fault.kind for fault in python_faults(f"def g(a):\n    {body}\n") if fault.text == "pass"]
    assert bool({"return dropped", "assignment dropped"} & {*kinds}) == (planted_in or "return f(a)" in body)


@pytest.mark.parametrize(
    "line",
    [
        "for update",
        "a line dropped",
        "where state <> 'due' and due_at <= now() or (lost and not spare)  -- says for update",
        "where state = 'due' and due_at < now() or (lost and not spare)  -- says for update",
        "where due_at <= now() or (lost and not spare)  -- says for update",
        "where state = 'due'  or (lost and not spare)  -- says for update",
        "where state = 'due' and due_at <= now()   -- says for update",
        "where state = 'due' and due_at <= now() or (lost )  -- says for update",
        "where state = 'due' and due_at <= now() or (lost and  spare)  -- says for update",
        "where true  -- says for update",
        "order by announced_at asc nulls last, page_id",
        "order by announced_at desc nulls first, page_id",
        "order by page_id",
        "update page p set until = now() + interval '1 hour', reads = coalesce(new.reads, p.reads)",
        "update page p set state = 'due', until = now() + interval '1 hour'",
        "update page p set state = 'due', until = now() + interval '1 minutes', reads = coalesce(new.reads, p.reads)",
        "update page p set state = 'due', until = now() - interval '1 hour', reads = coalesce(new.reads, p.reads)",
        "update page p set state = 'due', until = now() + interval '1 hour', reads = coalesce(p.reads, new.reads)",
        "update page p set state = 'due', until = now() + interval '1 hour', reads = (p.reads)",
        "where p.tries in (1, 2)",
        "where p.found_by is distinct from %(crawl_id)s",
        "where p.found_by is distinct from %(crawl_id)s and p.tries in (1, 3)",
    ],
)
def test_a_fault_of_each_kind_is_planted_in_sql(line: str) -> None:
    assert line in planted(sql_faults, LEASE)


@pytest.mark.parametrize(
    "line",
    [
        "select",
        "insert into page as p (url, seen_at, lost_at) select url, seen_at, lost_at from visit  limit 20",
        "insert into page as p (url, seen_at, lost_at) select url, seen_at, lost_at from visit order by url",
        "insert into page as p (url, seen_at, lost_at) select url, lost_at, seen_at from visit order by url limit 20",
        "insert into page as p (url, seen_at, lost_at) select url, seen_at, read_at from visit order by url limit 20",
        "on conflict (url) do nothing",
        "set seen_at = excluded.lost_at, lost_at = excluded.seen_at,",
        "set seen_at = excluded.lost_at, lost_at = excluded.lost_at,",
        "state = case  when p.state = 'due' then 'seen' else p.state end",
        "state = case when p.lost then 'lost'  else p.state end",
        "state = case when p.lost then 'lost' when p.state = 'due' then 'seen'  end",
        "grant select on page to crawler;",
        "grant delete on page to crawler;",
        "grant all on page to crawler;",
        "select;",
        "revoke delete on page from crawler;",
        "revoke delete on article from crawler;",
        "null;",
    ],
)
def test_a_fault_of_each_kind_is_planted_in_the_clauses_of_sql(line: str) -> None:
    assert line in planted(sql_faults, CLAUSES)


def test_what_sql_says_in_comments_and_where_it_assigns_stays() -> None:
    lines = planted(sql_faults, LEASE)
    assert all("says for update" in line for line in lines if line.startswith("where state"))
    assert not {line for line in lines if "set state <>" in line}


def test_a_pattern_loses_an_alternative_an_anchor_or_a_bound() -> None:
    assert {text for _, text in weaker_patterns(r"(?:page|hal)=\d{2}$|x")} >= {
        r"(?:hal)=\d{2}$|x",
        r"(?:page)=\d{2}$|x",
        r"(?:page|hal)=\d{3}$|x",
        r"(?:page|hal)=\d{2}|x",
        "x",
    }
    assert list(weaker_patterns("plain")) == []


def test_a_table_loses_a_line_or_has_another_figure() -> None:
    assert planted(toml_faults, 'name = "Warta"\nlocal = true\ndays = 3\n') >= {"local = false", "days = 4"}


def test_a_mutant_keeps_its_name_when_other_lines_change_and_loses_it_with_its_own() -> None:
    def named(source: str) -> dict[str, str]:
        return {each.change: each.identity for each in mutants("f.py", source.encode(), python_faults(source))}

    before = named("def f(a):\n    return a < 3\n")
    assert named("X = 5\n\n\ndef f(a):\n    return a < 3\n").items() >= before.items()
    assert not set(named("def g(a):\n    return a < 3\n").values()) & set(before.values())


def test_a_sample_is_the_same_for_a_seed_and_spread_over_the_lines() -> None:
    everything = list(mutants("f.py", PROGRAM.encode(), python_faults(PROGRAM)))
    assert sample(everything, 5, 7) == sample(reversed(everything), 5, 7)
    assert sample(everything, 5, 7) != sample(everything, 5, 8)
    assert len({each.line for each in sample(everything, 5, 7)}) == 5
    assert sample(everything, 0, 7) == everything


def test_every_module_of_the_catalogue_has_faults_and_test_files_that_there_are() -> None:
    for module in catalogue().values():
        assert (ROOT / module.path).is_file(), module
        assert all((ROOT / test).is_file() for test in module.tests), module
        assert module.tests, module


def test_every_argued_survivor_is_still_a_mutant_of_its_file_and_has_its_reason() -> None:
    entries = tomllib.loads((TESTS / "mutants/argued.toml").read_text("utf-8"))
    modules = {
        path: {each.identity for each in chosen([path])[0].mutants()}
        for path in {each["file"] for each in entries.values()}
    }
    assert [identity for identity, entry in entries.items() if identity not in modules[entry["file"]]] == []
    assert all(len(reason) > 20 for reason in argued().values())


def test_a_module_is_asked_for_by_group_path_or_beginning() -> None:
    assert [each.path for each in chosen(["spiders/fetching/retry"])] == ["spiders/fetching/retry_after.py"]
    assert {each.group for each in chosen(["guard"])} == {"guard"}
    assert chosen([]) == list(catalogue().values())
    assert files_for("pipelines/sql/harvest/polls.sql") == ("tests/pipelines/harvest/test_polls.py",)
    with pytest.raises(
        UnknownModule, match=r"^spiders/nowhere.py: no group, module or file; the groups are politeness"
    ):
        chosen(["spiders/nowhere.py"])
