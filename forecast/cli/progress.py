"""A bar for commands that take a while."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

SECONDS_UNSEEN = 2.0


@contextmanager
def progress_bar(words: str = "simulating") -> Iterator[Callable[[int, int], None]]:
    """Show a bar on the error stream once a run takes longer than two seconds, if a person is watching.

    What it gives is to be told how much is done, and how much is to be done in all.
    """
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    started = monotonic()
    columns = (TextColumn(words), BarColumn(), TimeRemainingColumn())
    bar = Bar(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    task = bar.add_task(words, total=None)

    def told(done: int, total: int) -> None:
        if monotonic() - started > SECONDS_UNSEEN and not bar.live.is_started:
            bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield told
    finally:
        bar.stop()
