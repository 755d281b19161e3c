"""A futures table as tables: its size, what each exclusion removes, what is open, and combinations."""

from typing import TYPE_CHECKING

from innosi.forecast.cli.output import Table

MOST_TOLD = 6
"""With so many exclusions the reason why no survivor has a state is told in full."""

if TYPE_CHECKING:
    from innosi.scenarios.construction.futures_table.conflicts import Conflict
    from innosi.scenarios.construction.futures_table.reading_off import Reading, Shown


def tables_of(reading: "Reading", shown: "Shown | None") -> list[Table]:
    """Return what a reading is shown as: the combinations that were asked for, or what it says as a whole."""
    if shown is not None:
        return [combination_table(reading, shown)]
    if reading.fixed:
        return [size_table(reading), state_table(reading)]
    tables = [size_table(reading), state_table(reading)]
    return [tables[0], exclusion_table(reading), tables[1]] if reading.table.exclusions else tables


def size_table(reading: "Reading") -> Table:
    """Return how many combinations are left by each kind of exclusion, by all, and by what is fixed."""
    field, left = reading.table.field, reading.survivors
    rows = [
        (" + ".join(kinds) or "none", n, None if n is None else n / field.size)
        for kinds, n in reading.left_by_kind.items()
    ]
    if reading.fixed:
        rows.append((f"all, and {_fixed(reading)}", left.n, left.n / field.size))
    notes = [f"{field.n_pairs:,} pairs of states to be judged, {len(reading.table.exclusions)} exclusions"]
    return Table(
        _headline(reading), ("exclusions", "combinations", "share"), rows, (*notes, *_incomplete(reading))
    )


def exclusion_table(reading: "Reading") -> Table:
    """Return what each exclusion removes."""
    size = reading.table.field.size
    rows = [
        (
            f"{each.source}:{each.line}".lstrip(":"),
            each.words,
            each.kind,
            removal.alone,
            removal.alone / size,
            removal.only,
            each.because,
        )
        for each, removal in zip(reading.table.exclusions, reading.removals, strict=True)
    ]
    is_unknown = any(each.only is None for each in reading.removals)
    notes = (
        *(("–: not counted, as too many cases had to be told apart, or it was interrupted",) * is_unknown),
        "removes: combinations of the whole table that fall under it; only it: those that fall under no other"
        " and would be back without it (0: others make it needless)",
    )
    columns = ("line", "exclusion", "type", "removes", "share", "only_it", "because")
    return Table("what each exclusion removes", columns, rows, notes)


def state_table(reading: "Reading") -> Table:
    """Return how many survivors have each state, and why some have none."""
    rows = []
    left, table = reading.survivors, reading.table
    for (name, group), counts in zip(table.field.states.items(), left.n_with_state, strict=True):
        for state, n in zip(group, counts, strict=True):
            if name in reading.fixed and state not in reading.fixed[name]:
                continue
            words, share = table.title_of(name, state), n / max(left.n, 1)
            rows.append((name, state, words, n, share, _said(reading, name, state)))
    columns = ("descriptor", "state", "in_words", "combinations", "share", "what_it_means")
    forced = ", ".join(f"{name}={state}" for name, state in reading.forced.items())
    notes = (f"forced: {forced}",) if forced else ()
    return Table("what is open" if reading.fixed else "how many have each state", columns, rows, notes)


def combination_table(reading: "Reading", shown: "Shown") -> Table:
    """Return combinations one by one, with the distance to the nearest where they were chosen to differ."""
    table, spread = reading.table, shown.diversity
    rows: list[tuple[object, ...]] = []
    for number, (name, places) in enumerate(zip(shown.names, shown.combinations.tolist(), strict=True)):
        states = tuple(group[place] for group, place in zip(table.field.states.values(), places, strict=True))
        far = () if spread is None else (float(sorted(spread.distances[number])[1]),)
        rows.append((name, *states, *far))
    columns = ("name", *table.field.descriptors, *(() if spread is None else ("nearest",)))
    return Table(_shown_title(shown), columns, rows, tuple(_shown_notes(reading, shown)))


def _headline(reading: "Reading") -> str:
    field, left = reading.table.field, reading.survivors
    at_least = "" if left.is_complete else "at least "
    fixed = f" with {_fixed(reading)}" if reading.fixed else ""
    return (
        f"{reading.table.title}: {at_least}{left.n:,} of {field.size:,} combinations survive{fixed}"
        f" ({_percent(left.n / field.size)})"
    )


def _incomplete(reading: "Reading") -> list[str]:
    left = reading.survivors
    if left.is_complete:
        return []
    return [f"not complete: {left.why_not}; there may be more than the {left.n:,} found"]


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %" if share == 0 or share >= 1e-3 else f"1 in {1 / share:,.0f}"


def _fixed(reading: "Reading") -> str:
    return ", ".join(f"{name}={' or '.join(states)}" for name, states in reading.fixed.items())


def _said(reading: "Reading", name: str, state: str) -> str:
    if name in reading.fixed:
        return "fixed"
    if reading.forced.get(name) == state:
        return "forced"
    if (name, state) in reading.closed:
        return _why(reading, reading.closed[name, state])
    return ""


def _why(reading: "Reading", conflict: "Conflict | None") -> str:
    """Why a state is in no combination."""
    if conflict is None:
        return "in none"
    if not conflict.is_minimal or len(conflict.exclusions) > MOST_TOLD:
        at_most = "" if conflict.is_minimal else " at most"
        return f"in none: {len(conflict.exclusions)} exclusions together{at_most}"
    exclusions = [reading.table.exclusions[number] for number in conflict.exclusions]
    reasons = [f"{each.place} ({each.kind})" for each in exclusions]
    fixed = [f"{name}={' or '.join(reading.fixed[name])}" for name in conflict.fixed]
    return f"in none: {', '.join(reasons)}" + (f", with {', '.join(fixed)}" if fixed else "")


def _shown_title(shown: "Shown") -> str:
    n = len(shown.names)
    if shown.choice == "named":
        return f"{n} combinations that the workshop named"
    if shown.diversity is not None:
        nearest, mean = shown.diversity.nearest, shown.diversity.mean
        return (
            f"{n} combinations that differ most: any two are {nearest:g} apart or more, {mean:.3g} on average"
        )
    return f"{n:,} combinations that survive" if n == shown.n_of else f"{n:,} of {shown.n_of:,} that survive"


def _shown_notes(reading: "Reading", shown: "Shown") -> list[str]:
    notes = [_headline(reading), *_incomplete(reading)]
    if shown.choice == "listed" and len(shown.names) < shown.n_of:
        notes.append("an even spread of them; --at-most says how many")
    if shown.diversity is None:
        return notes
    notes.append(shown.diversity.how)
    if shown.n_of < reading.survivors.n:
        notes.append(f"chosen among {shown.n_of:,} of the {reading.survivors.n:,} survivors, evenly spread")
    weights = dict(zip(reading.table.field.descriptors, reading.table.weights.tolist(), strict=True))
    if set(weights.values()) == {1.0}:
        notes.append("apart: in how many descriptors two differ")
    else:
        told = ", ".join(f"{name} {weight:g}" for name, weight in weights.items())
        notes.append(f"apart: the sum of the weights of the descriptors in which two differ ({told})")
    return notes
