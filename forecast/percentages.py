"""Numbers in a study file that may be written as percentages."""

import math
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema


def as_number(found: Any) -> Any:
    """Return 0.65 for `65%`, and anything else as it is, for pydantic to judge.

    Raises
    ------
    ValueError
        If a text is neither a number nor a percentage, or the number is not finite.
    """
    value = found
    if isinstance(found, str):
        text = found.strip()
        try:
            value = float(text[:-1]) / 100 if text.endswith("%") else float(text)
        except ValueError:
            raise ValueError(f"'{found}' is not a number; write 0.65 or 65%, with a point") from None
    if isinstance(value, bool):
        raise ValueError(f"found {str(value).lower()}, not a number; write 0.65 or 65%")  # noqa: TRY004 - pydantic's
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{found} is not a finite number; leave it out where nothing bounds it")
    return value


def _as_fraction(found: Any) -> Any:
    value = as_number(found)
    if isinstance(value, int | float) and not 0 < value < 1:
        hint = f"write {value:g}%" if 1 < value < 100 else "such as 80%"
        raise ValueError(f"{found} is not between 0 and 1; {hint}")
    return value


_SCHEMA = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^\s*[-+]?[0-9.]+\s*%?\s*$"}]}

Threshold = Annotated[float, BeforeValidator(as_number), WithJsonSchema({**_SCHEMA, "examples": [1, "75%"]})]
Bound = Annotated[float, BeforeValidator(as_number), WithJsonSchema({**_SCHEMA, "examples": [0, "100%"]})]
Fraction = Annotated[
    float, BeforeValidator(_as_fraction), Field(), WithJsonSchema({**_SCHEMA, "examples": [0.8, "80%"]})
]
