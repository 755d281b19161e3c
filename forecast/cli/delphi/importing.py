"""`innosi delphi import` and `map`: tables, forms and exports of survey tools become rounds of a study."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from innosi.forecast.cli.delphi.arguments import mapping_option, now, running_argument
from innosi.forecast.cli.output import Output, Table, output_options

if TYPE_CHECKING:
    from innosi.forecast.answers.importing import ImportOptions, ImportReport
    from innosi.forecast.running import RunningStudy


@click.command("import", short_help="Import the answers of a round.")
@running_argument
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--round", "number", type=int, help="Which round FILE holds, or which of its rounds to read.")
@mapping_option
@click.option("--sheet", help="Which sheet of a workbook.")
@click.option("--percent", is_flag=True, help="Probabilities and shares in FILE run from 0 to 100.")
@click.option(
    "--mapping",
    "mapping_file",
    type=click.Path(path_type=Path),
    help="How the export of a survey tool is read; `innosi delphi map` proposes one.",
)
@click.option("--language", default="", metavar="CODE", help="In which numbers are written, such as nl.")
@click.option("--late", is_flag=True, help="Keep answers to a closed round apart; they are not counted.")
@click.option("--paper", is_flag=True, help="The answers were typed over from paper.")
@click.option("--all-or-nothing", is_flag=True, help="Import nothing if anything is rejected: the default.")
@click.option("--skip-rejected", is_flag=True, help="Import the sound answers although others are rejected.")
@click.option("--write-rejects", is_flag=True, help="Write all rejected rows to FILE.rejects.csv.")
@click.option("--replace", is_flag=True, help="Let what FILE says take the place of what is kept.")
@output_options
def import_(
    running: "RunningStudy",
    files: tuple[Path, ...],
    mapping_file: Path | None,
    output: Output,
    **options: Any,
) -> None:
    """Import the answers in FILE (CSV or XLSX) into a STUDY.

    FILE is a table, a questionnaire that was filled in as a workbook (or several, or a folder of them), or,
    with --mapping, the export of a survey tool. A table has one row an answer (columns panellist, question,
    value, or lower, best and upper), one row a part of an answer (… part, value), or one row a panellist (a
    column for each question, such as housing, or housing.lower). Every row is checked; if one is rejected
    nothing is imported, unless you say --skip-rejected. The columns `consent` (yes or no) and `proposal` (a
    question that is missing) are read too; others are not: no names or addresses are kept. The
    same FILE again changes nothing.

    With --replace answers that differ from those kept take their place. A table then also takes back the
    answers to its round that it does not hold; a form takes none back.

    \b
    innosi delphi import study.yaml round_1.csv --round 1
    innosi delphi import study.yaml export.xlsx --map panellist=ID --sheet Answers
    innosi delphi import study.yaml returned/ --skip-rejected
    innosi delphi import study.yaml limesurvey.csv --mapping mapping.yaml
    """
    from innosi.forecast.answers.incoming import import_files

    how = import_options(mapping_file, options)
    report = import_files(running.found, files, how, mapping=mapping_file, at=now())
    output.show(import_table(report))
    if report.has_changed_nothing:
        output.say("nothing changed: all of it was imported before")
    elif report.rejects_file:
        n = len(report.rejections)
        output.say(f"{n} row{'s were' if n != 1 else ' was'} left out: {report.rejects_file}")


def import_options(mapping_file: Path | None, options: dict[str, Any]) -> "ImportOptions":
    """Return how files are imported, or refuse options that contradict each other."""
    from innosi.forecast.answers.importing import ImportOptions

    if options.pop("all_or_nothing") and options["skip_rejected"]:
        raise click.UsageError("--all-or-nothing and --skip-rejected contradict each other; keep one")
    for option, name in (("--map", "mapping"), ("--percent", "percent"), ("--language", "language")):
        if mapping_file and options[name]:
            raise click.UsageError(f"{option} stands beside --mapping; write it into {mapping_file}")
    if mapping_file and options["paper"]:
        raise click.UsageError("--paper stands beside --mapping, which is for the exports of survey tools")
    return ImportOptions(
        are_percentages=options.pop("percent"),
        is_late=options.pop("late"),
        source="paper" if options.pop("paper") else "file",
        **options,
    )


@click.command("map", short_help="Propose how the export of a survey tool is read.")
@running_argument
@click.argument("export", type=click.Path(path_type=Path))
@click.option(
    "--to",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("mapping.yaml"),
    show_default=True,
    help="Where the mapping is written.",
)
@click.option("--sheet", help="Which sheet of a workbook.")
@click.option("--replace", is_flag=True, help="Write over a mapping that is there already.")
def map_(running: "RunningStudy", export: Path, to: Path, sheet: str | None, replace: bool) -> None:
    """Propose which column of an EXPORT stands for which question of a STUDY, in a file to read and mend.

    Exports of LimeSurvey, Qualtrics, Microsoft Forms, Google Forms and REDCap are recognised. What is not
    sure stands in the file as a comment that begins with `# ?`.

    \b
    innosi delphi map study.yaml export.csv --to mapping.yaml
    innosi delphi import study.yaml export.csv --mapping mapping.yaml
    """
    from innosi.forecast.answers.mapping_exports import write_mapping

    proposed = write_mapping(running.study, export, to, sheet=sheet, is_replaced=replace)
    click.echo(f"mapping: {to} ({proposed.tool.title}, {proposed.tool.why})")
    n = len(proposed.doubts)
    click.echo(f"{n} {'line is' if n == 1 else 'lines are'} not sure: read them before you import")


def import_table(report: "ImportReport") -> Table:
    """Return what an import did, one row a round."""
    rows = [
        (each.number, each.n_added, each.n_same, each.n_changed, each.n_taken_back, each.n_absent)
        for each in report.rounds
    ]
    n_back = sum(each.n_taken_back for each in report.rounds)
    notes = [f"{report.n_empty} not answered (empty, or don't know)"] if report.n_empty else []
    if report.n_consents:
        notes.append(f"{report.n_consents} said whether they take part")
    if report.n_proposals:
        notes.append(f"{report.n_proposals} proposed questions")
    if n_back:
        were = "answer that is" if n_back == 1 else "answers that are"
        notes.insert(0, f"taken back {n_back} kept {were} not in the file: it counts as the whole round")
    columns = ("round", "new", "as_before", "replaced", "taken_back", "kept_but_not_in_file")
    title = f"answers imported from {report.source} into {report.where}"
    return Table(title, columns, rows, (*notes, *report.notes))
