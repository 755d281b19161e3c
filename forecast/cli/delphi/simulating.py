"""`innosi delphi simulate`: simulated panels, to plan with, to learn from, and to rehearse a study."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from innosi.forecast.cli.output import Output, Table, output_options, plot_option, svg_name
from innosi.forecast.cli.progress import progress_bar

if TYPE_CHECKING:
    from innosi.forecast.panels.model import PanelModel
    from innosi.forecast.panels.planning import Plan, PlannedRound


def _shares(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> tuple[float, ...]:
    from innosi.forecast.percentages import as_number

    try:
        shares = tuple(float(as_number(each)) for each in given)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    if any(not 0 <= each <= 1 for each in shares):
        raise click.BadParameter("give shares from 0% to 100%")
    return shares


@click.command(short_help="Simulate panels: plan a Delphi, see it work and fail.")
@click.argument("plan", metavar="FILE_OR_PRESET")
@click.option(
    "--panellists",
    "sizes",
    type=click.IntRange(1, 2000),
    multiple=True,
    help="How many panellists. May be said often, to compare.",
)
@click.option(
    "--drop-out",
    "drop_outs",
    multiple=True,
    callback=_shares,
    metavar="SHARE",
    help="Share who leave before each next round, such as 20%. May be said often.",
)
@click.option("--rounds", type=click.IntRange(1, 50), help="Up to how many rounds.")
@click.option("--questions", type=click.IntRange(1, 1000), help="How many questions a study asks.")
@click.option("--studies", type=click.IntRange(1, 100_000), help="How many studies are simulated.")
@click.option("--seed", type=int, help="Seed of the draws; 0 is a seed.")
@click.option(
    "--answers-for",
    type=click.Path(path_type=Path),
    metavar="STUDY",
    help="Write what one simulated panel answers to this study file, to rehearse it.",
)
@click.option(
    "--to",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.csv",
    help="Where those answers are written; simulated_answers.csv beside the study by default.",
)
@click.option(
    "--copy",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Rehearse in a copy of the study, marked as simulated, in this folder.",
)
@click.option(
    "--plot-study",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=svg_name,
    help="Draw how the answers of one simulated study went, in a file that ends in .svg.",
)
@plot_option
@output_options
def simulate(
    plan: str,
    answers_for: Path | None,
    to: Path | None,
    copy: Path | None,
    plot_study: Path | None,
    plot: Path | None,
    output: Output,
    **changes: Any,
) -> None:
    """Simulate panels whose truth is known, as FILE_OR_PRESET sets them.

    Shows how often panels of several sizes come to consensus, after each round, and how often on what is
    false. Presets: method-works, bandwagon, two-camps, stubborn-experts. Nothing that it shows is a finding
    about people: it follows from the assumptions of the plan.

    \b
    innosi delphi simulate method-works
    innosi delphi simulate bandwagon --panellists 15 --panellists 60 --plot power.svg
    innosi delphi simulate plan.yaml --drop-out 10% --drop-out 30% --seed 7
    innosi delphi simulate two-camps --plot-study camps.svg
    innosi delphi simulate method-works --answers-for study.yaml --copy rehearsal
    """
    from innosi.forecast.panels.plan_file import load_plan
    from innosi.forecast.panels.planning import Changes, plan_panel

    changed = Changes(**changes).to(load_plan(plan))
    if answers_for is None and (to or copy):
        raise click.UsageError("--to and --copy are for answers; name the study with --answers-for")
    if answers_for is not None:
        _rehearse(changed, answers_for, to, copy, output)
        return
    with progress_bar() as progress:
        found = plan_panel(changed, progress=progress)
    output.show(plan_table(changed, found))
    if plot:
        from innosi.forecast.drawing.simulated_panels import power_plot

        output.draw(power_plot(changed, found), plot)
    if plot_study:
        from innosi.forecast.drawing.simulated_panels import study_plot
        from innosi.forecast.panels.planning import one_study

        output.draw(study_plot(changed, one_study(changed)), plot_study)


PLAN_COLUMNS = (
    *("panellists", "drop_out", "round", "left", "consensus", "standard_error", "false_consensus"),
    *("false_of_consensus", "error_of_median", "spread", "stable"),
)


def plan_table(plan: "Plan", found: "Sequence[PlannedRound]") -> Table:
    """Return what every panel gives after every round, and what a facilitator should take from it."""
    from innosi.forecast.panels.recommending import recommendation

    scale = plan.model.scale
    notes = (
        *recommendation(plan, found),
        f"consensus: share of the questions with {plan.rule}; standard_error: of that share",
        f"false_consensus: share of the questions whose median then lies more than"
        f" {scale.in_words(plan.far_from_truth)} from the truth; false_of_consensus: of those in consensus",
        f"error_of_median: mean distance from the truth ({scale.error_unit}); spread: standard deviation"
        f" ({scale.latent_unit}); stable: share of the questions to which under 15% gave another answer",
        f"{plan.n_studies:,} simulated studies of {plan.model.n_questions} questions, seed {plan.seed};"
        f" assumed: {assumptions(plan.model)}",
    )
    title = f"{plan.title} (simulated)"
    return Table(title, PLAN_COLUMNS, [_row(each) for each in found], notes)


def _row(planned: "PlannedRound") -> tuple[object, ...]:
    power = planned.power
    return (
        *(planned.n_panellists, planned.drop_out, planned.round, planned.n_left.value),
        *(power.value, power.standard_error, planned.false_consensus.value),
        *(planned.false_among_consensus, planned.error.value, planned.spread.value, planned.stable.value),
    )


def assumptions(model: "PanelModel") -> str:
    """Return what a model assumes, in a line: each assumption that is not 0."""
    names = (
        *("noise", "bias", "shared_error", "leaning", "expertise", "conformity", "learning", "anchoring"),
        *("wavering", "dissenters_leave", "second_camp", "camp_distance"),
    )
    said = [f"{name.replace('_', ' ')} {getattr(model, name):g}" for name in names if getattr(model, name)]
    asked = [] if model.asked == "all" else ["only those outside the quartiles are asked to revise"]
    return ", ".join([*said, f"the {model.feedback} is fed back", *asked])


def _rehearse(plan: "Plan", source: Path, to: Path | None, copy: Path | None, output: Output) -> None:
    from innosi.forecast.panels.rehearsal import copy_as_simulated, simulate_answers, write_answers_table
    from innosi.forecast.running import load_running_study
    from innosi.forecast.study import load_study

    study = load_running_study(source).study
    if copy:
        study = load_study(copy_as_simulated(study, copy))
    answers = simulate_answers(study, plan.rehearsal_model, plan.seed)
    target = to or study.path.with_name("simulated_answers.csv")
    write_answers_table(study, answers, target)
    rows = [(each, len(answers.panellists(each)), len(answers.in_round(each))) for each in answers.rounds]
    notes = (
        f"written to {target}, for: {study.title}",
        "no people answered: the study's panel is marked as simulated, and so is every result",
        f"import them with: innosi delphi import {study.path} {target}",
    )
    output.show(Table("simulated answers", ("round", "panellists", "answers"), rows, notes))
