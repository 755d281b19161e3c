"""How a command shows what its one library call gave back: a table, CSV or JSON."""

import csv
import functools
import io
import json
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

if TYPE_CHECKING:
    from innosi.scenarios.drawing.figures import Plot

WIDTH_IN_A_FILE = 160
LONGEST_NAME = 40
_OUTPUT = f"{__name__}.output"

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True)
class Table:
    """Rows under named columns, with a title and what a reader must know beside them."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[object]]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Output:
    """Where tables go, and in which form."""

    format: str = "table"

    def show(self, *tables: Table) -> None:
        """Print tables in the form that was asked for."""
        if self.format == "json":
            click.echo(json.dumps([_as_records(table) for table in tables], indent=2, ensure_ascii=False))
        elif self.format == "csv":
            click.echo("\n".join(_as_csv(table) for table in tables), nl=False)
        else:
            for table in tables:
                _print_table(table)

    def draw(self, plot: "Plot", path: Path) -> None:
        """Write a plot to a file, and say so."""
        from innosi.scenarios.drawing.figures import standalone
        from innosi.scenarios.writing import write_text

        write_text(path, standalone(plot))
        self.say(f"plot: {path}")

    def say(self, text: str) -> None:
        """Print a line for people; it goes to the error stream when the output is for a program."""
        click.echo(text, err=self.format != "table")


def output_goes_to(output: Output, context: click.Context) -> None:
    """Let every command that is called within a context show what it has in this output."""
    context.meta[_OUTPUT] = output


def output_options(command: Command) -> Command:
    """Add `--format` to a command, which then gets an `output`."""

    @click.option(
        "--format",
        "format_",
        type=click.Choice(["table", "csv", "json"]),
        default="table",
        show_default=True,
        help="How to print the result.",
    )
    @functools.wraps(command)
    def wrapped(*args: Any, format_: str, **kwargs: Any) -> Any:
        output = click.get_current_context().meta.get(_OUTPUT) or Output(format_)
        return command(*args, output=output, **kwargs)

    return wrapped  # type: ignore[return-value]


def plot_option(command: Command) -> Command:
    """Add `--plot FILE.svg` to a command, which then gets a `plot`: a path, or None."""
    return click.option(
        "--plot",
        type=click.Path(path_type=Path, dir_okay=False),
        callback=svg_name,
        help="Draw it too, in a file that ends in .svg.",
    )(command)


def svg_name(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
    """Return an option's path, or refuse one that does not end in .svg."""
    if path is not None and path.suffix.casefold() != ".svg":
        raise click.BadParameter(f"'{path}' is no SVG file; give a name that ends in .svg")
    return path


def readable(value: object) -> str:
    """Return a number as people read it: three to four figures, thousands apart; – for none."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if not isinstance(value, float):
        return str(value)
    if math.isinf(value):
        return "never" if value > 0 else "−∞"
    return _sized(value)


def as_read(table: Table) -> tuple[list[list[str]], list[bool]]:
    """Return a table's cells as people read them, and which of its columns hold numbers alone."""
    cells = [[_scalar(cell) for cell in row] for row in table.rows]
    are_numeric = [
        all(isinstance(row[i], int | float | None) for row in cells) for i in range(len(table.columns))
    ]
    return [[readable(cell) for cell in row] for row in cells], are_numeric


def _sized(value: float) -> str:
    size = abs(value)
    if size >= 1e6:
        return f"{value / 1e6:,.4g}M"
    if size >= 1000:
        return f"{float(f'{value:.4g}'):,.0f}"
    if size >= 100:
        return f"{value:.0f}"
    return f"{value:.2f}" if size >= 1 or size == 0 else f"{value:.3g}"


def _scalar(value: object) -> object:
    """Return numpy's numbers as Python's."""
    return value.item() if hasattr(value, "item") else value


def _plain(value: object) -> object:
    value = _scalar(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value


def _as_records(table: Table) -> Mapping[str, object]:
    rows = [dict(zip(table.columns, map(_plain, row), strict=True)) for row in table.rows]
    return {"title": table.title, "rows": rows, "notes": list(table.notes)}


def _as_csv(table: Table) -> str:
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(map(_csv_cell, table.columns))
    writer.writerows([_csv_cell(cell) for cell in row] for row in table.rows)
    return sheet.getvalue()


def _csv_cell(value: object) -> object:
    """Return a value as CSV has it: nothing for none, and no text that a spreadsheet takes for a formula."""
    from innosi.forecast.people.mail_merge import defused

    if isinstance(value, str):
        return defused(value)
    plain = _plain(value)
    return "" if plain is None else plain


def _print_table(table: Table) -> None:
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    rows, are_numeric = as_read(table)
    names = [column.replace("_", " ") for column in table.columns]
    console = Console(highlight=False)
    console.width = console.width if sys.stdout.isatty() else WIDTH_IN_A_FILE
    if _width(names, rows) > console.width:
        names = [name.replace(" ", "\n") for name in names]
    console.width = max(console.width, _width(names, rows))
    grid = RichTable(box=None, pad_edge=False)
    for i, name in enumerate(names):
        justify: Literal["right", "left"] = "right" if are_numeric[i] else "left"
        grid.add_column(name, justify=justify, min_width=_least(name, [row[i] for row in rows]))
    for row in rows:
        grid.add_row(*map(Text, row))
    console.print(Text(table.title, style="bold"))
    console.print(grid)
    for note in table.notes:
        console.print(Text(note, style="dim"))
    console.print()


def _width(names: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """How wide a table is at the least: no number and no name is broken, only sentences are."""
    return sum(_least(name, [row[i] for row in rows]) + 2 for i, name in enumerate(names))


def _least(name: str, cells: Sequence[str]) -> int:
    texts = [*name.split("\n"), *cells]
    return max((len(text) if len(text) <= LONGEST_NAME else LONGEST_NAME for text in texts), default=1)
