"""`innosi check`, `show` and `schema`: a scenario or study file, looked at before it is run."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from innosi.forecast.cli.output import Output, Table, output_options, readable

if TYPE_CHECKING:
    from innosi.scenarios.scenario_set import Experiment, ScenarioSet

PLAN_KEYS = {"panellists", "preset"}
"""Keys by which a plan of simulated panels is known; no other file has them."""


class Kind(click.ParamType):  # type: ignore[type-arg] # click 8.2 has no such argument
    """A kind of file that has a schema."""

    name = "kind"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return a known kind, or refuse it."""
        from innosi.scenarios.construction.methods import METHODS

        kinds = ["scenario", "study", "plan", *(each.command for each in METHODS.values())]
        if value not in kinds:
            self.fail(f"'{value}' is not one of {', '.join(kinds)}", param, ctx)
        return value


@click.command(short_help="Tell every fault of a file at once.")
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Check a scenario, study or plan FILE, or one of `innosi build`: every fault at once, with its mend.

    \b
    innosi check scenario.yaml
    innosi check study.yaml
    """
    from innosi.scenarios.loading.document import read_document
    from innosi.scenarios.loading.scenario_file import scenarios_from

    if file.suffix.casefold() == ".scw":
        from innosi.scenarios.construction.balance.converting import load_balance

        click.echo(f"{file}: {load_balance(file).summary}")
        return
    document = read_document(file)
    if not PLAN_KEYS.isdisjoint(document.data):
        from innosi.forecast.panels.plan_file import plan_from

        plan = plan_from(document)
        sizes = ", ".join(map(str, plan.sizes))
        click.echo(f"{file}: a sound plan of simulated panels, {sizes} panellists")
        return
    if "questions" in document.data:
        from innosi.forecast.study import study_from
        from innosi.forecast.translating import in_words, missing_translations

        study = study_from(document)
        click.echo(f"{file}: a sound study, {len(study.questions)} questions, {len(study.rounds)} rounds")
        what = f"without a translation, which stay as they are ({study.language})"
        for note in in_words(missing_translations(study), what):
            click.echo(f"  note: {note}")
        return
    if "method" in document.data:
        from innosi.scenarios.construction.methods import constructed_from, settings_of
        from innosi.scenarios.construction.settings import check_settings

        constructed = constructed_from(document)
        check_settings(settings_of(constructed), document)
        click.echo(f"{file}: {constructed.summary}")
        return
    scenarios = scenarios_from(document)
    first = scenarios.experiments[0]
    click.echo(
        f"{file}: a sound scenario file, {_counted(len(scenarios.scenario_titles), 'scenario')} ×"
        f" {_counted(len(scenarios.option_titles), 'option')}, {len(first.uncertain)} uncertain numbers"
    )
    for note in scenarios.notes:
        click.echo(f"  note: {note}")


def _counted(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


@click.command(short_help="Show every number, and where it is from.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--scenario", help="Which scenario; the first by default.")
@click.option("--option", help="Which option; the first by default.")
@click.option("--changed", is_flag=True, help="Only what the scenario and the option change.")
@click.option("--resolved", is_flag=True, help="Print the resolved file, each value with where it is from.")
@click.option("--diff", help="What is not as in this scenario (or `base`, the file's base case).")
@output_options
def show(
    file: Path,
    scenario: str | None,
    option: str | None,
    changed: bool,
    resolved: bool,
    diff: str | None,
    output: Output,
) -> None:
    """Show what a scenario FILE comes to: every number, what was taken for it, and where it comes from.

    Precedence: the base, then the value that is swept, then the scenario's overrides in their order, then the
    option's; the last word wins.

    \b
    innosi show scenario.yaml
    innosi show scenario.yaml --scenario as_evaluated --changed
    innosi show scenario.yaml --scenario as_evaluated --resolved
    innosi show scenario.yaml --scenario as_evaluated --diff base
    """
    from innosi.scenarios.loading.scenario_file import load_with_document

    scenarios, document = load_with_document(file)
    _known(scenarios, scenario, option)
    experiment = scenarios.experiment(scenario, option)
    if resolved:
        from innosi.scenarios.loading.showing import resolved_file

        click.echo(resolved_file(scenarios, experiment, document), nl=False)
    elif diff is not None:
        output.show(_differences(scenarios, experiment, diff))
    else:
        output.show(_numbers(experiment, changed=changed))


def _differences(scenarios: "ScenarioSet", experiment: "Experiment", other: str) -> Table:
    from innosi.scenarios.loading.showing import differences

    if other not in scenarios.scenario_titles and other == "base":
        compared = scenarios.base or experiment
    else:
        _known(scenarios, other, None)
        compared = scenarios.experiment(other, experiment.option)
    rows = [(each.key, each.there, each.here, each.origin) for each in differences(experiment, compared)]
    title = f"scenario {experiment.scenario}, option {experiment.option}: what is not as in {other}"
    return Table(title, ("key", "there", "here", "from"), rows, () if rows else ("no difference",))


def _known(scenarios: "ScenarioSet", scenario: str | None, option: str | None) -> None:
    from innosi.models.errors import InnosiError
    from innosi.scenarios.loading.validation import nearest

    wanted = (("scenario", scenario, scenarios.scenario_titles), ("option", option, scenarios.option_titles))
    for what, name, titles in wanted:
        if name is not None and name not in titles:
            raise InnosiError(f"there is no {what} '{name}'{nearest(name, titles)}", where=scenarios.source)


def _numbers(experiment: "Experiment", *, changed: bool) -> Table:
    from innosi.scenarios.loading.showing import origin_of, place_of

    document, origins = experiment.resolved.document, experiment.resolved.origins
    rows = []
    for key, estimate in experiment.estimates.items():
        if estimate.is_chance:
            continue
        if changed and not origin_of(key, origins):
            continue
        low, high = estimate.distribution.interval(0.9)
        taken = "" if estimate.distribution.is_constant else estimate.distribution.describe()
        median = float(estimate.distribution.median)
        bounds = "" if estimate.distribution.is_constant else f"{readable(low)} .. {readable(high)}"
        place = place_of(document, tuple(key.split(".")), origins)
        rows.append((key, median, bounds, taken, estimate.evidence.label, estimate.source, place))
    columns = ("number", "median", "90 % interval", "taken", "evidence", "source", "from")
    return Table(f"scenario {experiment.scenario}, option {experiment.option}", columns, rows)


@click.command(short_help="Print the JSON Schema for an editor.")
@click.argument("kind", type=Kind(), default="scenario")
@click.option("--markdown", is_flag=True, help="Print tables of every key for people, in the place of JSON.")
def schema(kind: str, markdown: bool) -> None:
    """Print the JSON Schema of a KIND of file, with which an editor completes and checks it.

    Kinds: scenario, study, plan, and the commands of `innosi build` that read a file of their own.

    \b
    innosi schema scenario > scenario.schema.json
    innosi schema scenario --markdown

    Then write as the first line of the file:
      # yaml-language-server: $schema=scenario.schema.json
    """
    found = _schema_of(kind)
    if markdown:
        from innosi.scenarios.loading.key_tables import key_tables

        click.echo(key_tables(found), nl=False)
    else:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))


def _schema_of(kind: str) -> dict[str, Any]:
    if kind == "study":
        from innosi.forecast.study_file import study_schema

        return study_schema()
    if kind == "plan":
        from innosi.forecast.panels.plan_file import plan_schema

        return plan_schema()
    if kind == "scenario":
        from innosi.scenarios.loading.scenario_file import scenario_schema

        return scenario_schema()
    from innosi.scenarios.construction.methods import METHODS

    return next(each for each in METHODS.values() if each.command == kind).schema()
