"""What a map does: its scenarios, under every rule, how sure, step by step, and from many starts."""

from typing import TYPE_CHECKING, Any

import numpy as np

from innosi.forecast.cli.build.map_pages import Asked, Page, need_scenarios, rounded, rounded_all
from innosi.forecast.cli.output import Table
from innosi.forecast.cli.progress import progress_bar
from innosi.models.errors import InnosiError
from innosi.scenarios.construction.cognitive_map import findings
from innosi.scenarios.construction.cognitive_map.cognitive_map import CognitiveMap
from innosi.scenarios.construction.cognitive_map.convergence import ends_of
from innosi.scenarios.construction.cognitive_map.robustness import STEP, robustness, sensitivity
from innosi.scenarios.construction.cognitive_map.settling import settle, trajectory

if TYPE_CHECKING:
    from innosi.scenarios.drawing.figures import Plot

MOST_STEPS = 60
"""So many steps are shown of a simulation that takes longer."""


def changes_page(asked: Asked) -> Page:
    """Each scenario's changes against the map by itself."""
    found, compared = asked.map, asked.compared
    columns = ("concept", "by_itself", *(each.name for each in found.scenarios))
    rows = [
        (title, rounded(compared.baseline.levels[place]), *rounded_all(compared.changes[:, place]))
        for place, title in enumerate(found.titles)
    ]
    notes = [
        "by itself: the level where the map settles; then each scenario's change against it",
        *(_held(found, place) for place in range(len(found.scenarios))),
        findings.dynamics_in_words(found),
        *findings.endings_in_words(found, compared),
        *findings.saturation_in_words(found, compared),
    ]
    if found.scenarios:
        notes.append(f"{findings.rules_title(found, findings.by_rule(found))} (--show rules)")
    notes.append(findings.ORDINAL)
    title = findings.changes_title(found, compared) if found.scenarios else found.title

    def draw() -> "Plot":
        from innosi.scenarios.construction.cognitive_map.drawing import draw_changes

        return draw_changes(found, compared, title)

    return Page([Table(title, columns, rows, tuple(notes))], draw)


def _held(found: CognitiveMap, place: int) -> str:
    scenario = found.scenarios[place]
    levels = (f"{found.titles[found.place[name]]} {level:g}" for name, level in scenario.levels.items())
    return f"{scenario.name} holds {', '.join(levels)}"


def rules_page(asked: Asked) -> Page:
    """The same under every rule that goes with the transfer."""
    found = asked.map
    need_scenarios(found)
    compared = findings.by_rule(found)
    changes = np.stack([each.changes for each in compared.values()])
    ways = findings.directions(changes, found.file.smallest_change)
    rows = [
        (
            scenario.name,
            title,
            *rounded_all(changes[:, number, place]),
            "held" if found.names[place] in scenario.levels else _agreement(ways[:, number, place]),
        )
        for number, scenario in enumerate(found.scenarios)
        for place, title in enumerate(found.titles)
    ]
    notes = [f"{rule}: by itself {each.baseline.in_words()}" for rule, each in compared.items()]
    notes += [
        f"{rule}, {scenario.name}: {each.scenarios.in_words((number,))}"
        for rule, each in compared.items()
        for number, scenario in enumerate(found.scenarios)
        if each.scenarios.periods[number] != 1
    ]
    notes.append(f"a change below {found.file.smallest_change:g} is none")
    if len(compared) < 3:
        notes.append("the rule rescaled is for levels of 0 to 1, so it is left out")
    title = findings.rules_title(found, compared)

    def draw() -> "Plot":
        from innosi.scenarios.construction.cognitive_map.drawing import draw_rules

        return draw_rules(found, {rule: each.changes for rule, each in compared.items()}, title)

    columns = ("scenario", "concept", *compared, "direction")
    return Page([Table(title, columns, rows, tuple(notes))], draw)


def _agreement(ways: Any) -> str:
    if np.isnan(ways).any():
        return "not known"
    if len(set(ways.tolist())) > 1:
        return "opposite" if {1.0, -1.0} <= set(ways.tolist()) else "not under all"
    return {1.0: "rises", -1.0: "falls", 0.0: "none"}[float(ways[0])]


def robustness_page(asked: Asked) -> Page:
    """How sure the changes are over drawn maps."""
    found, compared = asked.map, asked.compared
    need_scenarios(found)
    if not found.is_uncertain:
        raise InnosiError(
            "no weight is uncertain, so there is nothing to draw maps from",
            mend="write ranges such as 0.2 .. 0.6 or words such as high, or set `weight_error: 0.2`",
        )
    n_draws, smallest = asked.draws or found.file.draws, found.file.smallest_change
    drawn = found.drawn_weights(n_draws, asked.random_seed)
    with progress_bar("drawing maps") as told:
        sure = robustness(
            drawn,
            found.initial,
            found.clamped,
            found.how,
            smallest=smallest,
            on_progress=lambda done: told(done, n_draws),
        )
    same = sure.same_direction(compared.changes, smallest)
    rows = [
        (
            scenario.name,
            title,
            *rounded_all(
                each[number, place] for each in (compared.changes, sure.median, sure.low, sure.high)
            ),
            *rounded_all(each[number, place] for each in (sure.rises, sure.falls, same)),
        )
        for number, scenario in enumerate(found.scenarios)
        for place, title in enumerate(found.titles)
        if found.names[place] not in scenario.levels
    ]
    columns = ("scenario", "concept", "stated", "median", "low", "high", "rises", "falls", "direction_holds")
    notes = [
        f"{n_draws:,} maps drawn (seed {asked.random_seed}); low to high: 90 % interval",
        f"rises, falls: share of the draws with a change of {smallest:g} or more; direction holds: share that"
        " goes the stated way",
    ]
    notes += [
        f"{scenario.name}: {1 - settled:.1%} of the draws did not settle, and are left out"
        for scenario, settled in zip(found.scenarios, sure.settled, strict=True)
        if settled < 1
    ]
    if len(found.people) > 1:
        notes.append("people are drawn anew with replacement in every draw, then aggregated")
    title = findings.robustness_title(found, sure, compared)

    def draw() -> "Plot":
        from innosi.scenarios.construction.cognitive_map.drawing import draw_robustness

        return draw_robustness(found, sure, title)

    return Page([Table(title, columns, rows, tuple(notes))], draw)


