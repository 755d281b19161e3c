"""`innosi demo`: the whole way on real input, by the commands that a user would type."""

import contextlib
import io
import shlex
from pathlib import Path

import click

CASES = ("replicats", "working-well", "groene-sticht")

STEPS = (
    (
        "replicats: 25 experts judge 25 claims in two rounds, are pooled, and are scored against the truth",
        "delphi import {folder}/replicats/study.yaml {folder}/replicats/answers.csv",
        "delphi export {folder}/replicats/study.yaml",
        "delphi score {folder}/replicats/study.yaml {folder}/replicats/outcomes.csv",
    ),
    (
        "Working Well: published figures of a real programme, where a strong claim meets a weak evaluation",
        "run {folder}/working-well/scenario.yaml --report {folder}/working-well/report.html",
    ),
    (
        "'t Groene Sticht: from a (simulated) panel's two rounds to scenarios and their social return",
        "delphi import {folder}/groene-sticht/study.yaml {folder}/groene-sticht/round_1.csv --round 1",
        "delphi import {folder}/groene-sticht/study.yaml {folder}/groene-sticht/round_2.csv --round 2",
        "delphi summary {folder}/groene-sticht/study.yaml --question neighbours_disturbed",
        "delphi export {folder}/groene-sticht/study.yaml",
        "run {folder}/groene-sticht/scenario.yaml --report {folder}/groene-sticht/report.html",
    ),
)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("innosi-demo"))
def demo(folder: Path) -> None:
    """Go the whole way on real input: rounds, pooled judgements, scenarios, social return, report.

    The files are copied into FOLDER (innosi-demo by default), where they can be changed: a file that is there
    already is kept as it is, so change a number and run the demo, or its last command, again.
    """
    from innosi.forecast.examples import copy_example

    for name in CASES:
        copy_example(name, folder / name)
    for title, *commands in STEPS:
        click.secho(title, bold=True)
        for command in commands:
            _run(command, folder)
        click.echo()
    scenario = folder / "working-well" / "scenario.yaml"
    click.echo(
        f"Open {folder / 'working-well' / 'report.html'} and {folder / 'groene-sticht' / 'report.html'}."
    )
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
