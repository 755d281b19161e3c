"""Backcasts: dates, the critical path against printed and brute-force answers, gaps, indicators to follow."""

import re
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innosi.models.errors import InnosiError, InputFaults
from innosi.scenarios.construction.pathways.backcast_file import backcast_from
from innosi.scenarios.construction.pathways.critical_path import longest_chain, schedule
from innosi.scenarios.construction.pathways.dates import (
    as_days,
    as_first_day,
    as_last_day,
    decimal_year,
    in_words,
)
from innosi.scenarios.construction.pathways.drawing_roadmap import draw_roadmap, lanes_of
from innosi.scenarios.construction.pathways.indicators import (
    IndicatorTarget,
    read_indicators,
    write_indicators,
)
from innosi.scenarios.loading.document import parse_document

FARM = """\
method: backcast
title: Two farms
present: {at: 2026-01, values: {places: {value: 20, source: counted}}}
indicators:
  places: {unit: people}
  dropouts: {unit: "%", direction: at_most}
vision: {title: Forty places, at: 2030, targets: {places: 40, dropouts: 10}, overrides: {a.b: 1}}
milestones:
  plan: {title: A plan, by: 2026-12, takes: 6 months, who: farm}
  land: {title: Land, by: 2028-06, takes: 12 months, needs: plan, who: city}
  house: {title: House, by: 2029-12, takes: 18 months, needs: [land, money], who: farm, targets: {places: 30}}
  money: {title: Money, by: 2028, who: bank}
scenarios:
  reached: {title: In time}
  missed: {title: Not, overrides: {a.b: 2}}
"""


def backcast(text=FARM):
    return backcast_from(parse_document(text, source="plans/backcast.yaml", folder="."))


# The teaching example "Draw the network for the events in Table 1" (studylib.net/doc/8378728), with its
# printed answers. Hours, what each needs; earliest start and finish, latest start and finish, slack.
PROTOTYPE = {
    "A": (6, "", (0, 6, 0, 6, 0)),
    "B": (2, "A", (6, 8, 6, 8, 0)),
    "C": (2, "A", (6, 8, 7, 9, 1)),
    "D": (3, "B", (8, 11, 8, 11, 0)),
    "F": (2, "C", (8, 10, 9, 11, 1)),
    "E": (4, "DF", (11, 15, 11, 15, 0)),
    "G": (1, "E", (15, 16, 15, 16, 0)),
}


def test_a_published_network_gets_its_printed_schedule():
    order = list(PROTOTYPE)
    hours = [hours for hours, _, _ in PROTOTYPE.values()]
    needs = [[order.index(each) for each in needed] for _, needed, _ in PROTOTYPE.values()]
    found = schedule(hours, needs, np.full(7, 16.0))
    got = np.array(
        [found.earliest_start, found.earliest_finish, found.latest_start, found.latest_finish, found.slack]
    )
    assert got.T.tolist() == [list(printed) for _, _, printed in PROTOTYPE.values()]
    assert "".join(order[place] for place in longest_chain(hours, needs)) == "ABDEG"


@st.composite
def networks(draw):
    n = draw(st.integers(1, 9))
    needs = [
        sorted(draw(st.sets(st.integers(0, place - 1), max_size=3))) if place else [] for place in range(n)
    ]
    durations = [draw(st.integers(0, 9)) for _ in range(n)]
    due = [draw(st.integers(0, 60)) for _ in range(n)]
    return durations, needs, due


def all_chains(needs):
    """Every chain of needs, from any milestone to any other, by brute force."""
    chains = [(place,) for place in range(len(needs))]
    found = list(chains)
    while chains:
        chains = [(before, *chain) for chain in chains for before in needs[chain[0]]]
        found += chains
    return found


