"""How many draws, how they are spread, and which numbers rise and fall together."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from innosi.models.distributions import parse_distribution
from innosi.models.errors import InnosiError
from innosi.scenarios.loading.document import KeyPath
from innosi.scenarios.loading.validation import Problem, Section, nearest
from innosi.scenarios.sampling.correlation import Correlations
from innosi.scenarios.scenario_set import Experiment, Precision

MAX_DRAWS = 100_000_000_000
FEWEST_AUTO = 8_192

Sampling = Literal["monte_carlo", "latin_hypercube", "sobol"]


class PrecisionSection(Section):
    """As many draws as a result needs to be known precisely enough."""

    precision: float | str = "1%"
    """Largest standard error of any figure of the result: an amount, or a share of its 90 % interval."""
    of: str = ""
    """The result; the one that the model leads with by default."""
    at_most: int = Field(default=10_000_000, ge=FEWEST_AUTO, le=MAX_DRAWS)
    """Draws after which to stop in any case."""


def _automatic(found: Any) -> Any:
    if found == "auto":
        return {}
    is_count = isinstance(found, int) and not isinstance(found, bool) and 1 <= found <= MAX_DRAWS
    if is_count or isinstance(found, Mapping | PrecisionSection):
        return found
    raise ValueError(
        f"must be a whole number from 1 to {MAX_DRAWS:,}, `auto`, or how precise a result must be;"
        f" found {found!r}"
    )


HowMany = Annotated[
    Annotated[int, Field(ge=1, le=MAX_DRAWS)] | PrecisionSection,
    BeforeValidator(_automatic),
]


class CorrelationSection(Section):
    """Numbers that rise and fall together."""

    between: list[str] = Field(min_length=2)
    """Dotted keys of two numbers of the base, or of several, of which each pair is correlated so."""
    rank_correlation: float = Field(ge=-1, le=1)
    """Spearman's: 1 if the one is always highest where the other is, −1 if lowest, 0 if they do not care."""


class CorrelationsSection(Section):
    """How numbers are correlated."""

    pairs: list[CorrelationSection]
    """Which numbers, and how strongly. Pairs that are not named are uncorrelated."""
    method: Literal["gaussian_copula", "iman_conover"] = "gaussian_copula"
    """A copula, draw by draw; or the whole sample rearranged, which keeps the strata of a Latin hypercube."""
    repair: bool = False
    """Whether to take the nearest correlations that are possible where those given are not."""


def precision_of(draws: int | PrecisionSection, experiments: Iterable[Experiment]) -> Precision | None:
    """Return how precise a result is to be; None where the number of draws is given.

    Raises
    ------
    InnosiError
        If there is no such result, or no such precision.
    """
    if isinstance(draws, int):
        return None
    model = next(iter(experiments)).model
    output = draws.of or model.main_output
    if output not in model.outputs:
        raise InnosiError(f"there is no result '{output}'{nearest(output, model.outputs)}")
    is_relative = isinstance(draws.precision, str) and draws.precision.strip().endswith("%")
    error = _amount(draws.precision)
    if not 0 < error < (1 if is_relative else float("inf")):
        raise InnosiError(
            f"a precision of {draws.precision}", mend="write an amount above 0, or a share such as 1%"
        )
    return Precision(output, error, is_relative, draws.at_most)


def _amount(stated: float | str) -> float:
    found = parse_distribution(stated, kind="change")
    if not found.is_constant:
        raise InnosiError(f"a precision of {stated} is no one number", mend="write an amount, or 1%")
    return found.mean


def correlation_problems(
    section: CorrelationsSection | None, experiments: Iterable[Experiment]
) -> Iterator[Problem]:
    """Yield what is wrong with the correlations, each with its key."""
    if section is None:
        return
    known, uncertain = _numbers(experiments)
    seen: dict[frozenset[str], int] = {}
    for number, pair in enumerate(section.pairs):
        place: KeyPath = ("pairs", number, "between")
        for key in pair.between:
            if key not in known:
                yield place, f"there is no number '{key}'{nearest(key, known)}"
            elif key not in uncertain:
                yield (
                    place,
                    f"{key} is one fixed number, which nothing can be correlated with; give it a range",
                )
        for two in combinations([uncertain.get(key, key) for key in pair.between], 2):
            if two[0] == two[1]:
                yield place, f"{pair.between[0]} and {pair.between[1]} are one unknown, drawn once"
            elif frozenset(two) in seen:
                yield place, f"{' and '.join(two)} are correlated twice; keep one"
            seen[frozenset(two)] = number


def correlations_of(
    section: CorrelationsSection | None, experiments: Iterable[Experiment]
) -> tuple[Correlations | None, list[str]]:
    """Return the correlations between unknowns, and notes on what was repaired.

    Raises
    ------
    InnosiError
        If no numbers can be correlated so, naming the worst pair.
    """
    if section is None or not section.pairs:
        return None, []
    _, stream_of = _numbers(experiments)
    pairs = {
        (stream_of[first], stream_of[second]): each.rank_correlation
        for each in section.pairs
        for first, second in combinations(each.between, 2)
    }
    given = Correlations(pairs, section.method)
    if not section.repair:
        return given.checked(), []
    taken = given.repaired()
    return taken, list(_repairs(given, taken))


def _repairs(given: Correlations, taken: Correlations) -> Iterator[str]:
    stated = {frozenset(pair): rank for pair, rank in given.pairs.items()}
    for (first, second), rank in taken.pairs.items():
        before = stated.get(frozenset((first, second)), 0.0)
        if abs(rank - before) > 0.005:
            yield f"correlation of {first} and {second}: {rank:.2f} taken in the place of {before:g}"


def _numbers(experiments: Iterable[Experiment]) -> tuple[set[str], Mapping[str, str]]:
    """All keys of numbers, and the stream of random numbers of those that are uncertain anywhere."""
    known: set[str] = set()
    streams: dict[str, str] = {}
    for experiment in experiments:
        known |= set(experiment.estimates)
        streams |= {key: each.shared_name or key for key, each in experiment.uncertain.items()}
    return known, streams
