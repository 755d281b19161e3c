"""What a user's function gave back, as arrays; or what is wrong with it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from numbers import Real
from operator import itemgetter
from typing import Any, NoReturn

import numpy as np

from innosi.models.arrays import FloatArray
from innosi.models.distributions.families import nearest_of
from innosi.models.errors import DrawError, ModelError

_PLAIN = frozenset({float, int, bool, np.float64})


def same_names(function: str, wanted: Collection[str], found: Iterable[object]) -> str:
    """Return what is wrong with the names of the outputs found, or nothing."""
    names = {str(name): None for name in found}
    missing = [name for name in wanted if name not in names]
    extra = [name for name in names if name not in wanted]
    parts = [f"gives no '{name}'" for name in missing]
    open_names = dict.fromkeys(missing or wanted)
    parts += [f"gives '{name}', which is not declared{nearest_of(name, open_names)}" for name in extra]
    return f"{function} {', and '.join(parts)}" if parts else ""


def column_of_arrays(function: str, output: str, found: Any, n: int) -> FloatArray:
    """Return what a call on arrays of n draws gave for one output, (n,), as an array of its own.

    Raises
    ------
    ModelError
        If it is not n numbers, nor one.
    """
    try:
        array = np.asarray(found)
    except ValueError:
        array = np.asarray(None)
    if array.dtype.kind not in "fiub":
        raise ModelError(
            f"{function} gives {_shown(found)} for '{output}', not numbers",
            mend="give an array with a number for each draw",
        )
    if array.shape not in ((), (n,)):
        raise ModelError(
            f"{function} gives '{output}' in the shape {array.shape}; wanted ({n},), a number for each draw",
            mend="sum or select over the other axes",
        )
    return np.array(np.broadcast_to(array, (n,)), dtype=float)


def columns_of_draws(function: str, outputs: Sequence[str], results: Sequence[Any]) -> dict[str, FloatArray]:
    """Return what the calls for one draw after the other gave, as (n,) arrays by output.

    Raises
    ------
    DrawError
        For the first draw that gave something else than declared; its inputs are not told yet.
    """
    if len(outputs) == 1 and not any(issubclass(kind, Mapping) for kind in set(map(type, results))):
        return {outputs[0]: _numbers(function, outputs[0], results)}
    if set(map(type, results)) != {dict} or set(map(len, results)) != {len(outputs)}:
        _refuse_other_names(function, outputs, results)
    try:
        columns = {output: list(map(itemgetter(output), results)) for output in outputs}
    except KeyError:
        _refuse_other_names(function, outputs, results)
        raise
    return {output: _numbers(function, output, column) for output, column in columns.items()}


def _refuse_other_names(function: str, outputs: Sequence[str], results: Sequence[Any]) -> None:
    for index, result in enumerate(results):
        if not isinstance(result, Mapping):
            raise DrawError(
                f"{function} gives {_shown(result)}",
                index=index,
                mend=f"give a dict with {', '.join(outputs)}",
            )
        if problem := same_names(function, outputs, result):
            raise DrawError(problem, index=index, mend="name in the dict what `outputs` names")


def _numbers(function: str, output: str, column: Sequence[Any]) -> FloatArray:
    if set(map(type, column)) <= _PLAIN:
        try:
            return np.array(column, dtype=float)
        except OverflowError:
            pass  # a whole number beyond what a float holds: say which draw gave it
    return np.array([_number(function, output, each, index) for index, each in enumerate(column)])


def _number(function: str, output: str, found: Any, index: int) -> float:
    if isinstance(found, np.ndarray) and found.shape == () and found.dtype.kind in "fiub":
        return float(found)
    if not isinstance(found, Real | np.bool_):
        _refuse(function, output, found, index)
    try:
        return float(found)
    except OverflowError:
        _refuse(function, output, found, index)


def _refuse(function: str, output: str, found: Any, index: int) -> NoReturn:
    raise DrawError(
        f"{function} gives {_shown(found)} for '{output}', not a number",
        index=index,
        mend="give one number for each draw",
    )


def _shown(found: Any) -> str:
    if isinstance(found, np.ndarray):
        return f"an array of shape {found.shape} ({found.dtype})"
    text = repr(found) if found is None or isinstance(found, str | int | float | complex) else ""
    kind = type(found).__name__
    return f"a {kind}" if not text else text if len(text) <= 40 else f"{text[:37]}…"
