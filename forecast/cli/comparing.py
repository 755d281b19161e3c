"""`innosi compare`: two runs side by side."""

from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.output import Output, Table, output_options

if TYPE_CHECKING:
    from innosi.scenarios.analysis.comparison import Comparison


@click.command(short_help="Say what differs between two runs.")
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path))
@click.option("--whole", is_flag=True, help="Show the results that are the same, too.")
@output_options
def compare(first: Path, second: Path, whole: bool, output: Output) -> None:
    """Say what differs between two runs: in their inputs, and in their results, beyond sampling noise.

    FIRST and SECOND are folders made by `innosi run FILE --to FOLDER`, or files made by `--results FILE`.

    A difference is called more than noise where it is beyond four standard errors, reckoned as if the two
    had independent random numbers. With the same seed they share theirs, and even a smaller difference comes
    from the inputs.

    \b
    innosi run before.yaml --results before.json
    innosi run after.yaml --results after.json
    innosi compare before.json after.json
    """
    from innosi.scenarios.analysis.comparison import compare as compared
    from innosi.scenarios.run_record import read_record

    found = compared(read_record(first), read_record(second))
    output.show(*_tables(found, whole=whole))
    output.say(found.sentence)


def _tables(found: "Comparison", *, whole: bool) -> list[Table]:
    tables = []
    settings = [(key, str(one), str(two)) for key, (one, two) in found.settings.items()]
    settings += [("experiment", f"{scenario} / {option}", "") for scenario, option in found.only_first]
    settings += [("experiment", "", f"{scenario} / {option}") for scenario, option in found.only_second]
    if settings:
        tables.append(Table("What differs in how they were run", ("what", "first", "second"), settings))
    if found.inputs:
        rows = [(each.scenario, each.option, each.key, each.first, each.second) for each in found.inputs]
        shown = ("scenario", "option", "number", "first", "second")
        tables.append(Table("What differs in the inputs", shown, rows))
    results = [
        (
            each.scenario,
            each.option,
            each.output,
            each.first.median,
            each.second.median,
            each.difference if isfinite(each.difference) else None,
            each.standard_errors if isfinite(each.standard_errors) else None,
            each.verdict,
        )
        for each in found.results
        if whole or each.verdict != "same"
    ]
    if results:
        where = ("scenario", "option", "result")
        titles = (*where, "first", "second", "difference", "standard_errors", "verdict")
        note = "medians; standard errors: of what differs most among mean, median and the interval's ends"
        tables.append(Table("What differs in the results", titles, results, (note,)))
    return tables
