"""Threads on this machine."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from types import TracebackType
from typing import Self

from innosi.scenarios.engines.engine import Result, Unit


class Threads:
    """Computes units on threads.

    Parameters
    ----------
    workers : int, optional
        How many; by default as many as this process may use processors. One works in the calling thread.
    """

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or usable_processors()

    def __repr__(self) -> str:
        return f"Threads({self.workers})"

    def __enter__(self) -> Self:
        """Return itself: threads are started by `map`."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Do nothing: threads end with `map`."""

    def map(self, work: Callable[[Unit], Result], units: Iterable[Unit]) -> Iterator[tuple[Unit, Result]]:
        """Yield each unit with its result as it is done; see `Engine.map`."""
        if self.workers == 1:
            for unit in units:
                yield unit, work(unit)
            return
        waiting = iter(units)
        under_way: dict[Future[Result], Unit] = {}
        pool = ThreadPoolExecutor(self.workers, thread_name_prefix="innosi")
        try:
            while True:
                for unit in islice(waiting, self.workers + 1 - len(under_way)):
                    under_way[pool.submit(work, unit)] = unit
                if not under_way:
                    return
                done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                for each in done:
                    unit = under_way.pop(each)
                    yield unit, each.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def usable_processors() -> int:
    """Return how many processors this process may use: those it may run on, within the container's quota."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(min(allowed, _quota()), 1)


def _quota() -> int:
    """Processors that a container may use (control groups, version 2); many where nothing is said."""
    try:
        with open("/sys/fs/cgroup/cpu.max", encoding="ascii") as file:  # noqa: PTH123 - the system's own file
            quota, period = file.read().split()
        return max(round(int(quota) / int(period)), 1)
    except (OSError, ValueError):
        return 1024
