"""`innosi build balance errors`: how often each scenario is consistent when judgements err."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.build.arguments import file_argument
from innosi.forecast.cli.build.balance.arguments import (
    marked,
    read_balance,
    search,
    tolerance_option,
    warn,
)
from innosi.forecast.cli.output import Output, Table, output_options, plot_option
from innosi.forecast.cli.progress import progress_bar

if TYPE_CHECKING:
    from innosi.scenarios.construction.balance.balance_file import CrossImpactBalance
    from innosi.scenarios.construction.balance.judgement_errors import JudgementErrors
    from innosi.scenarios.construction.balance.scenario_list import ScenarioList
    from innosi.scenarios.construction.balance.uncertain_judgements import Steadfastness

MOST_FOLLOWED = 5_000
MODELS = ("step", "normal", "uniform", "experts", "panel")


@click.command(short_help="How often scenarios hold when judgements err.")
@file_argument
@click.option(
    "--model",
    type=click.Choice(MODELS),
    help="How judgements err; by default as the panel or the experts in FILE differ, else by steps.",
)
@click.option(
    "--probability",
    type=click.FloatRange(0, 1),
    default=0.3,
    show_default=True,
    help="With step: that a judgement is one too high or too low.",
)
@click.option(
    "--deviation",
    type=click.FloatRange(min=0),
    default=1.0,
    show_default=True,
    help="With normal and uniform: the standard deviation of the error.",
)
@click.option("--unrounded", is_flag=True, help="With normal and uniform: errors are no whole numbers.")
@click.option("--all-sections", is_flag=True, help="Let judgements of no influence err too.")
@tolerance_option
@click.option("--trials", type=click.IntRange(min=1), default=1000, show_default=True, help="How many.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the trials; 0 is a seed.")
@click.option(
    "--newcomers/--no-newcomers",
    default=None,
    help="Look for new scenarios in every trial, however long it takes.",
)
@click.option("--workers", type=click.IntRange(min=1), help="Threads; the result is the same.")
@plot_option
@output_options
def errors(
    file: Path,
    model: str | None,
    probability: float,
    deviation: float,
    unrounded: bool,
    all_sections: bool,
    tolerance: float | None,
    trials: int,
    seed: int,
    newcomers: bool | None,
    workers: int | None,
    plot: Path | None,
    output: Output,
) -> None:
    """Show in which share of trials each consistent scenario of FILE stays so when its judgements err.

    In every trial all judgements are drawn anew: each one step off now and then (step), off by a normal or
    uniform error, each section one of the experts' (experts), or each judgement from what a Delphi panel
    answered (panel). Scenarios that the judgements as given do not have, and that come up in trials, are told
    too.

    \b
    innosi build balance errors balance.yaml
    innosi build balance errors balance.yaml --model normal --deviation 1.5 --plot steadfast.svg
    innosi build balance errors balance-experts.yaml --model experts --trials 5000
    """
    from innosi.scenarios.construction.balance.uncertain_judgements import Trials, steadfastness

    balance = read_balance(file)
    chosen = model or ("panel" if balance.judged.panel else "experts" if balance.judged.experts else "step")
    size = {"step": probability}.get(chosen, deviation)
    assumed = errors_of(balance, chosen, size, is_rounded=not unrounded, only_judged=not all_sections)
    known = search(balance, tolerance=tolerance).first(MOST_FOLLOWED)
    warn(known)
    if not known.is_complete:  # what is not followed is no newcomer
        newcomers = False
    with progress_bar("trying") as told:
        found = steadfastness(
            balance.impacts,
            assumed,
            known.scenarios,
            Trials(trials, seed, newcomers),
            tolerance=balance.tolerance if tolerance is None else tolerance,
            workers=workers,
            on_progress=lambda done: told(done, trials),
        )
    for note in filter(None, (*found.notes, found.why_not)):
        click.secho(note, err=True, bold=True)
    output.show(
        marked(steadfast_table(known, found, seed), known.why_not, found.why_not),
        *(marked(each, found.why_not, found.newcomers_why_not) for each in newcomer_tables(balance, found)),
    )
    if plot is not None:
        from innosi.scenarios.construction.balance.drawing_shares import draw_steadfastness

        output.draw(draw_steadfastness(known, found), plot)


def errors_of(
    balance: "CrossImpactBalance", model: str, size: float, *, is_rounded: bool, only_judged: bool
) -> "JudgementErrors":
    """Return how judgements err, by the name of the model."""
    from innosi.models.errors import InnosiError
    from innosi.scenarios.construction.balance.ensembles import Ensemble
    from innosi.scenarios.construction.balance.judgement_errors import ByExperts, ByPanel, OneStep, Spread

    judged, where = balance.judged, balance.document.source
    if model == "step":
        return OneStep(size, balance.scale, only_judged)
    if model == "experts":
        if len(judged.experts) < 2:
            raise InnosiError("names fewer than two experts", mend="write `experts:`", where=where)
        return ByExperts(Ensemble(judged.experts))
    if model == "panel":
        if not judged.panel:
            raise InnosiError("has no panel", mend="write `panel: {from: judgements.json}`", where=where)
        return ByPanel(judged.panel)
    return Spread(size, model, is_rounded, balance.scale, only_judged)


def steadfast_table(known: "ScenarioList", found: "Steadfastness", seed: int) -> Table:
    """Return how often each scenario stayed consistent, the most steadfast first."""
    from innosi.scenarios.construction.balance.uncertain_judgements import wilson_intervals

    low, high = wilson_intervals(found.counts, found.n_trials)
    order = sorted(range(len(known)), key=lambda place: -found.counts[place])
    rows = [
        (
            known.name_of(place),
            *found.impacts.names_of(found.scenarios[place]).values(),
            float(found.shares[place]),
            float(low[place]),
            float(high[place]),
        )
        for place in order
    ]
    title = _title(known, found)
    notes = [
        f"{found.errors}; {found.n_trials:,} trials, seed {seed}",
        "share: of the trials in which it was consistent; low to high: 95 % interval (Wilson)",
        *known.balance.judged.notes,
        *found.notes,
    ]
    if found.n_consistent.size:
        low_n, middle, high_n = (round(float(x)) for x in _quantiles(found))
        notes.insert(2, f"scenarios in a trial: {middle} (median; 90 % of the trials: {low_n} to {high_n})")
    columns = ("scenario", *found.impacts.states, "share", "low", "high")
    return Table(title, columns, rows, tuple(notes))


def _quantiles(found: "Steadfastness") -> tuple[float, ...]:
    import numpy as np

    return tuple(np.quantile(found.n_consistent, [0.05, 0.5, 0.95], method="inverted_cdf").tolist())


def _title(known: "ScenarioList", found: "Steadfastness") -> str:
    n, firm = len(known), int((found.shares >= 0.5).sum())
    of = f"{firm} of {n} scenarios hold" if n != 1 else f"{firm} of 1 scenario holds"
    return f"{known.balance.title}: {of} in half of the trials or more"


def newcomer_tables(balance: "CrossImpactBalance", found: "Steadfastness", limit: int = 10) -> list[Table]:
    """Return the scenarios that came up in trials, the most frequent first; nothing where none did."""
    from innosi.scenarios.construction.balance.uncertain_judgements import wilson_intervals

    if not len(found.newcomers):
        return []
    low, high = wilson_intervals(found.newcomer_counts, found.n_trials)
    rows = [
        (
            balance.name_of(places),
            *balance.impacts.names_of(places).values(),
            float(found.newcomer_shares[place]),
            float(low[place]),
            float(high[place]),
        )
        for place, places in enumerate(found.newcomers[:limit].tolist())
    ]
    n = len(found.newcomers)
    title = f"{n:,} others came up, the {len(rows)} most frequent:" if n > limit else f"{n} others came up:"
    return [Table(title, ("scenario", *balance.impacts.states, "share", "low", "high"), rows)]
