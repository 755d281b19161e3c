"""`innosi delphi backup`, `restore`, `verify` and `upgrade`: looking after what is kept of a study."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.delphi.arguments import found_argument, now
from innosi.forecast.cli.output import Output, Table, output_options

if TYPE_CHECKING:
    from innosi.forecast.store.restoring import RestoreReport
    from innosi.forecast.store.upkeep import Finding
    from innosi.forecast.study import Study


@click.command(short_help="Write all that is kept into one file.")
@found_argument
@click.option(
    "--to", type=click.Path(path_type=Path), help="A new file; by default beside STUDY, with date and time."
)
def backup(study: "Study", to: Path | None) -> None:
    """Write all that is kept of a STUDY into one file, from which `innosi delphi restore` brings it back.

    The backup holds names and addresses, if the study does, and is not encrypted: its owner alone may read
    it. A file that is there already is never written over.

    \b
    innosi delphi backup study.yaml
    innosi delphi backup study.yaml --to backups/before-round-2.zip
    """
    from innosi.forecast.store.backups import write_backup

    at = now()
    path = new_file(to or _beside(study, at))
    manifest = write_backup(study, path, at=at)
    n_answers, n = manifest.members["answers"].n_rows, sum(each.n_rows for each in manifest.members.values())
    click.echo(f"backup: {path} ({n_answers:,} answers, {n:,} rows in all)")


def new_file(path: Path) -> Path:
    """Return a path, or refuse one at which there is a file."""
    from innosi.models.errors import InnosiError

    if path.exists():
        raise InnosiError("is there already", mend="name a new file with --to", where=str(path))
    return path


def _beside(study: "Study", at: datetime) -> Path:
    return study.path.with_name(f"{study.path.stem}-backup-{at.astimezone():%Y-%m-%d-%H%M%S}.zip")


@click.command(short_help="Bring back what a backup holds.")
@found_argument
@click.argument("backup", type=click.Path(path_type=Path))
@click.option("--replace", "replaces", is_flag=True, help="Let BACKUP take the place of what is kept now.")
def restore(study: "Study", backup: Path, replaces: bool) -> None:
    """Bring back what a BACKUP holds of a STUDY, wholly or not at all.

    Every byte of the backup is checked first. With --db it is restored into another database: so a study goes
    from SQLite to PostgreSQL, and back.

    \b
    innosi delphi restore study.yaml study-backup-2027-03-01-093000.zip
    innosi delphi restore study.yaml backup.zip --db postgresql://me@localhost/studies
    """
    from innosi.forecast.store.restoring import restore_backup

    for line in told_of(restore_backup(backup, study, at=now(), replace=replaces)):
        click.echo(line)


def told_of(report: "RestoreReport") -> list[str]:
    """Return what was restored, in lines."""
    n = report.n_erasures_undone
    undone = (
        f"WARNING: {n} {'person' if n == 1 else 'people'} whose data were erased since are in it again:"
        " erase them again (innosi delphi erase STUDY PSEUDONYM)"
    )
    return [
        f"restored into {report.where}: {report.n_rows['answers']:,} answers, as they were kept on"
        f" {report.written_at:%Y-%m-%d %H:%M} UTC",
        *(["the backup was made by an older version, and was brought to this one"] * report.is_upgraded),
        *([undone] if n else []),
        *([f"the damaged file lies in {report.put_aside}"] if report.put_aside else []),
    ]


@click.command(short_help="Look whether what is kept is sound.")
@found_argument
@output_options
@click.pass_context
def verify(context: click.Context, study: "Study", output: Output) -> None:
    """Look whether what is kept of a STUDY is sound; if not, tell where, and what to do, and end with code 1.

    \b
    innosi delphi verify study.yaml
    """
    from innosi.forecast.store.upkeep import verify_store

    findings = verify_store(study)
    if findings:
        output.show(findings_table(findings))
        context.exit(1)
    output.say("sound")


def findings_table(findings: "tuple[Finding, ...]") -> Table:
    """Return what is wrong in a store."""
    rows = [(each.where, each.problem, each.mend) for each in findings]
    return Table("what is wrong in the store", ("where", "problem", "mend"), rows)


@click.command(short_help="Bring the store to this version of innosi.")
@found_argument
def upgrade(study: "Study") -> None:
    """Bring the store of a STUDY to this version of innosi, wholly or not at all. Make a copy of it first.

    \b
    innosi delphi upgrade study.yaml
    """
    from innosi.forecast.store.opening import open_store, upgrade_store

    before, after = upgrade_store(study)
    where = open_store(study).where
    click.echo(
        f"{where}: {f'nothing to do, it has schema {after}' if before == after else f'{before} → {after}'}"
    )
