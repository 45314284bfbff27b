"""CheckOperator: `lumbung publishers check` of one publisher as an Airflow task, red when something needs a look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from harvest import database_url, one_line_errors
from spider_process import PythonProcess
from spiders.errors import LumbungError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context

_NEEDS_A_LOOK = "needs a look: "


class NeedsALook(LumbungError):  # noqa: N818 - reads as what it is
    """What the check found, in one line."""


class CheckOperator(BaseOperator):
    """Check one publisher."""

    ui_color = "#dcebd0"
    template_fields: Sequence[str] = ("publisher", "articles")

    def __init__(self, *, publisher: str, articles: int | str = 3, **kwargs: Any) -> None:  # noqa: ANN401 - Airflow's
        """Take the key of the publisher, how many articles to read, and what every Airflow operator takes."""
        super().__init__(**kwargs)
        self.publisher = publisher
        self.articles = articles
        self._check: PythonProcess | None = None
        self._stopping = False

    def execute(self, context: Context) -> None:
        """Run the check to its end; its report is the task's log.

        Raises:
            AirflowException: what needs a look, in one line.
        """
        del context
        with one_line_errors():
            self._run()

    def _run(self) -> None:
        url = database_url()
        words = ["pipelines.cli", "publishers", "check", self.publisher, "--articles", str(self.articles)]
        finding = ""
        with PythonProcess(words, {"DATABASE_URL": url} if url else {}) as self._check:
            if self._stopping:
                self._check.stop()
            for level, text in self._check.lines():
                if text.startswith(_NEEDS_A_LOOK):
                    finding = text.removeprefix(_NEEDS_A_LOOK)
                else:
                    self.log.log(level, "%s", text or " ")
            status, last_words = self._check.wait(), self._check.last_words
        if self._stopping:
            raise NeedsALook(f"{self.publisher}: the check was stopped")
        if status:
            raise NeedsALook(finding or f"{self.publisher}: {last_words}")

    def on_kill(self) -> None:
        """Airflow wants the task to stop: `execute` goes on reading until the check has ended."""
        self._stopping = True
        if self._check is not None:
            self._check.stop()
