"""`innosi demo`: the whole way on real input, by the commands that a user would type."""

import contextlib
import io
import shlex
from pathlib import Path

import click

SHOWN = ("replicats", "working-well", "groene-sticht", "farming-futures")
"""The cases of `innosi demo`, what is real first."""

STEPS = {
    "replicats": (
        "25 experts judge 25 claims in two rounds, are pooled, and are scored against the truth",
        "delphi import {folder}/study.yaml {folder}/answers.csv",
        "delphi export {folder}/study.yaml",
        "delphi score {folder}/study.yaml {folder}/outcomes.csv",
    ),
    "working-well": (
        "published figures of a real programme, where a strong claim meets a weak evaluation",
        "run {folder}/scenario.yaml --report {folder}/report.html",
    ),
    "troubled-families": (
        "what is left of a claim when it is evaluated",
        "run {folder}/scenario.yaml --report {folder}/report.html",
    ),
    "groene-sticht": (
        "from a (simulated) panel's two rounds to scenarios and their social return",
        "delphi import {folder}/study.yaml {folder}/round_1.csv --round 1",
        "delphi import {folder}/study.yaml {folder}/round_2.csv --round 2",
        "delphi summary {folder}/study.yaml --question neighbours_disturbed",
        "delphi export {folder}/study.yaml",
        "run {folder}/scenario.yaml --report {folder}/report.html",
    ),
    "social-communities": (
        "a whole study in three rounds, from the list of its (simulated) panel to its report",
        "delphi panel {folder}/study.yaml {folder}/people.csv",
        "delphi open {folder}/study.yaml",
        "delphi questionnaires {folder}/study.yaml --to {folder}/sheets",
        "delphi import {folder}/study.yaml {folder}/round_1.csv",
        "delphi close {folder}/study.yaml",
        "delphi feedback {folder}/study.yaml --to {folder}/feedback_1",
        "delphi open {folder}/study.yaml",
        "delphi import {folder}/study.yaml {folder}/round_2.csv",
        "delphi close {folder}/study.yaml",
        "delphi status {folder}/study.yaml",
        "delphi feedback {folder}/study.yaml --to {folder}/feedback_2",
        "delphi question {folder}/study.yaml accept who_leads",
        "delphi open {folder}/study.yaml",
        "delphi import {folder}/study.yaml {folder}/round_3.csv",
        "delphi close {folder}/study.yaml",
        "delphi summary {folder}/study.yaml",
        "delphi finish {folder}/study.yaml",
        "delphi report {folder}/study.yaml --to {folder}/report.html",
    ),
    "welfare-futures": (
        "every type of question, answered by a (simulated) panel in three rounds",
        "delphi import {folder}/study.yaml {folder}/answers.csv",
        "delphi summary {folder}/study.yaml --plot {folder}/summary.svg",
        "delphi stability {folder}/study.yaml --plot {folder}/stability.svg",
        "delphi dissent {folder}/study.yaml --groups --plot {folder}/dissent.svg",
        "delphi pool {folder}/study.yaml --question hours --plot {folder}/hours.svg",
    ),
    "farming-futures": (
        "from weak signals to futures that hang together, and the social return of each",
        "build signals {folder}/signals.yaml --plot {folder}/signals.svg",
        "build drivers {folder}/drivers.yaml --plot {folder}/grid.svg",
        "build futures-table {folder}/futures_table.yaml --diverse 6 --plot {folder}/table.svg",
        "build balance scenarios {folder}/balance.yaml --plot {folder}/tableau.svg",
        "build balance scenarios {folder}/balance.yaml --to {folder}/scenarios.yaml --weight basin",
        "run {folder}/scenarios.yaml --report {folder}/report.html",
        "build report {folder}/signals.yaml {folder}/drivers.yaml {folder}/futures_table.yaml"
        " {folder}/balance.yaml {folder}/scenarios.yaml --to {folder}/dossier.html",
    ),
    "urban-farming": (
        "a first scenario file, with everything assumed",
        "run {folder}/scenario.yaml --report {folder}/report.html",
    ),
}
"""What each case shows, and the commands that show it."""


@click.command(short_help="Go the whole way on real input.")
@click.argument("folder", type=click.Path(path_type=Path), default=Path("innosi-demo"))
@click.option("--case", type=click.Choice(list(STEPS)), help="Only this case; four of them by default.")
def demo(folder: Path, case: str | None) -> None:
    """Go the whole way on real input: rounds, pooled judgements, scenarios, social return, report.

    The files are copied into FOLDER (innosi-demo by default), where they can be changed: a file that is there
    already is kept as it is, so change a number and run the demo, or its last command, again.

    \b
    innosi demo
    innosi demo --case troubled-families
    """
    from innosi.forecast.examples import copy_example

    reports = []
    for name in [case] if case else SHOWN:
        place = folder / name
        copy_example(name, place)
        title, *commands = STEPS[name]
        click.secho(f"{name}: {title}", bold=True)
        for command in commands:
            _run(command, place)
        click.echo()
        made = [Path(command.split()[-1]) for command in commands]
        reports += [place / each.name for each in made if each.suffix == ".html"]
    if reports:
        click.echo(f"Open {' and '.join(map(str, reports))}.")
    scenarios = [each.with_name("scenario.yaml") for each in reports]
    for scenario in [each for each in scenarios if each.exists()][:1]:
        click.echo(f"Then change a number in {scenario}, and see what it does: innosi run {scenario}")


def _run(command: str, folder: Path) -> None:
    """Show a command as it would be typed, run it, and show what it says in short; stop if it fails."""
    from innosi.forecast.cli import cli

    arguments = [word.replace("{folder}", str(folder)) for word in command.split()]
    click.secho(f"$ innosi {shlex.join(arguments)}", dim=True)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = cli.main(arguments, prog_name="innosi", standalone_mode=False)
    if isinstance(code, int) and code:
        raise SystemExit(code)
    lines = [line.rstrip() for line in said.getvalue().splitlines() if line.strip()]
    click.echo("\n".join(lines[-1:] if "export" in arguments else lines))
