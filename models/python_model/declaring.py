"""Declaring a Python function as a model, and refusing what does not fit together."""

import inspect
import keyword
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, get_args

from innosi.models.distributions import Kind, parse_distribution
from innosi.models.distributions.families import nearest_of
from innosi.models.errors import DistributionError, ModelError
from innosi.models.model import Output
from innosi.models.python_model.model import Input, PythonModel

KINDS: tuple[str, ...] = get_args(Kind)
_OUTPUT_NAME = re.compile(r"[A-Za-z]\w*(\.\w+)*")
_TAKEN = ("scenario", "option", "draw", "p05", "p95")
_MODES = {
    inspect.Parameter.VAR_POSITIONAL: "write its inputs one by one in the place of *",
    inspect.Parameter.VAR_KEYWORD: "write its inputs one by one in the place of **",
    inspect.Parameter.KEYWORD_ONLY: "take out the * before it: inputs are given by their order",
}


def model(
    function: Callable[..., Any] | None = None,
    /,
    *,
    inputs: Mapping[str, Input] | None = None,
    outputs: Mapping[str, Output] | None = None,
    main_output: str = "",
    vectorised: bool | None = None,
) -> Callable[[Callable[..., Any]], PythonModel]:
    """Declare a function as a model: write it as a decorator above the function.

    Parameters
    ----------
    inputs : mapping of str to Input
        By the names of the function's parameters.
    outputs : mapping of str to Output
        What the function gives: a dict with these names, or one number where there is one output.
    main_output : str, optional
        The output that the report leads with; the first by default.
    vectorised : bool, optional
        True: call it on arrays. False: one draw at a time. Found out by trying if it is left out.

    Raises
    ------
    ModelError
        If the declaration does not fit the function, or itself.

    Examples
    --------
    >>> from innosi.models.python_model import Input, Output, model
    >>> inputs = {"visitors": Input("Visitors a year", "people")}
    >>> @model(inputs=inputs, outputs={"cost": Output("Cost", "money")})
    ... def garden(visitors):
    ...     return 2 * visitors
    >>> garden.evaluate({"visitors": [1, 2, 3]})["cost"].tolist()
    [2.0, 4.0, 6.0]
    """
    if function is not None or inputs is None or outputs is None:
        raise _undeclared(function)
    return partial(_declared, inputs=inputs, outputs=outputs, main_output=main_output, vectorised=vectorised)


def _undeclared(function: object) -> ModelError:
    if not callable(function):
        mend = "write @model(inputs={…}, outputs={…})"
        return ModelError("a model is declared without its inputs and outputs", mend=mend)
    problem = f"{_name(function)} is declared without its inputs and outputs"
    return ModelError(problem, mend=f"write\n{declaration_of(function)}")


def _declared(
    function: Callable[..., Any],
    *,
    inputs: Mapping[str, Input],
    outputs: Mapping[str, Output],
    main_output: str,
    vectorised: bool | None,
) -> PythonModel:
    _check_function(function)
    name, main = _name(function), main_output or next(iter(outputs), "")
    _check_inputs(name, inputs)
    _check_parameters(name, function, inputs)
    _check_outputs(name, outputs, main)
    _check(
        vectorised in (True, False, None),
        f"{name}: vectorised={vectorised!r}",
        "write True, False, or leave it out",
    )
    ordered = {each: inputs[each] for each in inspect.signature(function).parameters}
    return PythonModel(function, name, ordered, dict(outputs), main, vectorised)


def declaration_of(function: Callable[..., Any]) -> str:
    """Return the lines that would declare a function, for its author to complete."""
    try:
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        names = ["visitors"]
    titles = {name: name.replace("_", " ").capitalize() for name in names}
    inputs = [f'"{name}": Input("{title}", kind="number"),' for name, title in titles.items()]
    return "\n".join(
        [
            "    from innosi.models.python_model import Input, Output, model",
            "    @model(",
            "        inputs={",
            *(f"            {line}" for line in inputs),
            "        },",
            '        outputs={"result": Output("Result", "money")},',
            "    )",
            f"    def {_name(function)}({', '.join(names)}): …",
        ]
    )


