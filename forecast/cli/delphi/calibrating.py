"""`innosi delphi calibrate`: experts weighted by how they did on what is known."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from innosi.forecast.cli.delphi.arguments import mapping_option
from innosi.forecast.cli.output import Output, Table, output_options, plot_option

if TYPE_CHECKING:
    from innosi.forecast.pooling.classical.calibrating import Calibration
    from innosi.forecast.pooling.classical.elicitation import Elicitation
    from innosi.scenarios.drawing.figures import Plot

OPTIMISED = "optimised"


def _cut_off(_: click.Context, __: click.Parameter, given: str) -> float | None:
    if given == OPTIMISED:
        return None
    try:
        return float(given)
    except ValueError:
        raise click.BadParameter(f"'{given}' is neither a number nor {OPTIMISED}") from None


@click.command(short_help="Weight experts by Cooke's classical model.")
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("outcomes", type=click.Path(path_type=Path), required=False)
@click.option(
    "--weights",
    type=click.Choice(["equal", "global", "item", "user"]),
    default="global",
    show_default=True,
    help="How the decision maker weights experts.",
)
@click.option(
    "--cut-off",
    metavar="NUMBER|optimised",
    default=OPTIMISED,
    show_default=True,
    callback=_cut_off,
    help="Least calibration with which an expert counts.",
)
@click.option(
    "--user-weights",
    multiple=True,
    metavar="FILE|EXPERT=WEIGHT",
    help="For --weights user: a table with columns expert and weight, or a pair. May be said often.",
)
@click.option(
    "--overshoot",
    type=float,
    default=0.1,
    show_default=True,
    help="How far ranges go beyond judgements.",
)
@click.option(
    "--power",
    type=float,
    default=1.0,
    show_default=True,
    help="Factor on the number of seeds.",
)
@click.option(
    "--leave-out", type=click.Choice(["items", "experts"]), help="Leave out each seed, or expert, in turn."
)
@click.option("--at-a-time", type=int, default=1, show_default=True, help="How many to leave out at a time.")
@click.option("--round", "number", type=int, help="Round of a study; the last with answers by default.")
@click.option("--log", multiple=True, metavar="QUESTION", help="A study's question on a logarithmic scale.")
@mapping_option
@click.option("--item", help="Show, and draw, this item only.")
@click.option(
    "--graph",
    type=click.Choice(["ranges", "information"]),
    default="ranges",
    show_default=True,
    help="What --plot draws.",
)
@plot_option
@click.option("--to", type=click.Path(path_type=Path), help="Write a study's judgements for a scenario file.")
@output_options
def calibrate(
    source: Path,
    outcomes: Path | None,
    weights: Any,
    cut_off: float | None,
    user_weights: tuple[str, ...],
    overshoot: float,
    power: float,
    leave_out: Any,
    at_a_time: int,
    number: int | None,
    log: tuple[str, ...],
    mapping: dict[str, str],
    item: str | None,
    graph: str,
    plot: Path | None,
    to: Path | None,
    output: Output,
) -> None:
    """Calibrate experts by Cooke's classical model, and pool them by how they did.

    SOURCE is a study file, with OUTCOMES a table of what happened (columns question and outcome); or a .dtt
    file of Excalibur, with OUTCOMES its .rls file (that beside it by default). Items of which the outcome is
    known are seeds; the experts are scored on them, each by pseudonym.

    \b
    innosi delphi calibrate study.yaml outcomes.csv
    innosi delphi calibrate experts.dtt --weights item --leave-out experts
    innosi delphi calibrate experts.dtt --item depth --plot depth.svg
    """
    from innosi.forecast.pooling.classical.calibrating import calibrate as calibrated
    from innosi.forecast.pooling.classical.scores import Settings

    if cut_off is not None and weights in ("equal", "user"):
        raise click.UsageError(f"--cut-off is for global and item weights; {weights} weights have none")
    found = calibrated(
        _elicitation(source, outcomes, mapping, number, log),
        weights,
        Settings(overshoot, power),
        cut_off=cut_off,
        user_weights=_user_weights(user_weights),
        left_out=leave_out,
        size=at_a_time,
    )
    output.show(*tables(found, item))
    if plot:
        output.draw(_plot(found, graph, item), plot)
    if to:
        _export(found, source, number, to, output)


def _is_excalibur(source: Path) -> bool:
    return source.suffix.casefold() == ".dtt"


def _elicitation(
    source: Path, outcomes: Path | None, mapping: Mapping[str, str], number: int | None, log: tuple[str, ...]
) -> "Elicitation":
    if _is_excalibur(source):
        from innosi.forecast.pooling.classical.excalibur import read_excalibur

        if number is not None or log or mapping:
            raise click.UsageError("--round, --log and --map are for a study; a .dtt file holds one round")
        return read_excalibur(source, outcomes)
    from innosi.forecast.outcomes import load_outcomes
    from innosi.forecast.pooling.classical.studies import elicitation_of
    from innosi.forecast.store.answers import load_answers
    from innosi.forecast.study import load_study

    study = load_study(source)
    if outcomes is None:
        raise click.UsageError("a study needs OUTCOMES: a table with the columns question and outcome")
    known = load_outcomes(study, outcomes, mapping)
    return elicitation_of(study, load_answers(study), known, number=number, log=log)


def _user_weights(given: tuple[str, ...]) -> dict[str, float]:
    from innosi.forecast.pooling.classical.calibrating import load_weights, parse_weight

    weights: dict[str, float] = {}
    for each in given:
        expert, equals, weight = each.rpartition("=")
        if equals and not Path(each).exists():
            weights[expert.strip()] = parse_weight(weight.strip(), where=f"--user-weights {each}")
        else:
            weights |= load_weights(Path(each))
    return weights


def _plot(found: "Calibration", graph: str, item: str | None) -> "Plot":
    from innosi.forecast.drawing.classical import informations, item_ranges, ranges

    if graph == "information":
        return informations(found)
    return item_ranges(found, item) if item else ranges(found)


def _export(found: "Calibration", source: Path, number: int | None, to: Path, output: Output) -> None:
    from innosi.forecast.pooling.classical.calibrating import decision_maker_data
    from innosi.forecast.store.answers import load_answers
    from innosi.forecast.study import load_study
    from innosi.scenarios.writing import write_text

    if _is_excalibur(source):
        raise click.UsageError("--to needs a study: a .dtt file does not say what its items count")
    study = load_study(source)
    data = decision_maker_data(study, load_answers(study), found.decision_maker, number)
    write_text(to, json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    output.say(f"judgements: {to}")


def tables(found: "Calibration", item: str | None = None) -> list[Table]:
    """Return the scores of experts and decision makers, the pooled quantiles, and the robustness."""
    shown = [expert_table(found), decision_maker_table(found)]
    shown.append(item_detail_table(found, item) if item else item_table(found))
    return [*shown, robustness_table(found)] if found.robustness else shown


def expert_table(found: "Calibration") -> Table:
    """Return every expert's calibration, information and weight."""
    panel, weights = found.panel, found.decision_maker.expert_weights
    rows = [
        (
            *(score.name, score.n_seeds, score.calibration.p_value, score.information_seeds.value),
            *(score.information_all.value, score.weight, weights[score.name]),
        )
        for score in panel.experts
    ]
    columns = (
        *("expert", "n_seeds", "calibration", "information_seeds", "information_all"),
        *("unnormalised_weight", "normalised_weight"),
    )
    unscored = [score.name for score in panel.experts if not score.n_seeds]
    notes = [
        *panel.elicitation.notes,
        "calibration: p-value of the stated probabilities, on"
        f" {panel.n_effective} seeds (the fewest that any expert answered); information in nats",
        "unnormalised_weight: calibration × information_seeds; normalised_weight: that of the decision maker"
        " after its cut-off, mean over items",
        *([f"answered no seed, so without a score: {', '.join(unscored)}"] if unscored else []),
    ]
    return Table("experts, by the classical model", columns, rows, tuple(notes))


