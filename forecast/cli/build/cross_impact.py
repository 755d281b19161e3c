"""`innosi build cross-impact`: how likely events are together."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from innosi.forecast.cli.build.arguments import file_argument, read, to_option, write
from innosi.forecast.cli.build.cross_impact_tables import (
    elasticity_table,
    move_table,
    notes_of,
    outcome_table,
    policy_table,
    shift_table,
    states_in_words,
)
from innosi.forecast.cli.output import Output, Table, output_options, plot_option
from innosi.forecast.cli.progress import progress_bar

if TYPE_CHECKING:
    from innosi.models.arrays import IntArray
    from innosi.scenarios.construction.probabilities.cross_impact_file import CrossImpact
    from innosi.scenarios.construction.probabilities.factors import Outcomes
    from innosi.scenarios.construction.probabilities.joint import Joint
    from innosi.scenarios.loading.document import Document

METHOD = "cross_impact"


class Percentage(click.ParamType):  # type: ignore[type-arg] # click 8.2 has no such argument
    """A share from 0 to 1, such as 80% or 0.8."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the share, or refuse it."""
        text = str(value).strip()
        try:
            share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            share = math.nan
        if not 0 <= share <= 1:
            self.fail(f"'{value}' is no share between 0 and 1; write 80% or 0.8", param, ctx)
        return share


def leading_options(command: Any) -> Any:
    """Add `--scenarios` and `--share`: which combinations are shown, drawn and written."""
    count = click.option(
        "--scenarios",
        "n",
        type=click.IntRange(1, 2000),
        help="How many combinations to show, draw and write; 8 by default.",
    )
    share = click.option(
        "--share",
        type=Percentage(),
        help="As many as have this share of the probability, such as 80%, up to the number given.",
    )
    return count(share(command))


tolerance_option = click.option(
    "--tolerance",
    type=Percentage(),
    default="0.5%",
    show_default=True,
    help="By how much a judgement may be off for rounding.",
)
nearest_option = click.option(
    "--nearest", is_flag=True, help="Go on with the nearest judgements where they cannot go together."
)


@click.group("cross-impact", short_help="How likely events are together.")
def cross_impact() -> None:
    """Find out how likely events are together, from what each does to the probability of the others.

    `simulate` lets events act on each other in random order (Gordon & Hayward); `joint` finds the probability
    of every combination, and says which judgements cannot go together; `smic` corrects judgements and ranks
    scenarios (Duperrin & Godet); `weigh` weights the scenarios of a scenario file.
    """


@cross_impact.command(short_help="Let events act on each other in random order.")
@file_argument
@click.option(
    "--draws",
    type=click.IntRange(100, 100_000_000),
    default=100_000,
    show_default=True,
    help="How many times all is played through.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the draws; 0 is a seed.")
@click.option("--workers", type=click.IntRange(1, 256), default=1, show_default=True, help="Threads.")
@click.option("--happens", multiple=True, metavar="EVENT", help="Decide before all others that it happens.")
@click.option("--otherwise", multiple=True, metavar="EVENT", help="Decide that it does not happen.")
@click.option(
    "--if-not",
    type=click.Choice(["nothing", "implied"]),
    default="nothing",
    show_default=True,
    help="What an event that does not happen does to the others, where that is not judged.",
)
@leading_options
@to_option
@plot_option
@output_options
def simulate(
    file: Path,
    draws: int,
    seed: int,
    workers: int,
    happens: tuple[str, ...],
    otherwise: tuple[str, ...],
    if_not: Literal["nothing", "implied"],
    n: int | None,
    share: float | None,
    to: Path | None,
    plot: Path | None,
    output: Output,
) -> None:
    """Simulate the events of FILE: each, once decided, multiplies the odds of those that follow.

    The second table is the policy test: how much each event's probability differs between the row's event
    being made to happen and being kept from it.

    \b
    innosi build cross-impact simulate cross_impact.yaml
    innosi build cross-impact simulate cross_impact.yaml --happens land_secured --plot shifts.svg
    innosi build cross-impact simulate cross_impact.yaml --share 80% --to scenarios.yaml
    """
    from innosi.scenarios.construction.probabilities import odds_simulation as odds

    found, document = read(file, METHOD)
    model = odds.odds_model(found.beliefs, if_not=if_not)
    fixed = odds.fixed_events(found.beliefs, happens, otherwise)
    with progress_bar("simulating") as told:
        simulated = odds.simulate(
            model, draws=draws, seed=seed, fixed=fixed, workers=workers, on_progress=told
        )
    with progress_bar("testing each event") as told:
        tested = odds.policy_tests(model, seed=seed, on_progress=told)
    places = simulated.outcomes.leading(n=n or (None if share else 8), share=share)
    tables = [shift_table(found, model, simulated, fixed), policy_table(model, tested)]
    output.show(*tables, outcome_table(simulated.outcomes, places))
    if plot is not None:
        from innosi.scenarios.construction.probabilities.drawing import draw_shifts

        output.draw(draw_shifts(simulated), plot)
    _write(output, to, found, simulated.outcomes, places, document)