@given(networks(), st.integers(0, 5))
@settings(max_examples=80, deadline=None)
def test_the_schedule_is_that_of_all_chains_by_brute_force(network, start):
    durations, needs, due = network
    found, chains = schedule(durations, needs, due, start=start), all_chains(needs)
    length = {chain: sum(durations[place] for place in chain) for chain in chains}
    for place in range(len(needs)):
        ending = max(length[chain] for chain in chains if chain[-1] == place)
        assert found.earliest_finish[place] == start + ending
        following = [
            due[chain[-1]] - (length[chain] - durations[place]) for chain in chains if chain[0] == place
        ]
        assert found.latest_finish[place] == min(following)
    chain = longest_chain(durations, needs)
    assert length[chain] == max(length.values())
    assert all(before in needs[after] for before, after in pairwise(chain))


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        (2031, date(2031, 1, 1), date(2031, 12, 31)),
        ("2031-06", date(2031, 6, 1), date(2031, 6, 30)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2031-12", date(2031, 12, 1), date(2031, 12, 31)),
        ("2031-06-15", date(2031, 6, 15), date(2031, 6, 15)),
    ],
)
def test_a_date_is_a_year_a_month_or_a_day(written, first, last):
    assert (as_first_day(written), as_last_day(written)) == (first, last)


@pytest.mark.parametrize(
    "written",
    [
        "2031-6",
        "June 2031",
        "2031-13",
        "2031-00",
        "2031-02-30",
        "2031-02-00",
        1e9,
        99999,
        True,
        None,
        "٢٠٣١",
        "1899",
    ],
)
def test_what_is_no_date_is_refused(written):
    for reads in (as_first_day, as_last_day):
        with pytest.raises(ValueError, match="2031-06-15"):
            reads(written)


def test_lengths_of_time_have_a_unit():
    assert as_days("2 weeks") == 14
    assert as_days("18 months") == pytest.approx(1.5 * 365.25)
    assert as_days("1.5 years") == as_days("18 months")
    for wrong in ("18", 18, "18 moons", "-3 months", "101 years", "nan years", "", None):
        with pytest.raises(ValueError, match="18 months"):
            as_days(wrong)
    assert [in_words(days) for days in (0, 1, 45, 548, 1461)] == [
        "0 days",
        "1 day",
        "1 month",
        "18 months",
        "4 years",
    ]
    assert decimal_year(date(2028, 7, 1)) == pytest.approx(2028.5, abs=0.01)


def test_dates_slack_and_chain_of_a_small_backcast():
    found = backcast()
    plan, land, money, house = found.milestones
    assert [each.name for each in found.backwards] == ["house", "money", "land", "plan"]
    assert found.chain == ("plan", "land", "house")
    assert found.chain_days == pytest.approx(3 * 365.25)
    assert house.start_by == date(2028, 7, 1)  # 18 months before the end of 2029
    assert land.start_by == date(2027, 7, 1)  # 12 months before the 30th of June 2028, when it is due
    assert land.slack == pytest.approx((date(2028, 6, 30) - date(2026, 1, 1)).days - 1.5 * 365.25)
    # the house begins before the money is due
    assert money.slack == pytest.approx((date(2028, 7, 1) - date(2026, 1, 1)).days, abs=0.5)
    assert plan.earliest == date(2026, 7, 3)
    assert [each.name for each in found.to_start(as_days("9 months"))] == ["plan"]


def test_what_comes_too_late_is_told_and_drawn_so():
    found = backcast(FARM.replace("takes: 12 months", "takes: 3 years"))
    assert found.chain_slack < 0
    assert any("'land' comes 12 months too late even if all is begun at once" in gap for gap in found.gaps)
    assert "12 months too little" in draw_roadmap(found).title
    assert "Land by 2028-06-30, needs plan, too late" in draw_roadmap(found).alternative


def test_without_lengths_the_chain_is_the_one_with_most_milestones():
    found = backcast(re.sub(r" takes: \d+ months,", "", FARM))
    assert found.chain == ("plan", "land", "house")
    assert not found.is_timed
    assert any("no milestone says how long it takes" in gap for gap in found.gaps)


