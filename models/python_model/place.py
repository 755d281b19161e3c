"""Where in a user's code an error came up."""

import traceback
from collections.abc import Callable
from inspect import unwrap
from pathlib import Path
from typing import Any


def place_of(error: BaseException, function: Callable[..., Any]) -> str:
    """Return ` (garden.py, line 14: x = a / b)`: the last line of the user's own code that an error passed.

    The user's own is what lies in the folder of the function's file. Nothing if the error passed none of it.
    """
    code = getattr(unwrap(function), "__code__", None)
    return place_in(error, Path(code.co_filename).parent) if code else ""


def place_in(error: BaseException, folder: Path) -> str:
    """Return the last line in a folder's files that an error passed; see `place_of`."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if _is_own(Path(frame.filename), folder)]
    if not own:
        return ""
    text = f": {own[-1].line}" if own[-1].line else ""
    return f" ({Path(own[-1].filename).name}, line {own[-1].lineno}{text})"


def _is_own(file: Path, folder: Path) -> bool:
    """Whether a file lies in a folder, and not in a library that was installed somewhere below it."""
    if folder not in file.parents:
        return False
    between = file.relative_to(folder).parts
    return not any(part == "site-packages" or part.startswith("python3.") for part in between)