@cross_impact.command(short_help="The probability of every combination.")
@file_argument
@nearest_option
@click.option(
    "--move",
    type=click.Choice(["effects", "all"]),
    default="effects",
    show_default=True,
    help="What may move: effects only, or the events' own probabilities too.",
)
@click.option(
    "--distance",
    type=click.Choice(["squares", "sizes"]),
    default="squares",
    show_default=True,
    help="Nearest by squares (all move a little) or by sizes (few move).",
)
@tolerance_option
@leading_options
@to_option
@plot_option
@output_options
def joint(
    file: Path,
    nearest: bool,
    move: str,
    distance: Literal["squares", "sizes"],
    tolerance: float,
    n: int | None,
    share: float | None,
    to: Path | None,
    plot: Path | None,
    output: Output,
) -> None:
    """Find how probable every combination of FILE's events and descriptors is.

    Of all distributions that meet the judgements it is the most even one (maximum entropy). Where none meets
    them, the nearest judgements that go together are shown, and the command ends with exit code 2 unless
    `--nearest` is given.

    \b
    innosi build cross-impact joint cross_impact.yaml
    innosi build cross-impact joint cross_impact.yaml --scenarios 12 --plot combinations.svg
    innosi build cross-impact joint cross_impact.yaml --nearest --to scenarios.yaml
    """
    from innosi.scenarios.construction.probabilities.joint import joint_distribution

    found, document = read(file, METHOD)
    with progress_bar("fitting"):
        fitted = joint_distribution(
            found.beliefs, is_held=move == "effects", distance=distance, tolerance=tolerance
        )
    moved = _moves(output, fitted, is_nearest=nearest)
    places = fitted.outcomes.leading(n=n or (None if share else 8), share=share)
    output.show(*moved, outcome_table(fitted.outcomes, places, notes=notes_of(found, fitted)))
    if plot is not None:
        from innosi.scenarios.construction.probabilities.drawing import draw_combinations

        output.draw(draw_combinations(fitted.outcomes, places), plot)
    _write(output, to, found, fitted.outcomes, places, document)


@cross_impact.command(short_help="Correct judgements, and rank scenarios.")
@file_argument
@leading_options
@to_option
@plot_option
@output_options
def smic(
    file: Path, n: int | None, share: float | None, to: Path | None, plot: Path | None, output: Output
) -> None:
    """Correct the judgements of FILE so that they go together, and rank the combinations by SMIC.

    For each combination it shows the range of probability that the corrected judgements leave open: how far
    the ranking can be trusted.

    \b
    innosi build cross-impact smic cross_impact.yaml
    innosi build cross-impact smic cross_impact.yaml --scenarios 12 --plot ranking.svg
    """
    from innosi.scenarios.construction.probabilities.smic import smic as smic_of

    found, document = read(file, METHOD)
    with progress_bar("fitting"):
        made = smic_of(found.beliefs, n_scenarios=n or (None if share else 8), share=share)
    outcomes = made.joint.outcomes
    output.show(
        move_table("judged and net probabilities", made.joint.moves),
        outcome_table(outcomes, made.places, ranges=made.ranges.tolist(), notes=notes_of(found, made.joint)),
        elasticity_table(made),
    )
    if plot is not None:
        from innosi.scenarios.construction.probabilities.drawing import draw_combinations

        output.draw(draw_combinations(outcomes, made.places, made.ranges), plot)
    _write(output, to, found, outcomes, made.places, document)


