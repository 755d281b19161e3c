"""What the commands of a cross-impact balance are given alike, and the search that they begin with."""

import functools
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from innosi.forecast.cli.output import Table
from innosi.forecast.cli.progress import progress_bar

if TYPE_CHECKING:
    from innosi.models.arrays import IntArray
    from innosi.scenarios.construction.balance.balance_file import CrossImpactBalance
    from innosi.scenarios.construction.balance.scenario_list import ScenarioList
    from innosi.scenarios.construction.balance.succession import Attractors, Succession

RULES = ("global", "local", "incremental", "adiabatic")

Command = TypeVar("Command", bound=Callable[..., Any])


def states_of(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """Return what was given as DESCRIPTOR=STATE as a mapping."""
    return _paired(given)


def _paired(given: Iterable[str]) -> dict[str, str]:
    states: dict[str, str] = {}
    for each in given:
        descriptor, equals, state = (part.strip() for part in each.partition("="))
        if not (descriptor and equals and state):
            raise click.BadParameter(f"'{each}' is no DESCRIPTOR=STATE; write for example land=secured")
        if states.get(descriptor, state) != state:
            raise click.BadParameter(f"{descriptor} cannot be {states[descriptor]} and {state} at once")
        states[descriptor] = state
    return states


with_option = click.option(
    "--with",
    "wanted",
    multiple=True,
    metavar="DESCRIPTOR=STATE",
    callback=states_of,
    help="Only scenarios with this state. May be said often.",
)

fix_option = click.option(
    "--fix",
    "held",
    multiple=True,
    metavar="DESCRIPTOR=STATE",
    callback=states_of,
    help="Hold this state whatever acts on it, as a policy would. May be said often.",
)

tolerance_option = click.option(
    "--tolerance",
    type=click.FloatRange(min=0),
    help="How inconsistent a scenario may be; as the file says, or 0, by default.",
)

at_most_option = click.option(
    "--at-most",
    type=click.IntRange(min=1),
    default=1_000_000,
    show_default=True,
    help="End the search with more scenarios than that, and say so.",
)

seconds_option = click.option(
    "--seconds", type=click.FloatRange(min=0), help="End the search after so many seconds, and say so."
)

seed_option = click.option(
    "--seed", type=int, default=0, show_default=True, help="Of what is drawn at random."
)


def succession_options(command: Command) -> Command:
    """Add `--succession` and `--slow`, which come as one `succession`, and `--starts` and `--seed`."""

    @click.option(
        "--succession",
        "rule",
        type=click.Choice(RULES),
        default="global",
        show_default=True,
        help="How scenarios move: all descriptors at once, one at a time, by one state, or slow ones last.",
    )
    @click.option(
        "--slow",
        multiple=True,
        metavar="DESCRIPTOR[,…]",
        help="For adiabatic succession: slow descriptors. Said again, those are slower still.",
    )
    @click.option(
        "--starts",
        type=click.IntRange(min=1),
        help="Follow so many random scenarios; by default all of them, up to five million.",
    )
    @seed_option
    @functools.wraps(command)
    def wrapped(*args: Any, rule: str, slow: tuple[str, ...], **kwargs: Any) -> Any:
        from innosi.scenarios.construction.balance.succession import Rule, Succession

        groups = tuple(tuple(part.strip() for part in each.split(",") if part.strip()) for each in slow)
        return command(*args, succession=Succession(Rule(rule), groups), **kwargs)

    return wrapped  # type: ignore[return-value]


def read_balance(file: Path) -> "CrossImpactBalance":
    """Return a file of a cross-impact balance: YAML, a matrix alone, or a project of ScenarioWizard."""
    from innosi.scenarios.construction.balance.converting import load_balance

    return load_balance(file)


def search(
    balance: "CrossImpactBalance",
    *,
    tolerance: float | None = None,
    wanted: Mapping[str, str] | None = None,
    held: Mapping[str, str] | None = None,
    at_most: int = 1_000_000,
    seconds: float | None = None,
) -> "ScenarioList":
    """Return the consistent scenarios of a file; a bar shows how far the search is, and what it has found."""
    from innosi.scenarios.construction.balance.consistency import consistent_scenarios
    from innosi.scenarios.construction.balance.impact_balances import intervened
    from innosi.scenarios.construction.balance.scenario_list import ScenarioList

    fixed = both(wanted or {}, held or {})
    impacts = intervened(balance.impacts, held) if held else balance.impacts
    with progress_bar("searching") as told:
        found = consistent_scenarios(
            impacts,
            tolerance=balance.tolerance if tolerance is None else tolerance,
            fixed=fixed,
            at_most=at_most,
            seconds=seconds,
            on_progress=lambda now: told(round(now.share * 1e6), 1_000_000, f"{now.n_found:,} found"),
        )
    return ScenarioList.of(balance, found, held)


def both(wanted: Mapping[str, str], held: Mapping[str, str]) -> dict[str, str]:
    """Return the states that are wanted and those that are held, or refuse what cannot be both."""
    from innosi.models.errors import InnosiError

    for name in wanted.keys() & held.keys():
        if wanted[name] != held[name]:
            raise InnosiError(
                f"--fix holds {name}={held[name]}, and --with wants {name}={wanted[name]}",
                mend="keep one of them",
            )
    return {**wanted, **held}


def settle(
    found: "ScenarioList", succession: "Succession", starts: int | None, seed: int, held: Mapping[str, str]
) -> "Attractors":
    """Return where succession settles, with a bar; held states do not move."""
    from innosi.scenarios.construction.balance.succession import attractors

    with progress_bar("following") as told:
        return attractors(found.impacts, succession, fixed=held, n_starts=starts, seed=seed, on_progress=told)


def warn(found: "ScenarioList") -> None:
    """Say aloud, on the error stream, that these are not all scenarios."""
    if not found.is_complete:
        text = f"INCOMPLETE: {found.why_not}; there may be other consistent scenarios than these"
        click.secho(text, fg="red", bold=True, err=True)


def marked(table: Table, *why_not: str) -> Table:
    """Return a table that says of itself that it is not all: in its title, in a note, and in every row.

    So it also says so in CSV, which has neither title nor notes. It stays as it is where no reason is given.
    """
    reasons = "; ".join(dict.fromkeys(filter(None, why_not)))
    if not reasons:
        return table
    rows = [(*row, "INCOMPLETE") for row in table.rows]
    note = f"INCOMPLETE: {reasons}; there may be others"
    return Table(f"INCOMPLETE: {table.title}", (*table.columns, "search"), rows, (note, *table.notes))


def scenario_of(balance: "CrossImpactBalance", text: str, held: Mapping[str, str]) -> "IntArray":
    """Return the places of a scenario that is told by its name or its states; held states take their place.

    Raises
    ------
    InnosiError
        If there is none of that name, its states are not one of each descriptor, or a held one is unknown.
    """
    from innosi.models.errors import InnosiError
    from innosi.scenarios.loading.validation import nearest

    if "=" in text:
        places = balance.impacts.scenario_of(_paired(part for part in text.split(",") if part.strip()))
    else:
        called = balance.scenario_called(text)
        if called is None:
            raise InnosiError(
                f"no scenario is called '{text}'{nearest(text, balance.named)}",
                mend="name one as `innosi build balance scenarios` lists it, or all of its states: a=x,b=y",
                where=balance.document.source,
            )
        places = called.copy()
    for name, state in held.items():
        place = balance.impacts.place_of(name, state)
        places[balance.impacts.descriptors.index(name)] = place
    return places
