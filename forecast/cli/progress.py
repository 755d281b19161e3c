"""A bar for commands that take a while."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Protocol

SECONDS_UNSEEN = 2.0


class Told(Protocol):
    """Is told how much is done, how much is to be done in all, and in words what was found so far."""

    def __call__(self, done: int, total: int, found: str = "") -> None:
        """Move the bar."""


@contextmanager
def progress_bar(words: str = "simulating") -> Iterator[Told]:
    """Show a bar on the error stream once a run takes longer than two seconds, if a person is watching.

    It is shown even before it is told anything: what is compiled first takes its time too.
    """
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn(words), BarColumn(), TimeRemainingColumn(), TextColumn("{task.fields[found]}"))
    bar = Bar(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    task = bar.add_task(words, total=None, found="")

    def told(done: int, total: int, found: str = "") -> None:
        bar.update(task, completed=done, total=total, found=found)

    waiting = Timer(SECONDS_UNSEEN, bar.start)
    waiting.daemon = True
    if sys.stderr.isatty():
        waiting.start()
    try:
        yield told
    finally:
        waiting.cancel()
        if waiting.ident is not None:
            waiting.join()
        bar.stop()