def sensitivity_page(asked: Asked) -> Page:
    """Which link moves an outcome most."""
    found = asked.map
    need_scenarios(found)
    outcome = asked.place_of_outcome()
    n_links = len(found.links)
    with progress_bar("varying links") as told:
        what = sensitivity(
            found.weights,
            found.initial,
            found.clamped,
            found.how,
            outcome,
            on_progress=lambda done: told(done, n_links),
        )
    rows = [
        (
            f"{found.titles[i]} → {found.titles[j]}",
            rounded(found.weights[i, j]),
            scenario.name,
            *rounded_all(
                (
                    what.stated[number],
                    *(each[row, number] for each in (what.weaker, what.stronger, what.absent)),
                )
            ),
            rounded(what.swings[row]),
        )
        for row, (i, j) in enumerate(what.links)
        for number, scenario in enumerate(found.scenarios)
    ]
    columns = ("link", "weight", "scenario", "stated", "weaker", "stronger", "without", "swing")
    notes = (
        f"the change of {found.titles[outcome]}, and with the link {STEP:g} weaker, stronger, and left out",
        "swing: the largest difference between weaker and stronger in any scenario; one link at a time",
    )
    title = findings.sensitivity_title(found, what, found.titles[outcome])

    def draw() -> "Plot":
        from innosi.scenarios.construction.cognitive_map.drawing import draw_sensitivity

        return draw_sensitivity(found, what, found.titles[outcome], title)

    return Page([Table(title, columns, rows, notes)], draw)


def steps_page(asked: Asked) -> Page:
    """The levels from step to step."""
    found, place = asked.map, asked.place_of_scenario()
    held = None if place is None else found.clamped[place]
    start = found.initial
    if place is not None and found.how.start == "baseline" and asked.compared.baseline.is_settled:
        start = asked.compared.baseline.levels
    ended = asked.compared.baseline if place is None else asked.compared.scenarios
    at = () if place is None else (place,)
    n_steps = min(int(ended.steps[at]), MOST_STEPS)
    levels = trajectory(found.weights, start, found.how.dynamics, n_steps, clamped=held)
    rows = [(step, *rounded_all(state)) for step, state in enumerate(levels)]
    what = _whose(found, place)
    title = f"{what}: {ended.in_words(at)}"
    notes = ["a step is no unit of time"]
    if n_steps < int(ended.steps[at]):
        notes.append(f"the first {n_steps} of {int(ended.steps[at])} steps")

    def draw() -> "Plot":
        from innosi.scenarios.construction.cognitive_map.drawing import draw_steps

        return draw_steps(found, levels, title)

    tables = [Table(title, ("step", *found.names), rows, tuple(notes))]
    if at in ended.cycles:
        cycle = [(number, *rounded_all(state)) for number, state in enumerate(ended.cycles[at], 1)]
        tables.append(Table(f"{what}: the states of the cycle", ("state", *found.names), cycle))
    return Page(tables, draw)


def _whose(found: CognitiveMap, place: int | None) -> str:
    return "The map by itself" if place is None else found.scenarios[place].title


def ends_page(asked: Asked) -> Page:
    """Where the map settles from many starts."""
    found, place = asked.map, asked.place_of_scenario()
    held = None if place is None else found.clamped[place]
    how = found.how
    ends = ends_of(
        found.weights,
        found.initial,
        how.dynamics,
        clamped=held,
        seed=asked.random_seed,
        tolerance=how.tolerance,
        max_steps=how.max_steps,
    )
    own = settle(
        found.weights,
        found.initial,
        how.dynamics,
        clamped=held,
        tolerance=how.tolerance,
        max_steps=how.max_steps,
    )
    columns = ("concept", "from_its_start", *(f"end_{n}" for n in range(1, len(ends.periods) + 1)))
    rows = [
        (title, rounded(own.levels[number]), *rounded_all(ends.levels[:, number]))
        for number, title in enumerate(found.titles)
    ]
    notes = [
        f"end {n}: {'fixed point' if period == 1 else f'cycle of {period} states (means)'}, from"
        f" {reached} of {ends.n_starts} starts"
        for n, (period, reached) in enumerate(zip(ends.periods, ends.n_reached, strict=True), 1)
    ]
    if ends.n_unsettled:
        notes.append(f"from {ends.n_unsettled} of {ends.n_starts} starts it did not settle")
    notes.append("starts at random over all levels: ends that few starts lead to may be missed")
    n = len(ends.periods)
    title = f"{_whose(found, place)}: {n} end{'s' if n != 1 else ''} from {ends.n_starts} starts"
    return Page([Table(title, columns, rows, tuple(notes))])