@cross_impact.command(short_help="Weight the scenarios of a scenario file.")
@file_argument
@click.argument("scenarios", type=click.Path(path_type=Path))
@nearest_option
@tolerance_option
@to_option
@output_options
def weigh(
    file: Path, scenarios: Path, nearest: bool, tolerance: float, to: Path | None, output: Output
) -> None:
    """Weight the SCENARIOS of a scenario file by the probability of what FILE says they stand for.

    FILE's `combinations` name, for each scenario, the states that hold in it.

    \b
    innosi build cross-impact weigh cross_impact.yaml scenarios.yaml
    innosi build cross-impact weigh cross_impact.yaml scenarios.yaml --to weighted.yaml
    """
    from innosi.scenarios.construction.probabilities.joint import joint_distribution
    from innosi.scenarios.construction.probabilities.scenarios import weighted_scenarios, write_weighted
    from innosi.scenarios.loading.document import read_document

    found, document = read(file, METHOD)
    with progress_bar("fitting"):
        fitted = joint_distribution(found.beliefs, tolerance=tolerance)
    moved = _moves(output, fitted, is_nearest=nearest)
    weights = weighted_scenarios(
        fitted.outcomes, found.combinations, read_document(scenarios), origin=document
    )
    rows = [
        (name, weight, states_in_words(found, found.combinations[name])) for name, weight in weights.items()
    ]
    total = sum(weights.values())
    notes = (f"together {100 * total:.1f} %; more than 100 % would mean that they overlap",)
    output.show(*moved, Table(f"{scenarios}: scenarios", ("scenario", "probability", "where"), rows, notes))
    if to is not None:
        command = click.get_current_context().command_path.partition("build ")[2]
        write_weighted(to, read_document(scenarios), weights, origin=document, command=command)
        output.say(f"{to}: {len(weights)} weighted scenarios; innosi run {to}")


def _write(
    output: Output,
    to: Path | None,
    found: "CrossImpact",
    outcomes: "Outcomes",
    places: "IntArray",
    document: "Document",
) -> None:
    """Write combinations as scenarios, and say how much of the probability they have."""
    if to is None:
        return
    from innosi.scenarios.construction.probabilities.scenarios import constructed_scenarios

    total = 100 * float(outcomes.probabilities[places].sum())
    origin = f"the probabilities of these combinations, which hold {total:.0f} % of it all"
    write(output, to, constructed_scenarios(outcomes, places), found.settings, document, origin)
    output.say(f"they hold {total:.0f} % of the probability, and are weighted by theirs")


def _moves(output: Output, fitted: "Joint", *, is_nearest: bool) -> list[Table]:
    """Return which judgements had to move; show it and refuse to go on, unless that is wanted."""
    if fitted.is_coherent:
        return []
    from innosi.models.errors import InnosiError
    from innosi.scenarios.construction.probabilities.joint import contradictions

    with progress_bar("looking for what is at odds"):
        why = contradictions(fitted.beliefs, tolerance=fitted.tolerance)
    table = move_table("judgements that must move to go together", fitted.moved, notes=why)
    if not is_nearest:
        output.show(table)
        n = len(fitted.moved)
        raise InnosiError(
            f"these probabilities cannot go together: {n} judgement{'s' if n > 1 else ''} must move,"
            " as the table shows",
            mend="mend them with those who judged, or go on with the nearest: --nearest",
        )
    return [table]
