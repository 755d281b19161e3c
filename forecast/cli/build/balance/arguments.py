"""What the commands of a cross-impact balance are given alike, and the search that they begin with."""

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from innosi.forecast.cli.build.arguments import read
from innosi.forecast.cli.progress import progress_bar

if TYPE_CHECKING:
    from innosi.models.arrays import IntArray
    from innosi.scenarios.construction.balance.balance_file import CrossImpactBalance
    from innosi.scenarios.construction.balance.scenario_list import ScenarioList
    from innosi.scenarios.construction.balance.succession import Attractors, Succession

METHOD = "cross_impact_balance"
RULES = ("global", "local", "incremental", "adiabatic")

Command = TypeVar("Command", bound=Callable[..., Any])


def states_of(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """Return what was given as DESCRIPTOR=STATE as a mapping."""
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
    """Return a file of a cross-impact balance."""
    found: CrossImpactBalance = read(file, METHOD)[0]
    return found


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


def scenario_of(
    balance: "CrossImpactBalance",
    text: str,
    *,
    tolerance: float | None = None,
    held: Mapping[str, str] | None = None,
) -> tuple[str, "IntArray"]:
    """Return the name and the places of a scenario: one that was named, was found, or is told by its states.

    Raises
    ------
    InnosiError
        If there is none of that name, or its states are not one of each descriptor.
    """
    if text in balance.named:
        return text, balance.named[text].places
    if "=" in text:
        pairs = [part.partition("=") for part in text.split(",") if part.strip()]
        return text, balance.impacts.scenario_of({name.strip(): state.strip() for name, _, state in pairs})
    found = search(balance, tolerance=tolerance, held=held)
    return text, found.scenarios[found.place_of(text)]