def test_gaps_are_told():
    gaps = "\n".join(backcast().gaps)
    for said in (
        "'dropouts' has no present value",
        "no milestone serves the vision's target for 'dropouts'",
        "reckoned as taking no time, as `takes` is not given: money",
    ):
        assert said in gaps
    assert "'places'" not in gaps
    back = "\n".join(
        backcast(FARM.replace("targets: {places: 30}", "targets: {places: 50}, serves: dropouts")).gaps
    )
    assert "'places' is to rise, but goes the other way at 'vision'" in back
    assert "serves the vision's target for 'dropouts'" not in back
    bare = "\n".join(
        backcast(FARM.replace("{value: 20, source: counted}", "20").replace(", who: bank", "")).gaps
    )
    assert "the present value of 'places' has no source" in bare
    assert "nobody is named for 'money'" in bare


def test_an_indicator_runs_straight_between_its_stated_points():
    (_, places) = backcast().indicators
    today, house, vision = (date(2026, 1, 1), date(2029, 12, 31), date(2030, 12, 31))
    half = (house - today).days / 2
    days = np.array([-1, 0, half, (house - today).days, (vision - today).days, 9999])
    assert places.path(days, today).tolist() == pytest.approx([np.nan, 20, 25, 30, 40, np.nan], nan_ok=True)


def test_the_vision_reached_late_or_missed_are_scenarios():
    found = backcast()
    assert [(each.name, each.settings) for each in found.scenarios] == [
        ("reached", ("vision", "vision-reached")),
        ("missed", ("vision-missed",)),
    ]
    assert found.settings == {
        "vision": ({"a.b": 1}, ("vision", "overrides")),
        "vision-missed": ({"a.b": 2}, ("scenarios", "missed", "overrides")),
    }


REFUSED = {
    "an unknown need": (("needs: plan", "needs: plans"), 10, "no milestone 'plans'; did you mean 'plan'?"),
    "a circle": (
        ("A plan, by: 2026-12", "A plan, by: 2026-12, needs: house"),
        11,
        "goes round in a circle: house needs land needs plan needs house",
    ),
    "due before its need": (
        ("House, by: 2029-12", "House, by: 2028-03"),
        11,
        "is due by 2028-03-31, but needs 'land', which is due later, by 2028-06-30",
    ),
    "after the vision": (("House, by: 2029-12", "House, by: 2031"), 11, "after the vision (2030-12-31)"),
    "before the present": (("A plan, by: 2026-12", "A plan, by: 2025"), 9, "before the present (2026-01-01)"),
    "a vision of yesterday": (("at: 2030", "at: 2025"), 7, "is not after the present"),
    "an unknown target": (
        ("{places: 30}", "{place: 30}"),
        11,
        "no indicator 'place'; did you mean 'places'?",
    ),
    "an unknown value": (("values: {places", "values: {plaices"), 3, "no indicator 'plaices'"),
    "an unknown service": (("who: bank", "who: bank, serves: plces"), 12, "did you mean 'places'?"),
    "two targets at once": (("who: bank", "targets: {places: 9}, by: 2029-12, x: 1"), 12, "stands twice"),
    "a target at the vision's date": (
        ("House, by: 2029-12", "House, by: 2030"),
        11,
        "'vision' has a target for the same date",
    ),
    "a milestone called vision": (("  money:", "  vision:"), 12, "is what the vision itself is called"),
    "no unit of time": (("takes: 6 months", "takes: 6"), 9, "found 6, which is no length of time; write"),
    "a target in words": (("{places: 30}", "{places: many}"), 11, "number"),
    "a target beyond numbers": (("{places: 30}", "{places: 1e999}"), 11, "finite"),
    "a grade of its own": (("source: counted", "evidence: rumour"), 3, "choose one of"),
    "no milestone": (("milestones:", "milestones: {}\nrest:"), 8, "must name 1 or more"),
    "weights of some": (("title: Not", "title: Not, weight: 1"), 14, "give all one, or none"),
}


@pytest.mark.parametrize(("change", "line", "said"), REFUSED.values(), ids=REFUSED)
def test_faults_are_told_with_their_line(change, line, said):
    text = FARM.replace(*change)
    assert text != FARM
    with pytest.raises(InputFaults) as raised:
        backcast(text)
    assert any(fault.line == line and said in fault.problem for fault in raised.value.faults), raised.value


