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
        """Return every output for every draw; all arrays share one shape."""
        ...
