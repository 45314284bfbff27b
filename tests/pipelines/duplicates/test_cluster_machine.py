"""Whatever happens to articles, in whatever order: the clusters are those of the articles as they are now."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from support.stories import NOON, Story, body, clusters, members, put, rows, text_hash, weather

from pipelines.database.connections import connect, transaction
from pipelines.duplicates.deduplicate import deduplicate, look_again
from pipelines.duplicates.fingerprints import ALGORITHM

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.database.connections import Connection

_LONG = body(1, 8)
_SHORT = "Pasar ikan di Tual dibuka lagi pada hari Kamis pagi, kata kepala pasar Hasan kepada pembeli."
TEXTS = (
    _LONG, _LONG[:2], _LONG[6:], _LONG[:6], [*_LONG, *body(2, 2)], [*body(3, 1), *_LONG[1:]],
    [line.replace("balai", "rumah") for line in _LONG], body(4, 6), [_SHORT], [_SHORT.replace("dibuka", "ramai")],
    *(weather(day, 20 + day, 5 + day, city) for day, city in enumerate(("Kendari", "Ambon", "Kupang", "Tual"), 1)),
    weather(1, 21, 6, "Kendari")[:3],
    # Plain words alone differ: a copy of a desk, until the others make their form known for a template.
    [line.replace("berawan", "cerah").replace("payung", "topi") for line in weather(1, 21, 6, "Kendari")],
)  # fmt: skip
AFTER = ("fingerprint", "fingerprint_key", "near_duplicate", "contradiction", "cluster_member")


class Newsroom(RuleBasedStateMachine):
    """Articles come, change, are taken down and put back, and are looked at whenever it happens."""

    connection: Connection

    @initialize()
    def begin(self) -> None:
        self.numbers: list[int] = []
        self.stored = 0
        with transaction(self.connection) as cursor:
            cursor.execute("truncate lumbung.article, lumbung.deduplication_due, lumbung.fingerprint_key cascade")
            cursor.execute("delete from lumbung.page")
            cursor.execute("delete from lumbung.renewal")

    @rule(text=st.sampled_from(range(len(TEXTS))), publisher=st.sampled_from(["a", "b"]), hours=st.integers(0, 90))
    def add(self, text: int, publisher: str, hours: int) -> None:
        self.stored += 1
        story = Story(TEXTS[text], publisher, published_at=NOON + timedelta(hours=hours))
        self.numbers += put(self.connection, [story], first=self.stored)

    @precondition(lambda self: self.numbers)
    @rule(data=st.data(), which=st.sampled_from(range(len(TEXTS))))
    def change(self, data: st.DataObject, which: int) -> None:
        number, text = data.draw(st.sampled_from(self.numbers)), TEXTS[which]
        self._do(
            "update lumbung.article set paragraphs = %s, text_hash = %s where article_id = %s",
            text, str(text_hash(Story(text))), number,
        )  # fmt: skip

    @precondition(lambda self: self.numbers)
    @rule(data=st.data())
    def move_in_time(self, data: st.DataObject) -> None:
        self._do(
            "update lumbung.article set published_at = %s where article_id = %s",
            NOON + timedelta(hours=data.draw(st.integers(0, 90))), data.draw(st.sampled_from(self.numbers)),
        )  # fmt: skip

    @precondition(lambda self: self.numbers)
    @rule(data=st.data(), down=st.booleans())
    def take_down_or_put_back(self, data: st.DataObject, down: bool) -> None:  # noqa: FBT001 - drawn
        self._do(
            "update lumbung.article set gone_at = case when %s then now() end where article_id = %s",
            down, data.draw(st.sampled_from(self.numbers)),
        )  # fmt: skip

    @precondition(lambda self: self.numbers)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(self.numbers))
        self._do("delete from lumbung.article where article_id = %s", number)
        self.numbers.remove(number)

    @rule(batch=st.sampled_from([1, 2, 500]))
    def look(self, batch: int) -> None:
        deduplicate(self.connection, batch=batch)

    @rule(publisher=st.sampled_from([None, "a"]))
    def ask_for_a_recheck(self, publisher: str | None) -> None:
        look_again(self.connection, publisher)

    @precondition(lambda self: self.numbers)
    @rule(data=st.data())
    def age(self, data: st.DataObject) -> None:
        """A fingerprint turns out to be of an earlier algorithm."""
        number = data.draw(st.sampled_from(self.numbers))
        self._do("update lumbung.fingerprint set algorithm = %s where article_id = %s", ALGORITHM - 1, number)

    @precondition(lambda self: len(self.numbers) > 1)
    @rule(data=st.data())
    def have_joined_by_older_rules(self, data: st.DataObject) -> None:
        """Two articles that are alone are one story for an earlier algorithm."""
        inside = {row[0] for row in rows(self.connection, "select article_id from lumbung.cluster_member")}
        seen = {row[0] for row in rows(self.connection, "select article_id from lumbung.fingerprint")} - inside
        alone = sorted(seen.intersection(self.numbers))
        if len(alone) > 1:
            a, b = sorted(data.draw(st.lists(st.sampled_from(alone), min_size=2, max_size=2, unique=True)))
            self._do("update lumbung.fingerprint set algorithm = %s where article_id in (%s, %s)", ALGORITHM - 1, a, b)
            self._do("delete from lumbung.cluster_proposed where article_id in (%s, %s)", a, b)
            self._do(
                "insert into lumbung.near_duplicate (article_a, article_b, why, score, rule)"
                " values (%s, %s, 'nearly the same text', 0.9, 'old') on conflict do nothing", a, b,
            )  # fmt: skip
            self._do(
                "insert into lumbung.cluster_member (article_id, cluster_id, canonical, rule)"
                " values (%s, %s, true, 'old'), (%s, %s, false, 'old')", a, a, b, a,
            )  # fmt: skip

    @precondition(lambda self: self.numbers)
    @rule(data=st.data())
    def have_missed_by_older_rules(self, data: st.DataObject) -> None:
        """The articles of a cluster are alone for an earlier algorithm."""
        known = rows(self.connection, "select distinct cluster_id from lumbung.cluster_member order by 1")
        if known:
            (cluster,) = data.draw(st.sampled_from(known))
            self._do(
                "with gone as (delete from lumbung.cluster_member where cluster_id = %s returning article_id),"
                " struck as (delete from lumbung.cluster_proposed p using gone where p.article_id = gone.article_id)"
                " update lumbung.fingerprint f set algorithm = %s from gone where f.article_id = gone.article_id",
                cluster, ALGORITHM - 1,
            )  # fmt: skip

    @invariant()
    def each_cluster_has_one_canonical_article(self) -> None:
        """Readers see every story, also while new rules are coming."""
        whole = "select cluster_id from lumbung.cluster_member group by 1 having not bool_or(canonical)"
        assert rows(self.connection, whole) == []

    def teardown(self) -> None:
        """The same articles, looked at in one go, make the same clusters with the same reasons."""
        deduplicate(self.connection)
        deduplicate(self.connection)
        assert rows(self.connection, "select * from lumbung.cluster_proposed") == []
        assert rows(self.connection, "select * from lumbung.renewal where final_at is null") == []
        known = members(self.connection), clusters(self.connection)
        contradicted = rows(self.connection, "select * from lumbung.contradiction order by 1, 2")
        self._do("truncate " + ", ".join(f"lumbung.{name}" for name in AFTER))
        look_again(self.connection)
        deduplicate(self.connection)
        assert (members(self.connection), clusters(self.connection)) == known
        assert rows(self.connection, "select * from lumbung.contradiction order by 1, 2") == contradicted

    def _do(self, statement: str, *parameters: object) -> None:
        with transaction(self.connection) as cursor:
            cursor.execute(statement, parameters)


def test_clusters_depend_on_the_articles_alone(database_url: str) -> None:
    connection = connect(database_url)

    def machine() -> Newsroom:
        newsroom = Newsroom()
        newsroom.connection = connection
        return newsroom

    run: Callable[..., None] = run_state_machine_as_test
    run(
        machine,
        settings=settings(
            max_examples=25, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    connection.close()