@given(st.randoms())
@settings(max_examples=20, deadline=None)
def test_the_order_of_entries_changes_nothing(rng):
    head, rest = FARM.split("milestones:\n")
    entries, rest = rest.split("scenarios:\n")
    shuffled = "\n".join(rng.sample(entries.splitlines(), 4))
    assert backcast(f"{head}milestones:\n{shuffled}\nscenarios:\n{rest}") == backcast()


@given(
    st.lists(st.tuples(st.integers(0, 47), st.integers(0, 3), st.integers(3, 60)), min_size=1, max_size=40)
)
@settings(max_examples=30, deadline=None)
def test_no_box_of_a_roadmap_lies_upon_another(steps):
    entries = [
        f"  m{n}: {{title: {'word ' * (words // 4 + 1)}, theme: T{lane},"
        f" by: {2026 + month // 12}-{month % 12 + 1:02}}}"
        for n, (month, lane, words) in enumerate(steps)
    ]
    head = FARM.partition("milestones:")[0]
    found = backcast(f"{head}milestones:\n" + "\n".join(entries))
    lanes = lanes_of(found)
    assert sum(len(lane.cards) for lane in lanes) == len(steps)
    for lane in lanes:
        assert all(card.label.extent[1] <= lane.row_height for card in lane.cards)
        for row in {card.row for card in lane.cards}:
            beside = sorted((card for card in lane.cards if card.row == row), key=lambda card: card.left)
            assert all(first.right < second.left for first, second in pairwise(beside))
            assert beside[0].left >= 1.3


def test_the_roadmap_shows_the_vision_the_lanes_and_the_targets():
    plot = draw_roadmap(backcast())
    for said in ("Forty", "farm", "city", "≥ 30", "≤ 10", "2029-12"):
        assert f">{said}<" in plot.svg or said in plot.svg
    said = "the longest chain takes 3 years, and the tightest milestone has 6 months to spare"
    assert plot.title == f"Forty places by 2030: {said}"
    many = "".join(f"  m{n}: {{title: M, by: 2029}}\n" for n in range(61))
    with pytest.raises(InnosiError, match="61 milestones are too many"):
        draw_roadmap(backcast(FARM.partition("milestones:")[0] + f"milestones:\n{many}"))


def test_a_box_that_must_end_after_its_date_is_told():
    early = backcast(FARM.replace("by: 2026-12", "by: 2026-02"))
    assert "a box ends at its date (the first ones later, for room)" in draw_roadmap(early).svg
    assert "a box ends at its date; an arrow" in draw_roadmap(backcast()).svg


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), max_size=12)
TARGETS = st.dictionaries(
    st.tuples(st.sampled_from(["places", "income"]), st.dates(date(1900, 1, 1), date(2200, 12, 31))),
    st.tuples(st.floats(allow_nan=False, allow_infinity=False), TEXTS.filter(bool), TEXTS),
    max_size=8,
)


@given(targets=TARGETS, unit=TEXTS, direction=st.sampled_from(["at_least", "at_most"]))
@settings(max_examples=40, deadline=None)
@pytest.mark.parametrize("ending", ["csv", "yaml"])
def test_indicators_written_are_read_again(tmp_path_factory, targets, unit, direction, ending):
    rows = tuple(
        IndicatorTarget(name, unit, day, target, direction, milestone, source)
        for (name, day), (target, milestone, source) in sorted(targets.items())
    )
    path = tmp_path_factory.mktemp("written") / f"indicators.{ending}"
    write_indicators(reversed(rows), path, title="Färms")
    assert read_indicators(path) == rows
    first = path.read_bytes()
    write_indicators(rows, path, title="Färms")
    assert path.read_bytes() == first


