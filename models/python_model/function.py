"""Calling a user's function on arrays, or one draw at a time, and saying what went wrong in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from innosi.models.arrays import FloatArray
from innosi.models.errors import DrawError, InnosiError, ModelError
from innosi.models.python_model.block import Block
from innosi.models.python_model.place import place_of
from innosi.models.python_model.reading import column_of_arrays, columns_of_draws, same_names

Columns = dict[str, FloatArray]

_MEND = "mend the function for such inputs, or bound the one that goes too far: truncated(…, high=…)"


@dataclass(frozen=True, eq=False)
class UserFunction:
    """A user's function, and the names of what it gives."""

    function: Callable[..., Any]
    name: str
    outputs: tuple[str, ...]

    def on_arrays(self, block: Block, *, finds_draw: bool = True) -> Columns:
        """Return every output, (n,), from one call on arrays.

        Parameters
        ----------
        finds_draw : bool
            Whether, if it stops, the block is halved to find the draw to blame.

        Raises
        ------
        ModelError
            If it writes into its inputs, asks `if` of an array, or gives something else than it says.
        DrawError
            If it stops with an exception that one draw causes; that draw was found by halving the block.
        """
        try:
            found = self._called(block)
        except (Exception, SystemExit) as error:
            raise self._stopped(error, block, finds_draw) from error
        return self._columns_of_arrays(found, block.n)

    def draw_by_draw(self, block: Block) -> Columns:
        """Return every output, (n,), from a call for each draw.

        Raises
        ------
        DrawError
            If it stops with an exception, or gives something else than it says: for the first such draw.
        """
        function, results = self.function, list[Any]()
        add = results.append
        try:
            with np.errstate(all="ignore"):
                for row in block.rows():
                    add(function(*row))
        except (Exception, SystemExit) as error:
            raise self._stopped_at(error, block, len(results)) from error
        try:
            return columns_of_draws(self.name, self.outputs, results)
        except DrawError as error:
            raise _with_inputs(error, block) from None

    def _called(self, block: Block) -> Any:
        with np.errstate(all="ignore"):  # what is no number is refused by draw, with its inputs
            return self.function(*block.arrays())

    def _columns_of_arrays(self, found: Any, n: int) -> Columns:
        if len(self.outputs) == 1 and not isinstance(found, Mapping):
            found = {self.outputs[0]: found}
        if not isinstance(found, Mapping):
            given = type(found).__name__
            raise ModelError(
                f"{self.name} gives back a {given}",
                mend=f"give a dict with {', '.join(self.outputs)}",
            )
        if problem := same_names(self.name, self.outputs, found):
            raise ModelError(problem, mend="name in the dict what `outputs` names")
        return {output: column_of_arrays(self.name, output, found[output], n) for output in self.outputs}

    def _stopped(self, error: BaseException, block: Block, finds_draw: bool) -> ModelError:
        place = place_of(error, self.function)
        if isinstance(error, ValueError) and "read-only" in str(error):
            return ModelError(
                f"{self.name} writes into its inputs{place}, which other scenarios read too",
                mend="make a new array: `x = 2 * x` in the place of `x *= 2`, or `x = x.copy()` first",
            )
        if isinstance(error, ValueError) and "truth value of an array" in str(error):
            return ModelError(
                f"{self.name} asks a yes or no of a whole array{place}",
                mend="write np.where(condition, this, that) for `if`, np.minimum for `min`; or declare"
                " vectorised=False",
            )
        if not finds_draw:
            return ModelError(f"{self.name} stopped with {_said(error)}{place}", mend=_MEND)
        index = self._first_failing(block)
        if index is not None:
            return self._stopped_at(error, block, index)
        return ModelError(
            f"{self.name} stopped with {_said(error)}{place}, given {block.n} draws at once;"
            " no single one of them does so",
            mend="let no draw depend on the others, or declare vectorised=False",
        )

    def _first_failing(self, block: Block) -> int | None:
        """Return the first draw whose half, quarter, … of the block fails too; None if parts do not fail."""
        start, stop = 0, block.n
        while stop - start > 1:
            middle = (start + stop) // 2
            if self._fails(block.part(start, middle)):
                stop = middle
            elif self._fails(block.part(middle, stop)):
                start = middle
            else:
                return None
        return start

    def _fails(self, block: Block) -> bool:
        try:
            self._called(block)
        except (Exception, SystemExit):
            return True
        return False

    def _stopped_at(self, error: BaseException, block: Block, index: int) -> DrawError:
        place = place_of(error, self.function)
        mend = _MEND
        if isinstance(error, InnosiError):
            mend = error.mend or mend
        elif isinstance(error, ImportError):
            mend = "import it at the top of the module: the scenario file's folder is looked in only there"
        problem = f"{self.name} stopped with {_said(error)}{place}"
        return _with_inputs(DrawError(problem, index=index, mend=mend), block)


def _with_inputs(error: DrawError, block: Block) -> DrawError:
    comma = "" if error.problem.endswith("?") else ","
    problem = f"{error.problem}{comma} where {block.shown(error.index)}"
    return DrawError(problem, index=error.index, mend=error.mend)


def _said(error: BaseException) -> str:
    text = error.problem if isinstance(error, InnosiError) else str(error)
    kind = type(error).__name__
    return f"{kind}: {text}" if text else kind
