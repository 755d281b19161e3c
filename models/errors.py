"""The one root of errors: what a user can put right. Everything else is a bug and keeps its traceback."""

from collections.abc import Sequence
from dataclasses import dataclass


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
    """

    def __init__(self, problem: str, *, mend: str = "", where: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.mend = mend
        self.where = where

    def __str__(self) -> str:
        located = f"{self.where}: {self.problem}" if self.where else self.problem
        return f"{located}; {self.mend}" if self.mend else located


class DistributionError(InnosiError, ValueError):
    """A distribution that cannot exist, or a text that does not describe one."""


class ModelError(InnosiError, ValueError):
    """A model that was given numbers it cannot use."""


class AnswerError(InnosiError, ValueError):
    """Answers or outcomes that cannot be used as they are."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file: where, and what, with its mend in the same sentence."""

    problem: str
    key: str = ""
    line: int | None = None


class InputFaults(InnosiError, ValueError):
    """All that is wrong with one file, told at once."""

    def __init__(self, source: str, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(fault.problem for fault in faults), where=source)
        self.source = source
        self.faults = tuple(faults)

    def __str__(self) -> str:
        count = f"{len(self.faults)} fault{'s' if len(self.faults) != 1 else ''}"
        places = [f"line {fault.line}" if fault.line else "" for fault in self.faults]
        place_width = max(map(len, places), default=0)
        key_width = min(max((len(fault.key) for fault in self.faults), default=0), 40)
        rows = [
            f"  {place:<{place_width}}  {fault.key:<{key_width}}  {fault.problem}".rstrip()
            for place, fault in zip(places, self.faults, strict=True)
        ]
        return "\n".join([f"{self.source}: {count}", *rows])
