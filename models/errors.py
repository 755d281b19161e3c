"""The one root of errors: what a user can put right. Everything else is a bug and keeps its traceback."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


class InnosiError(Exception):
    """Something the user can mend.

    Parameters
    ----------
    problem : str
        What is wrong, naming what was found.
    mend : str, optional
        What to do about it.
    where : str, optional
        File, line or key where it was found.
    excerpt : str, optional
        Lines to show below the message: the text, and a caret at what is wrong in it.
    """

    def __init__(self, problem: str, *, mend: str = "", where: str = "", excerpt: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.mend = mend
        self.where = where
        self.excerpt = excerpt

    def __reduce__(self) -> tuple[Any, ...]:
        return _from_another_process, (type(self), self.args, self.__dict__)

    def __str__(self) -> str:
        located = f"{self.where}: {self.problem}" if self.where else self.problem
        return "\n".join(filter(None, [_with_mend(located, self.mend), self.excerpt]))

    @property
    def message(self) -> str:
        """The problem with its mend, without where it was found."""
        return "\n".join(filter(None, [_with_mend(self.problem, self.mend), self.excerpt]))


def _from_another_process(
    kind: type[InnosiError], args: tuple[Any, ...], about: dict[str, Any]
) -> InnosiError:
    """Return an error as it was raised, whatever its own way of being made."""
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(about)
    return error


def _with_mend(problem: str, mend: str) -> str:
    return f"{problem}; {mend}" if mend else problem


class DistributionError(InnosiError, ValueError):
    """A distribution that cannot exist, or a text that does not describe one."""


class ModelError(InnosiError, ValueError):
    """A model that was given numbers it cannot use."""


class DrawError(ModelError):
    """A model that cannot be computed for one draw.

    `index` is the draw's place in the arrays that the model was given. A model sees blocks and does not know
    where they begin; who cut them says so with `numbered`.
    """

    def __init__(self, problem: str, *, index: int, mend: str = "", where: str = "") -> None:
        super().__init__(problem, mend=mend, where=where)
        self.index = index

    def numbered(self, start: int) -> "DrawError":
        """Return the error with the draw's own number in front; `start` is the number of the first draw."""
        problem = f"draw {start + self.index}: {self.problem}"
        return DrawError(problem, index=self.index, mend=self.mend, where=self.where)


class AnswerError(InnosiError, ValueError):
    """Answers or outcomes that cannot be used as they are."""


class TableError(InnosiError, ValueError):
    """A table that cannot be read.

    `line` is the one where reading stopped, None where the whole is wrong; `unlocated` is the problem without
    it.
    """

    def __init__(self, problem: str, *, line: int | None = None, mend: str = "", where: str = "") -> None:
        super().__init__(f"{problem} on line {line}" if line else problem, mend=mend, where=where)
        self.line = line
        self.unlocated = problem


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file: where, and what, with its mend in the same sentence."""

    problem: str
    key: str = ""
    line: int | None = None
    source: str = ""
    """The file that it stands in, where that is an imported one."""


class InputFaults(InnosiError, ValueError):
    """All that is wrong with one file, told at once."""

    def __init__(self, source: str, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(fault.problem for fault in faults), where=source)
        self.source = source
        self.faults = tuple(faults)

    def __str__(self) -> str:
        count = f"{len(self.faults)} fault{'s' if len(self.faults) != 1 else ''}"
        places = [
            f"{fault.source} line {fault.line}".strip() if fault.line else fault.source
            for fault in self.faults
        ]
        place_width = max(map(len, places), default=0)
        key_width = min(max((len(fault.key) for fault in self.faults), default=0), 40)
        margin = "\n" + " " * (4 + place_width)
        rows = [
            f"  {place:<{place_width}}  {fault.key:<{key_width}}  {fault.problem}".rstrip().replace(
                "\n", margin
            )
            for place, fault in zip(places, self.faults, strict=True)
        ]
        return "\n".join([f"{self.source}: {count}", *rows])
