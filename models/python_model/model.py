"""A Python function as a model that the simulation can run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from innosi.models.arrays import ArrayLike, FloatArray
from innosi.models.distributions import Kind
from innosi.models.model import Output
from innosi.models.python_model.block import Block
from innosi.models.python_model.function import UserFunction
from innosi.models.python_model.trying import Trial, tried

N_TRIED = 8


@dataclass(frozen=True, slots=True)
class Input:
    """A number that a function needs.

    Attributes
    ----------
    title
        The number in words.
    unit
        What it is counted in, such as `people`; free text.
    kind
        `number`, `share`, `rate`, `money` or `years`: which units may be written in a scenario file, and
        where the number must lie.
    default
        What holds where the scenario file does not give it: a number or a text of the distribution language.
    """

    title: str
    unit: str = ""
    kind: Kind = "number"
    default: float | str | None = None


@dataclass(frozen=True, eq=False)
class PythonModel:
    """A user's function with what it needs and gives, as `model` declares it.

    Called like the function itself, it is the function itself.

    Attributes
    ----------
    function
        Takes the inputs as positional arguments, in the order of `inputs`.
    name
        As the scenario file calls it.
    vectorised
        Whether it is called on arrays, or one draw at a time; None if that is found out when it is evaluated.
    seconds_a_draw
        How long one draw takes where they are called one at a time, if it was measured.
    notes
        What a reader should know of how it runs.
    provenance
        Which code it is.
    origin
        Gives the declared model again in another process, where the function itself cannot be sent there.
    """

    function: Callable[..., Any]
    name: str
    inputs: Mapping[str, Input]
    outputs: Mapping[str, Output]
    main_output: str
    vectorised: bool | None = None
    seconds_a_draw: float | None = None
    notes: tuple[str, ...] = ()
    provenance: Mapping[str, str] = field(default_factory=dict)
    origin: "Callable[[], PythonModel] | None" = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function as it is."""
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<PythonModel {self.name}({', '.join(self.inputs)}) → {', '.join(self.outputs)}>"

    def __getstate__(self) -> dict[str, Any]:
        state = dict(self.__dict__)
        return state | {"function": None} if self.origin else state

    def __setstate__(self, state: dict[str, Any]) -> None:
        if state["function"] is None:
            state = state | {"function": state["origin"]().function}
        self.__dict__.update(state)

    @property
    def function_name(self) -> str:
        """The function's own name."""
        return str(getattr(self.function, "__name__", self.name))

    @property
    def runs_in_parallel(self) -> bool:
        """Whether several threads compute it sooner than one: on arrays, yes; draw by draw, no."""
        return bool(self.vectorised)

    @property
    def user_function(self) -> UserFunction:
        """The function, with what it takes to call it."""
        return UserFunction(self.function, self.function_name, tuple(self.outputs))

    def block(self, values: Mapping[str, ArrayLike]) -> Block:
        """Return values by name as draws of this model's inputs."""
        return Block.of(self.inputs, values)

    def tried(self, values: Mapping[str, ArrayLike], *, repeats: bool = True) -> Trial:
        """Find out from a few draws how the function is to be called; see `trying.tried`."""
        return tried(self.user_function, self.block(values), self.vectorised, repeats=repeats)

    def evaluate(self, values: Mapping[str, ArrayLike]) -> dict[str, FloatArray]:
        """Compute every output for every draw.

        On arrays, every input is an array of as many numbers as there are draws, read-only, be it a constant
        or not; one draw at a time, every input is a float.

        Parameters
        ----------
        values : mapping of str to (...,) float

        Returns
        -------
        dict of str to (...,) float

        Raises
        ------
        ModelError, DrawError
            If the function stops, or gives something else than declared.
        """
        block = self.block(values)
        function, vectorised = self.user_function, self.vectorised
        if vectorised is None:
            vectorised = tried(function, block.part(0, min(block.n, N_TRIED)), None).vectorised
        columns = function.on_arrays(block) if vectorised else function.draw_by_draw(block)
        shape = np.broadcast_shapes(*(np.shape(values[name]) for name in self.inputs))
        return {output: column.reshape(shape) for output, column in columns.items()}
