"""The numbers of an answer as its row keeps them: as text, so that a database can count equal answers."""

import json
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

NO_PARTS = "{}"
_NEVER = "never"
_REMEMBERED = 20_000


@lru_cache(maxsize=_REMEMBERED)
def written_parts(parts: Sequence[str], values: Sequence[float]) -> str:
    """Return the numbers of an answer as a JSON object by part, without what was left out.

    The same numbers give the same text. A year that never comes is written as `never`.

    Examples
    --------
    >>> written_parts(("lower", "best", "upper"), (2030.0, math.nan, math.inf))
    '{"lower": 2030.0, "upper": "never"}'
    """
    given = zip(parts, values, strict=True)
    found = {
        part: _NEVER if value == math.inf else float(value) for part, value in given if not math.isnan(value)
    }
    return json.dumps(found, ensure_ascii=False, allow_nan=False)


@lru_cache(maxsize=_REMEMBERED)
def read_parts(text: str) -> Mapping[str, float]:
    """Return the numbers of an answer by part.

    Raises
    ------
    ValueError
        If the text holds anything else.
    """
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("they stand in no object")  # noqa: TRY004 the text is wrong, not its type
    return MappingProxyType({part: _number(value) for part, value in found.items()})


def _number(value: object) -> float:
    if value == _NEVER:
        return math.inf
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r} is no number")  # noqa: TRY004 as above
    return float(value)