def decision_maker_table(found: "Calibration") -> Table:
    """Return the decision maker asked for, and the others for comparison."""
    rows = [
        (
            *(made.weighting, made.cut_off, made.is_optimised, _n_weighted(made.expert_weights)),
            *(made.score.calibration.p_value, made.score.information_seeds.value),
            *(made.score.information_all.value, made.score.weight),
        )
        for made in found.decision_makers
    ]
    columns = (
        *("weights", "cut_off", "is_optimised", "n_experts", "calibration"),
        *("information_seeds", "information_all", "unnormalised_weight"),
    )
    notes = (
        f"scored as experts are; the first, with {found.decision_maker.weighting} weights, is the one below",
        "a decision maker is scored on the seeds that gave its weights: on others it may do worse",
    )
    return Table("decision makers", columns, rows, notes)


def _n_weighted(weights: Mapping[str, float]) -> int:
    return sum(weight > 0 for weight in weights.values())


def item_table(found: "Calibration") -> Table:
    """Return the decision maker's quantiles of every item."""
    made, elicitation = found.decision_maker, found.panel.elicitation
    answered = elicitation.is_answered.sum(axis=0)
    rows = [
        (
            *(item, elicitation.scales[i], int(answered[i])),
            *(float(elicitation.realisations[i]), *map(float, made.quantiles[i])),
        )
        for i, item in enumerate(elicitation.items)
    ]
    columns = ("item", "scale", "n_experts", "realisation", *map(_column, elicitation.probabilities))
    n_without = sum(math.isnan(row[-1]) for row in made.quantiles.tolist())
    note = f"{n_without} without a decision maker: nobody who answered has a weight"
    title = f"the decision maker's quantiles, {made.weighting} weights"
    return Table(title, columns, rows, (note,) if n_without else ())


