"""A bar for commands that take a while."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Protocol

SECONDS_UNSEEN = 2.0


class Told(Protocol):
    """Is told how much is done, how much is to be done in all, and in words what was found so far."""

    def __call__(self, done: int, total: int, found: str = "") -> None:
        """Move the bar."""


@contextmanager
def progress_bar(words: str = "simulating") -> Iterator[Told]:
    """Show a bar on the error stream once a run takes longer than two seconds, if a person is watching."""
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    started = monotonic()
    columns = (TextColumn(words), BarColumn(), TimeRemainingColumn(), TextColumn("{task.fields[found]}"))
    bar = Bar(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    task = bar.add_task(words, total=None, found="")

    def told(done: int, total: int, found: str = "") -> None:
        if monotonic() - started > SECONDS_UNSEEN and not bar.live.is_started:
            bar.start()
        bar.update(task, completed=done, total=total, found=found)

    try:
        yield told
    finally:
        bar.stop()