def test_the_format_of_indicators_is_as_documented(tmp_path):
    found = backcast()
    write_indicators(found.targets, tmp_path / "i.csv")
    assert (tmp_path / "i.csv").read_text(encoding="utf-8").splitlines() == [
        "indicator,unit,date,target,direction,milestone,source",
        "dropouts,%,2030-12-31,10.0,at_most,vision,backcast.yaml",
        "places,people,2029-12-31,30.0,at_least,house,backcast.yaml",
        "places,people,2030-12-31,40.0,at_least,vision,backcast.yaml",
    ]
    write_indicators(found.targets, tmp_path / "i.yaml", title="Two farms")
    assert (
        (tmp_path / "i.yaml")
        .read_text(encoding="utf-8")
        .startswith("format: innosi-indicators-1\ntitle: Two farms\n")
    )


def test_a_formula_stays_a_text_in_a_spreadsheet(tmp_path):
    row = IndicatorTarget("places", "=1+1", date(2030, 1, 1), -2.0, "at_most", "vision", "'quoted")
    write_indicators([row], tmp_path / "i.csv")
    assert "places,'=1+1,2030-01-01,-2.0," in (tmp_path / "i.csv").read_text(encoding="utf-8")
    assert read_indicators(tmp_path / "i.csv") == (row,)


def test_nothing_else_is_written_over_by_indicators(tmp_path):
    for name in ("i.csv", "i.yaml"):
        (tmp_path / name).write_text("mine: 1\n", encoding="utf-8")
        with pytest.raises(InnosiError, match="is there already, and is no file of indicators"):
            write_indicators(backcast().targets, tmp_path / name)
        assert (tmp_path / name).read_text(encoding="utf-8") == "mine: 1\n"
    with pytest.raises(InnosiError, match=r"ends in \.csv or \.yaml"):
        write_indicators(backcast().targets, tmp_path / "i.txt")


HEADING = "indicator,unit,date,target,direction,milestone,source\n"
BROKEN = {
    "empty": ("", 1, "is empty"),
    "another heading": ("indicator,unit\n", 1, "must be the heading"),
    "a cell too few": (HEADING + "a,b,2030-01-01,1,at_least,m\n", 2, "has 6 cells, not 7"),
    "no day": (HEADING + "a,b,2030,1,at_least,m,\n", 2, "write a day"),
    "no number": (HEADING + 'a,b,2030-01-01,"1,5",at_least,m,\n', 2, "with a decimal point"),
    "not a number": (HEADING + "a,b,2030-01-01,nan,at_least,m,\n", 2, "found 'nan'"),
    "no direction": (HEADING + "a,b,2030-01-01,1,up,m,\n", 2, "write at_least or at_most"),
    "no name": (HEADING + ",b,2030-01-01,1,at_least,m,\n", 2, "write a text"),
    "dates that fall": (
        HEADING + "a,b,2030-01-01,1,at_least,m,\na,b,2029-01-01,1,at_least,m,\n",
        3,
        "is not after 2030-01-01",
    ),
    "two units": (
        HEADING + "a,b,2030-01-01,1,at_least,m,\na,c,2031-01-01,1,at_least,m,\n",
        3,
        "another unit",
    ),
    "an open quote": (HEADING + 'a,"b\n', 2, "look at the quotes"),
}


@pytest.mark.parametrize(("text", "line", "said"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_of_indicators_is_refused_at_its_line(text, line, said, tmp_path):
    (tmp_path / "i.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputFaults) as raised:
        read_indicators(tmp_path / "i.csv")
    assert (raised.value.faults[0].line, said in str(raised.value)) == (line, True)


def test_a_yaml_file_of_another_version_is_refused(tmp_path):
    path = tmp_path / "i.yaml"
    path.write_text("title: x\nformat: innosi-indicators-2\ntargets: []\n", encoding="utf-8")
    with pytest.raises(InputFaults, match="this version reads innosi-indicators-1"):
        read_indicators(path)
    path.write_text("format: innosi-indicators-1\ntargets: [{indicator: a}]\n", encoding="utf-8")
    with pytest.raises(InputFaults, match="must hold indicator,unit"):
        read_indicators(path)
