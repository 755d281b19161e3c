"""`innosi delphi import`: a table of answers becomes a round of a study."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from innosi.forecast.cli.delphi.arguments import mapping_option, study_argument
from innosi.forecast.cli.output import Output, Table, output_options

if TYPE_CHECKING:
    from innosi.forecast.answers.importing import ImportReport
    from innosi.forecast.study import Study


@click.command("import", short_help="Import the answers of a round.")
@study_argument
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--round", "number", type=int, help="Which round FILE holds, or which of its rounds to read.")
@mapping_option
@click.option("--sheet", help="Which sheet of a workbook.")
@click.option("--percent", is_flag=True, help="Probabilities and shares in FILE run from 0 to 100.")
@click.option("--skip-rejected", is_flag=True, help="Import the sound answers although others are rejected.")
@click.option("--write-rejects", is_flag=True, help="Write all rejected rows to FILE.rejects.csv.")
@click.option("--replace", is_flag=True, help="Let FILE take the place of what is kept for its rounds.")
@output_options
def import_(study: "Study", file: Path, output: Output, **options: Any) -> None:
    """Import the answers in FILE (CSV or XLSX) into a STUDY.

    FILE has one row an answer (columns panellist, question, value, or lower, best and upper), one row a part
    of an answer (… part, value), or one row a panellist (a column for each question, such as housing, or
    housing.lower). Every row is checked; if one is rejected nothing is imported, unless you say
    --skip-rejected. Other columns are not read: no names or addresses are kept. The same FILE again changes
    nothing.

    \b
    innosi delphi import study.yaml round_1.csv --round 1
    innosi delphi import study.yaml export.xlsx --map panellist=ID --sheet Answers
    """
    from innosi.forecast.answers.importing import ImportOptions, import_answers

    report = import_answers(study, file, ImportOptions(**_renamed(options)))
    output.show(import_table(report))
    if report.has_changed_nothing:
        output.say("nothing changed: all of it was imported before")
    elif report.rejects_file:
        output.say(f"{len(report.rejections)} rows were left out: {report.rejects_file}")


def _renamed(options: dict[str, Any]) -> dict[str, Any]:
    return {"are_percentages": options.pop("percent"), **options}


def import_table(report: "ImportReport") -> Table:
    """Return what an import did, one row a round."""
    rows = [(each.number, each.n_added, each.n_same, each.n_changed, each.n_absent) for each in report.rounds]
    notes = [f"{report.n_empty} not answered (empty, or don't know)"] if report.n_empty else []
    columns = ("round", "new", "as_before", "replaced", "kept_but_not_in_file")
    title = f"answers imported from {report.source} into {report.where}"
    return Table(title, columns, rows, (*notes, *report.notes))
