"""`innosi build balance convert`: YAML, tables and ScenarioWizard's projects, each into the other."""

from pathlib import Path

import click

from innosi.forecast.cli.build.arguments import file_argument


@click.command(short_help="Convert between YAML, CSV, XLSX and ScenarioWizard.")
@file_argument
@click.option(
    "--to",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="A new file: .yaml, .csv, .xlsx or .scw.",
)
@click.option("--empty", is_flag=True, help="Write the matrix without judgements, to be filled in.")
def convert(file: Path, to: Path, empty: bool) -> None:
    """Convert FILE: a balance in YAML, a matrix in CSV or XLSX, or a project of ScenarioWizard (.scw).

    What the new form cannot hold is told. Names that are no names here (with blanks, accents) become such,
    and stay as titles.

    \b
    innosi build balance convert project.scw --to balance.yaml
    innosi build balance convert balance.yaml --to project.scw
    innosi build balance convert balance.yaml --to matrix.xlsx
    innosi build balance convert balance.yaml --empty --to for-ann.xlsx
    """
    if empty:
        from innosi.scenarios.construction.balance.empty_matrix import write_empty_matrix
        from innosi.scenarios.loading.document import read_document

        click.echo(f"{to}: {write_empty_matrix(to, read_document(file))} states, no judgements")
        return
    from innosi.scenarios.construction.balance.converting import read_convertible, write_convertible

    found = read_convertible(file)
    lost = write_convertible(to, found)
    n_states = len(found.impacts.judgements)
    click.echo(f"{to}: {len(found.descriptors)} descriptors, {n_states} states")
    for note in (*found.notes, *lost):
        click.echo(f"note: {note}")
