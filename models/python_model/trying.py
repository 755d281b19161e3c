"""Finding out whether a function may be called on arrays: it must agree with calls draw by draw."""

from dataclasses import dataclass

import numpy as np

from innosi.models.errors import ModelError
from innosi.models.python_model.block import Block
from innosi.models.python_model.function import Columns, UserFunction

AGREEMENT = 1e-9
"""Relative difference up to which two ways of calling agree: `math.exp` and `np.exp` differ by rounding."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How a function is called, and what it does when it is given arrays, if that is why it is not."""

    vectorised: bool
    reason: str = ""


def tried(function: UserFunction, block: Block, vectorised: bool | None, *, repeats: bool = True) -> Trial:
    """Return how a function is to be called, from calling it on a few draws in both ways.

    Parameters
    ----------
    vectorised : bool or None
        As declared; None to find it out. On arrays if that gives what calls draw by draw give, or if only
        that works and no draw depends on the others; draw by draw otherwise.
    repeats : bool
        Whether it is called on the same draws again, to find out whether chance is in it.

    Raises
    ------
    ModelError
        If it gives other results for the same draws, or results that depend on how many draws it is given, or
        fails in both ways.
    """
    if vectorised is None:
        return _compared(function, block, repeats)
    if vectorised:
        refuse_dependence(function, block, repeats=repeats)
    elif repeats:
        _refuse_chance(function.name, function.draw_by_draw(block), function.draw_by_draw(block))
    return Trial(vectorised)


def _compared(function: UserFunction, block: Block, repeats: bool) -> Trial:
    on_arrays, reason = _given_arrays(function, block)
    try:
        singly = function.draw_by_draw(block)
    except ModelError:
        if on_arrays is None:
            raise
        refuse_dependence(function, block, repeats=repeats)
        return Trial(True)
    if repeats:
        _refuse_chance(function.name, singly, function.draw_by_draw(block))
    if on_arrays is None:
        return Trial(False, reason)
    output = _difference(on_arrays, singly)
    return Trial(False, f"gives another '{output}'") if output else Trial(True)


def _given_arrays(function: UserFunction, block: Block) -> tuple[Columns | None, str]:
    """Return what a function gives on arrays; or None, and what it does instead."""
    try:
        return function.on_arrays(block, finds_draw=False), ""
    except ModelError as error:
        if "writes into its inputs" in error.problem:
            raise
        return None, error.problem.removeprefix(function.name).strip()


def refuse_dependence(function: UserFunction, block: Block, *, repeats: bool = True) -> None:
    """Refuse a function on arrays whose results change when a block is given in two parts.

    Raises
    ------
    ModelError
    """
    whole = function.on_arrays(block)
    if repeats:
        _refuse_chance(function.name, whole, function.on_arrays(block))
    if block.n < 2:
        return
    middle = (block.n + 1) // 2
    first = function.on_arrays(block.part(0, middle))
    second = function.on_arrays(block.part(middle, block.n))
    halves = {output: np.concatenate([first[output], second[output]]) for output in whole}
    if output := _difference(whole, halves):
        is_alike = np.isclose(whole[output], halves[output], rtol=AGREEMENT, atol=0, equal_nan=True)
        at = int(np.argmin(is_alike))
        raise ModelError(
            f"'{output}' of {function.name} depends on how many draws it is given at once:"
            f" {whole[output][at]:.6g} among {block.n}, {halves[output][at]:.6g} among fewer,"
            f" where {block.shown(at)}",
            mend="let no draw depend on the others (no mean, sort or sum over the draws)",
        )


def _refuse_chance(name: str, once: Columns, again: Columns) -> None:
    for output, column in once.items():
        if not np.array_equal(column, again[output], equal_nan=True):
            raise ModelError(
                f"{name} gives another '{output}' when it is called with the same draws again",
                mend="let nothing in it be random or kept between calls: make what is uncertain an input",
            )


def _difference(one: Columns, other: Columns) -> str:
    """Return the first output in which two results differ, or nothing."""
    return next(
        (
            output
            for output, column in one.items()
            if not np.allclose(column, other[output], rtol=AGREEMENT, atol=0, equal_nan=True)
        ),
        "",
    )
