"""What every engine does: a function over units of work, wherever they are computed."""

from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Protocol, Self, TypeVar

Unit = TypeVar("Unit")
Result = TypeVar("Result")


class Engine(Protocol):
    """Where units of work are computed. It is opened and closed by `with`."""

    def __enter__(self) -> Self:
        """Make ready."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let go of threads, processes and connections."""
        ...

    def map(self, work: Callable[[Unit], Result], units: Iterable[Unit]) -> Iterator[tuple[Unit, Result]]:
        """Yield each unit with its result as it is done, in any order.

        Only so many units are under way that none waits for long, so that memory does not grow with their
        number. The first error ends the others and is raised as it is.
        """
        ...
