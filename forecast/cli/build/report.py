"""`innosi build report`: a whole workshop as one page."""

import shlex
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from innosi.forecast.cli.progress import SECONDS_UNSEEN, progress_bar

if TYPE_CHECKING:
    from innosi.forecast.report.workshop_report import Step
    from innosi.scenarios.loading.document import Document

SCENARIO_KEYS = {"model", "base", "imports"}
"""Keys by which a scenario file is known."""
SUFFIXES = (".html", ".htm")


def page_name(_: click.Context, __: click.Parameter, path: Path) -> Path:
    """Return an option's path, or refuse one that is no HTML page's."""
    if path.suffix.casefold() not in SUFFIXES:
        raise click.BadParameter(f"'{path}' is no HTML file; give a name that ends in .html")
    return path


@click.command(short_help="A whole workshop as one page.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option(
    "--to",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.html",
    callback=page_name,
    help="Where the page is written.",
)
@click.option(
    "--title", help="What stands above it; by default the title of the scenarios, or the first file's."
)
def report(files: tuple[Path, ...], to: Path, title: str | None) -> None:
    """Write what the FILEs of a workshop say as one HTML page, in their order, to be read, printed and sent.

    FILEs are those of `innosi build`, of any method; a scenario file, such as `--to` makes, may stand last:
    it is simulated, and its result closes the page. Of each file the page has its question, its picture and
    its tables, and of a balance why each future hangs together. Nothing is fetched from elsewhere.

    \b
    innosi build report signals.yaml drivers.yaml balance.yaml --to dossier.html
    innosi build report balance.yaml scenarios.yaml --to dossier.html --title 'Our farms in 2035'
    """
    from datetime import UTC, datetime

    from innosi.forecast.report.workshop_report import Workshop, render_workshop
    from innosi.scenarios.construction.made_files import refuse_to_lose, write_made_page

    refuse_to_lose(to, *files)
    now = datetime.now(UTC)
    read = _checked(files)
    steps = list(_steps(read, now))
    named = title or steps[-1 if read[-1][2] is None else 0].title
    words = [*(file.name for file in files), "--to", to.name, *(["--title", title] if title else [])]
    page = render_workshop(Workshop(named, steps, now, f"innosi build report {shlex.join(words)}"))
    write_made_page(to, page, command="report", kept=files)
    click.echo(f"{to}: {len(steps)} step{'s' if len(steps) > 1 else ''} on one page")


Read = tuple[Path, "Document", Any]
"""A file, its document, and what it comes to; None for a scenario file."""


def _checked(files: Sequence[Path]) -> list[Read]:
    """Return every file as read, or all that is wrong with any of them."""
    from innosi.models.errors import InnosiError

    read, wrong = [], []
    for place, file in enumerate(files):
        try:
            read.append(_read(file, files[:place], is_last=place == len(files) - 1))
        except InnosiError as error:
            wrong.append(error)
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        raise InnosiError("\n".join([f"{len(wrong)} files cannot be shown", *map(str, wrong)]))
    return read


def _read(file: Path, before: Sequence[Path], *, is_last: bool) -> Read:
    from innosi.models.errors import InnosiError
    from innosi.scenarios.construction.methods import METHODS, constructed_from
    from innosi.scenarios.loading.document import read_document

    if file.resolve() in {each.resolve() for each in before}:
        raise InnosiError("is given twice", mend="give each file once", where=str(file))
    document = read_document(file)
    if "method" in document.data:
        return file, document, constructed_from(document)
    if "questions" in document.data:
        mend = "`innosi delphi report` makes a page of it"
        raise InnosiError("is a Delphi study, no file of `innosi build`", mend=mend, where=str(file))
    if SCENARIO_KEYS.isdisjoint(document.data):
        mend = f"give files that begin with `method:` ({', '.join(METHODS)}), and a scenario file last"
        raise InnosiError("is no file of `innosi build`, and no scenario file", mend=mend, where=str(file))
    if not is_last:
        raise InnosiError("is a scenario file, which closes the page", mend="give it last", where=str(file))
    return file, document, None


def _steps(read: Sequence[Read], at: Any) -> "Iterator[Step]":
    """Make the steps one after the other, and say how far that is once it takes a while."""
    from innosi.forecast.cli.build.report_steps import step_of

    context, begun = click.get_current_context(), time.monotonic()
    for number, (file, document, constructed) in enumerate(read, start=1):
        if sys.stderr.isatty() and time.monotonic() - begun > SECONDS_UNSEEN:
            click.secho(f"{number} of {len(read)}: {file}", dim=True, err=True)
        if constructed is None:
            yield _outcome(file, document, at)
        else:
            yield step_of(file, document, constructed, context)


def _outcome(file: Path, document: "Document", at: Any) -> "Step":
    """Simulate a scenario file, and return its results as the last step."""
    from innosi.forecast.cli.build.report_outcome import outcome_step
    from innosi.scenarios.loading.scenario_file import load_scenarios
    from innosi.scenarios.simulation import simulate

    scenarios = load_scenarios(file)
    with progress_bar() as progress:
        return outcome_step(simulate(scenarios, at=at, progress=progress), document)
