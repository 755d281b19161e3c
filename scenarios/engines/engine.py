"""stub"""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

Unit = TypeVar("Unit")
Result = TypeVar("Result")


class Engine(Protocol):
    def map(self, work: Callable[[Unit], Result], units: Iterable[Unit]) -> Iterator[tuple[Unit, Result]]: ...
