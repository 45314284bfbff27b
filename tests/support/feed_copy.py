"""A copy of a view of articles, kept by following `news.changes` as README has it, or by another mark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg2
from psycopg2.extras import RealDictCursor

if TYPE_CHECKING:
    from collections.abc import Mapping

ABOVE_MARK = """
select c.change_id, c.article_id, to_jsonb(a)::text as article
from news.changes c
left join news.{view} a using (article_id)
where c.change_id > %(mark)s and c.latest
order by c.change_id
limit {most}
"""


class Copy:
    """Rows of a view by article_id, as JSON."""

    def __init__(self, url: str, view: str, most: int = 40) -> None:
        self._connection = psycopg2.connect(url, cursor_factory=RealDictCursor)
        self._connection.autocommit = True
        self.view = view
        self.mark = 0
        self._most = most
        self.rows: dict[int, str] = {}

    def close(self) -> None:
        self._connection.close()

    def ask(self, statement: str, values: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            return [dict(row) for row in cursor.fetchall()]

    def follow(self) -> None:
        """Copy what is above the mark, to the end."""
        statement = ABOVE_MARK.format(view=self.view, most=self._most)
        while found := self.ask(statement, {"mark": self.mark}):
            for change in found:
                if change["article"] is None:
                    self.rows.pop(change["article_id"], None)
                else:
                    self.rows[change["article_id"]] = change["article"]
            self.mark = found[-1]["change_id"]
            if len(found) < self._most:
                break

    def differences(self) -> list[int]:
        """Articles that the copy and the view have otherwise."""
        now = {
            row["article_id"]: row["article"]
            for row in self.ask(f"select article_id, to_jsonb(a)::text as article from news.{self.view} a")
        }
        return sorted(number for number in now.keys() | self.rows.keys() if now.get(number) != self.rows.get(number))