def _name(function: Any) -> str:
    return str(getattr(function, "__name__", type(function).__name__))


def _check(is_so: bool, problem: str, mend: str) -> None:
    if not is_so:
        raise ModelError(problem, mend=mend)


def _check_function(function: Any) -> None:
    _check(
        not isinstance(function, PythonModel),
        f"{_name(getattr(function, 'function', function))} is declared as a model twice",
        "keep one @model",
    )
    _check(
        callable(function) and not inspect.isclass(function),
        f"@model stands above a {_name(type(function))}, not a function",
        "write it right above `def`",
    )
    gives_later = inspect.isgeneratorfunction(function) or inspect.iscoroutinefunction(function)
    _check(
        not gives_later,
        f"{_name(function)} gives its results later (yield, async)",
        "write a plain function that returns them",
    )


def _check_inputs(name: str, inputs: Mapping[str, Input]) -> None:
    _check(
        isinstance(inputs, Mapping) and len(inputs) > 0,
        f"{name}: inputs is {inputs!r}",
        'write inputs={"visitors": Input("Visitors a year", unit="people")}',
    )
    for each, given in inputs.items():
        _check(
            isinstance(each, str) and each.isidentifier() and not keyword.iskeyword(each),
            f"{name}: the input {each!r} cannot be the name of a parameter",
            "write letters, digits and _",
        )
        _check(
            isinstance(given, Input),
            f"{name}: the input '{each}' is {given!r}",
            f'write "{each}": Input("its title", unit="…", kind="number")',
        )
        _check(
            given.kind in KINDS,
            f"{name}: the input '{each}' has the kind {given.kind!r}",
            f"choose one of: {', '.join(KINDS)}",
        )
        _check_default(name, each, given)


def _check_default(name: str, each: str, given: Input) -> None:
    if given.default is None:
        return
    try:
        parse_distribution(given.default, kind=given.kind)
    except DistributionError as error:
        raise ModelError(
            f"{name}: the default of the input '{each}': {error.problem}", mend=error.mend
        ) from None


def _check_parameters(name: str, function: Callable[..., Any], inputs: Mapping[str, Input]) -> None:
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        raise ModelError(
            f"{name} does not tell its parameters", mend="write a function around it that has them"
        ) from None
    for each, parameter in parameters.items():
        if parameter.kind in _MODES:
            raise ModelError(f"{name}: the parameter '{each}' has no place", mend=_MODES[parameter.kind])
        _check(
            each in inputs,
            f"{name}: the parameter '{each}' is not among its inputs{_nearest(each, inputs, parameters)}",
            f'declare "{each}": Input(…), or take it out',
        )
    for each in inputs:
        _check(
            each in parameters,
            f"{name}: the input '{each}' is not among its parameters{_nearest(each, parameters, inputs)}",
            f"write def {name}({', '.join(inputs)})",
        )


def _nearest(name: str, known: Mapping[str, Any], taken: Mapping[str, Any]) -> str:
    """Name the nearest of the names that nothing else has taken."""
    free = {each: None for each in known if each not in taken}
    return nearest_of(name, free) if free else ""


def _check_outputs(name: str, outputs: Mapping[str, Output], main: str) -> None:
    _check(
        isinstance(outputs, Mapping) and len(outputs) > 0,
        f"{name}: outputs is {outputs!r}",
        'write outputs={"benefit": Output("Benefit", "money")}',
    )
    for each, given in outputs.items():
        _check(
            isinstance(given, Output),
            f"{name}: the output '{each}' is {given!r}",
            f'write "{each}": Output("its title", "its unit")',
        )
        _check(
            isinstance(each, str) and _OUTPUT_NAME.fullmatch(each) is not None,
            f"{name}: the output {each!r} cannot be the name of a column",
            "write letters, digits and _, with dots between parts",
        )
        _check(
            each not in _TAKEN and not each.startswith("input."),
            f"{name}: the output '{each}' has the name of another column of the results",
            "choose another name",
        )
    _check(
        main in outputs,
        f"{name}: the main output '{main}' is not among its outputs{nearest_of(main, outputs)}",
        "name one of them",
    )
