"""What every model is: a named thing that turns arrays of inputs into arrays of outputs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from innosi.models.arrays import ArrayLike, FloatArray


@dataclass(frozen=True, slots=True)
class Output:
    """A result that a reader is shown first: its title and its unit (`money`, `ratio`, `months`)."""

    title: str
    unit: str


class Model(Protocol):
    """A model that the simulation can run; it knows neither files nor scenarios.

    Attributes
    ----------
    name : str
        As the scenario file calls it.
    outputs : mapping of str to Output
        The headline results, in the order in which they are shown; `evaluate` may give more.
    main_output : str
        The result that the report leads with and that the tornado explains.
    runs_in_parallel : bool, optional
        Whether several threads compute it sooner than one; True where a model does not say, as for code on
        arrays. False for Python code that runs draw by draw, which holds the interpreter all the time. Read
        it with `getattr(model, "runs_in_parallel", True)`.
    seconds_a_draw : float or None, optional
        How long a draw takes where they go one at a time, if it was measured; a runner may cut shorter
        blocks.
    headline : callable, optional
        As `evaluate`, for the results named in `outputs` only.
    on_rows : callable, optional
        A quicker `headline` of numbers that stand in one array; see `ValueMap.on_rows`.
    notes : sequence of str, optional
        What a reader should know of how it runs.
    provenance : mapping of str to str, optional
        Which code it is, where that is not innosi's own.
    """

    @property
    def name(self) -> str:  # noqa: D102 - see the class
        ...

    @property
    def outputs(self) -> Mapping[str, Output]:  # noqa: D102 - see the class
        ...

    @property
    def main_output(self) -> str:  # noqa: D102 - see the class
        ...

    def evaluate(self, values: Mapping[str, ArrayLike]) -> dict[str, FloatArray]:
        """Return every output for every draw; all arrays share one shape.

        Raises
        ------
        ModelError
            If the numbers cannot be used. It is a `DrawError` where one draw is to blame: `index` is its
            place in these arrays, and `numbered(start)` puts its own number in front.
        """
        ...
