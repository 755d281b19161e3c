"""`innosi delphi panel`: people are put on the panel, or the panel is shown."""

import random
from pathlib import Path
from typing import TYPE_CHECKING

import click

from innosi.forecast.cli.delphi.arguments import now, pairs_of, running_argument
from innosi.forecast.cli.output import Output, Table, output_options

if TYPE_CHECKING:
    from innosi.forecast.people.quotas import PanelDesign
    from innosi.forecast.running import RunningStudy


@click.command(short_help="Put people on the panel, or show how it is made up.")
@running_argument
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="OURS=COLUMN",
    callback=pairs_of,
    help="What a column is called in FILE, such as group=Role. May be said often.",
)
@click.option("--sheet", help="Which sheet of a workbook.")
@click.option("--skip-rejected", is_flag=True, help="Take the sound rows although others are rejected.")
@click.option("--list", "with_list", is_flag=True, help="Show everybody on the panel by pseudonym.")
@click.option("--names", "with_names", is_flag=True, help="Show everybody with their names and addresses.")
@click.option("--seed", type=int, help="Draw pseudonyms from this number; only for examples and tests.")
@output_options
def panel(
    running: "RunningStudy",
    file: Path | None,
    mapping: dict[str, str],
    sheet: str | None,
    skip_rejected: bool,
    with_list: bool,
    with_names: bool,
    seed: int | None,
    output: Output,
) -> None:
    """Put the people in FILE (CSV or XLSX) on the panel of a STUDY, or show how the panel is made up.

    FILE has a row a person: name, email, and if you like group, expertise (several parted by ;), language,
    pseudonym. Everybody gets a random pseudonym; names and addresses are kept in a table of their own. The
    same FILE again changes nothing, and nobody is taken off the panel because a list lacks them. Somebody
    whose address is another one now is known again by their name, and the address is corrected.

    \b
    innosi delphi panel study.yaml people.xlsx
    innosi delphi panel study.yaml
    innosi delphi panel study.yaml --list --format csv
    """
    from innosi.forecast.enlisting import design_of, enlist

    if file is None:
        listed = [list_table(running, with_names=with_names)] if with_list or with_names else []
        output.show(design_table(design_of(running)), *listed)
        return
    randomness = random.SystemRandom() if seed is None else random.Random(seed)
    done = enlist(
        running,
        file,
        at=now(),
        randomness=randomness,
        sheet=sheet,
        mapping=mapping,
        skip_rejected=skip_rejected,
    )
    output.show(design_table(done.design))
    output.say(f"{done.n_added} new on the panel, {done.n_changed} changed, {done.n_same} as before")
    for change in done.changes:
        output.say(f"changed: {change}")
    for rejection in done.rejections:
        output.say(f"left out: {rejection}")
    for note in done.notes:
        output.say(f"note: {note}")


def design_table(design: "PanelDesign") -> Table:
    """Return how many are wanted and found of each group and field."""
    return Table("the panel", design.columns, design.table, (*design.missing, *design.notes))


def list_table(running: "RunningStudy", *, with_names: bool = False) -> Table:
    """Return everybody on the panel, without their names unless these are asked for."""
    from innosi.forecast.people.person import Person
    from innosi.forecast.store.panel import read_consents, read_panel, read_people

    with running.needed_store.reading() as transaction:
        panel, consents = read_panel(transaction), read_consents(transaction)
        people = read_people(transaction) if with_names else {}
    rows = [
        (
            each.pseudonym,
            each.group,
            "; ".join(each.expertise),
            each.language,
            {True: "yes", False: "refused", None: "–"}[consents.get(each.pseudonym)],
            "–" if each.withdrawn_at is None else f"{each.withdrawn_at:%Y-%m-%d}",
            *((who.name, who.email) if with_names else ()),
        )
        for each in panel.values()
        for who in (people.get(each.pseudonym, Person()),)
    ]
    columns = ("panellist", "group", "expertise", "language", "consent", "withdrawn")
    about = ("name", "email") if with_names else ()
    return Table("everybody on the panel", (*columns, *about), rows)