def item_detail_table(found: "Calibration", item: str) -> Table:
    """Return every expert's quantiles of one item, and the decision maker's."""
    made, elicitation, at = found.decision_maker, found.panel.elicitation, found.panel.elicitation.place(item)
    rows = [
        (expert, float(made.weights[e, at]), *map(float, elicitation.judgements[e, at]))
        for e, expert in enumerate(elicitation.experts)
    ]
    rows.append(("decision maker", float("nan"), *map(float, made.quantiles[at])))
    known = f"realisation: {elicitation.realisations[at]:g}"
    notes = (known if elicitation.is_seed[at] else "no realisation: a target", elicitation.texts[at])
    columns = ("expert", "weight", *map(_column, elicitation.probabilities))
    return Table(f"item {item} ({elicitation.scales[at]})", columns, rows, tuple(filter(None, notes)))


def robustness_table(found: "Calibration") -> Table:
    """Return the decision maker without each seed, or each expert."""
    rows = [
        (
            *(", ".join(each.left_out) or "nothing", each.n_effective, each.cut_off, each.calibration),
            *(each.information_seeds, each.information_all, each.weight, each.largest_shift, each.reason),
        )
        for each in found.robustness
    ]
    columns: tuple[str, ...] = (
        *("left_out", "n_seeds", "cut_off", "calibration", "information_seeds", "information_all"),
        *("unnormalised_weight", "largest_shift", "reason"),
    )
    n_shown = len(columns) - (not any(each.reason for each in found.robustness))
    note = "largest_shift: of a quantile of the decision maker, as a share of the item's intrinsic range"
    return Table(
        "robustness of the decision maker", columns[:n_shown], [row[:n_shown] for row in rows], (note,)
    )


def _column(probability: float) -> str:
    return "p" + f"{probability * 100:.6g}".zfill(2).replace(".", "_")
