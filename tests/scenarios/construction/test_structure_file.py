"""The file of a structural analysis: how it is read and refused, and what comes of it."""

import re
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest

from innosi.models.errors import InnosiError, InputFaults
from innosi.scenarios.construction.structure.key_variables import (
    futures_table_skeleton,
    key_variables,
    unnamed_in,
)
from innosi.scenarios.construction.structure.micmac import Behaviour
from innosi.scenarios.construction.structure.structure_drawing import PICTURES, draw_structure
from innosi.scenarios.construction.structure.structure_file import structural_analysis_from
from innosi.scenarios.drawing.palette import MUTED
from innosi.scenarios.loading.document import parse_document, read_document

FARM = Path(__file__).parents[3] / "examples" / "farming-futures"
GARDEN = """\
method: structural_analysis
title: A garden
variables:
  rain: {title: Rain, kind: external}
  helpers: {title: Helpers, states: {few: Few, many: {title: Many, overrides: {inputs.time.hours: 500}}}}
  harvest: The harvest
influences:
  rain: [0, 1, 3]
  helpers: {rain: 0, harvest: 2}
  harvest: [P, 2, 0]
"""
TABLE = ";Rain;helpers;The harvest\nrain;;1;3\nhelpers;0;;2\nharvest;P;2;\n"


def analysed(text, folder):
    return structural_analysis_from(parse_document(text, source="structure.yaml", folder=folder))


def test_a_file_is_read(tmp_path):
    found = analysed(GARDEN, tmp_path)
    assert found.influences.present.tolist() == [[0, 1, 3], [0, 0, 2], [0, 2, 0]]
    assert found.influences.potential.tolist() == [[0, 1, 3], [0, 0, 2], [3, 2, 0]]
    assert set(found.maps) == {
        "direct",
        "potential_direct",
        "potential_indirect",
    }  # two by two, it is periodic
    assert found.indirect.behaviour is Behaviour.PERIODIC
    assert found.summary == "a sound structural analysis, 3 variables, 5 influences"


@pytest.mark.parametrize(
    "raw",
    [
        TABLE.encode(),
        b"\xef\xbb\xbf" + TABLE.replace("\n", "\r\n").encode(),
        TABLE.replace(";", ",").encode(),
        TABLE.replace(";", "\t").encode(),
        TABLE.replace("P", "p").replace("helpers;0;;", "helpers;0;0;").encode(),
        "\n".join([TABLE.splitlines()[0], *TABLE.splitlines()[:0:-1]]).encode(),
    ],
)
def test_a_table_says_the_same_as_the_file(raw, tmp_path):
    (tmp_path / "influences.csv").write_bytes(raw)
    found = analysed(GARDEN.partition("influences:")[0] + "influences: influences.csv\n", tmp_path)
    assert np.array_equal(found.influences.potential, analysed(GARDEN, tmp_path).influences.potential)


def test_a_workbook_says_the_same_as_the_file(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    for row in (["", "rain", "helpers", "harvest"], ["rain", None, 1, 3.0], ["helpers", 0, None, 2]):
        book.active.append(row)
    book.active.append(["harvest", "P", "2", 0])
    book.save(tmp_path / "influences.xlsx")
    found = analysed(GARDEN.partition("influences:")[0] + "influences: influences.xlsx\n", tmp_path)
    assert np.array_equal(found.influences.potential, analysed(GARDEN, tmp_path).influences.potential)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("harvest: 2}", "harvest: 4}", 9, "helpers → harvest: found 4; write one of 0, 1, 2, 3, P"),
        ("harvest: 2}", "harvest: true}", 9, "helpers → harvest: found True"),
        ("harvest: 2}", "harvest: .nan}", 9, "found '.nan'"),
        ("harvest: 2}", "harvest: 1e999}", 9, "found inf"),
        ("harvest: 2}", "harvest: 1.5}", 9, "found 1.5"),
        ("harvest: 2}", "harvest: [1]}", 9, "found [1]"),
        ("harvest: 2}", "harvest: }", 9, "helpers: no cell for harvest; write 0 where there is nothing"),
        ("{rain: 0, harvest: 2}", "{}", 9, "no cell for rain, harvest"),
        ("{rain: 0, harvest: 2}", "{rain: 0, harvst: 2}", 9, "is no column here; did you mean 'harvest'?"),
        ("{rain: 0, harvest: 2}", "{rain: 0, helpers: 2, harvest: 2}", 9, "helpers on itself is 2"),
        ("{rain: 0, harvest: 2}", "[0, 1]", 9, "found 2 cells; list 3 cells, for rain, helpers, harvest"),
        ("{rain: 0, harvest: 2}", "3", 9, "found 3; list 3 cells"),
        ("  helpers: {rain: 0, harvest: 2}\n", "", 7, "the row 'helpers' is missing"),
        ("  helpers: {rain", "  helprs: {rain", 9, "is no row; did you mean 'helpers'?"),
        ("harvest: The harvest", "harvest: rain", 6, "has the title of 'rain'"),
        ("harvest: The harvest", "harvest: {titel: x}", 6, "unknown key; did you mean 'title'?"),
        ("kind: external", "kind: outside", 4, "choose one of: internal, external"),
        ("influences:\n", "participants: {}\ninfluences:\n", 7, "participants"),
        ("influences:\n", "relations_from: 4\ninfluences:\n", 7, "relations_from"),
        ("influences:\n", "power: 1\ninfluences:\n", 7, "power"),
        ("influences:\n", "aggregation: mean\ninfluences:\n", 7, "choose one of: median, mode"),
    ],
)
def test_what_is_wrong_is_told_at_its_line(old, new, line, said, tmp_path):
    assert old in GARDEN
    with pytest.raises(InputFaults) as raised_:
        analysed(GARDEN.replace(old, new, 1), tmp_path)
    told = [(fault.line, f"{fault.key} {fault.problem}") for fault in raised_.value.faults]
    assert any(where == line and said in problem for where, problem in told), told


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (None, "no such file"),
        (b"", "is empty"),
        (b"\xff\xfe1\x00", "is UTF-16 text"),
        (b"PK\x03\x04 no workbook", "cannot be read as an Excel workbook"),
        (b";rain;helpers\nrain;;1\nhelpers;0;\nharvest;1;1\n", "the column 'harvest' is missing"),
        (b";rain;helpers;harvest\nrain;;1;1\nhelpers;0;;1\n", "the row 'harvest' is missing"),
        (TABLE.encode() + b"harvest;1;1;\n", "harvest.*stands twice"),
        (TABLE.replace("P", "Q").encode(), r"line 4.*harvest → rain +found 'Q'"),
        (TABLE.replace("P", "").encode(), r"line 4.*harvest: no cell for rain"),
        (TABLE.replace("Rain", "Snow").encode(), "Snow.*is no column"),
        (TABLE.encode().rstrip() + b";3\n", "line 4.*'3' stands below no heading"),
    ],
)
def test_what_is_wrong_in_a_table_is_told_at_its_line(raw, said, tmp_path):
    if raw is not None:
        (tmp_path / "influences.csv").write_bytes(raw)
    with pytest.raises(InnosiError, match=said):
        analysed(GARDEN.partition("influences:")[0] + "influences: influences.csv\n", tmp_path)


@pytest.mark.parametrize(
    ("relations", "said"),
    [
        ("{rain: [V, V], helpers: [X]}", [[0, 1, 1], [0, 0, 1], [0, 1, 0]]),
        ("{rain: [v, O], helpers: {harvest: A}}", [[0, 1, 0], [0, 0, 0], [0, 1, 0]]),
        ("{rain: {helpers: V}, harvest: {rain: V, helpers: A}}", [[0, 1, 0], [0, 0, 1], [1, 0, 0]]),
        ("{rain: [0, 1, 0], helpers: [0, 0, 1], harvest: [0, 0, 0]}", [[0, 1, 0], [0, 0, 1], [0, 0, 0]]),
    ],
)
def test_relations_are_letters_or_ones(relations, said, tmp_path):
    found = analysed(f"{GARDEN.partition('influences:')[0]}relations: {relations}\n", tmp_path)
    assert found.relations.astype(int).tolist() == said
    assert found.maps == {}
    assert found.last_map is None


@pytest.mark.parametrize(
    ("relations", "said"),
    [
        ("{rain: [V, B], helpers: [X]}", "rain → harvest: found 'B'; write V, A, X or O"),
        ("{rain: [V, V]}", "the row 'helpers' is missing; add it, with O"),
        ("{rain: [V], helpers: [X]}", "found 1 cells; list 2 cells, for helpers, harvest"),
        ("{rain: [V, V], helpers: [X], harvest: {rain: V}}", "rain and harvest stand twice"),
        ("{rain: [0, 2, 0], helpers: [0, 0, 1], harvest: [0, 0, 0]}", "found 2; write one of 0, 1"),
    ],
)
def test_relations_of_anything_else_are_refused(relations, said, tmp_path):
    with pytest.raises(InputFaults, match=said):
        analysed(f"{GARDEN.partition('influences:')[0]}relations: {relations}\n", tmp_path)


def test_relations_may_be_all_strong_influences(tmp_path):
    found = analysed(f"{GARDEN}relations_from: 2\n", tmp_path)
    assert found.relations.astype(int).tolist() == [[0, 0, 1], [0, 0, 1], [0, 1, 0]]


def test_participants_are_taken_together_and_differences_are_told(tmp_path):
    (tmp_path / "influences.csv").write_text(TABLE.replace("rain;;1;3", "rain;;3;0"), encoding="utf-8")
    one = GARDEN.partition("influences:\n")[2].replace("\n  ", "\n    ")
    text = f"{GARDEN.partition('influences:')[0]}participants:\n  anna: influences.csv\n  bo:\n  {one}"
    found = analysed(text, tmp_path)
    assert found.influences.present[0].tolist() == [0, 2, 1.5]
    assert [each.answers for each in found.disagreements] == [("0", "3"), ("3", "1")]
    assert found.indirect is not None


def test_nothing_at_all_is_refused(tmp_path):
    with pytest.raises(InputFaults, match="give `influences`, `participants` or `relations`"):
        analysed(GARDEN.partition("influences:")[0], tmp_path)


# --- what comes of it


def test_key_variables_become_a_futures_table(tmp_path):
    document = parse_document(GARDEN, source="structure.yaml", folder=tmp_path)
    analysis = structural_analysis_from(document)
    with pytest.raises(InnosiError, match="choose at least two with --key"):
        key_variables(analysis, ["rain"])
    with pytest.raises(InnosiError, match="there is no variable 'rian'; did you mean 'rain'"):
        key_variables(analysis, ["rian"])
    names = key_variables(analysis, ["harvest", "helpers"])
    table = futures_table_skeleton(names, document, tmp_path)
    assert unnamed_in(table) == ("harvest",)
    assert table["method"] == "futures_table"
    assert list(table["descriptors"]) == ["helpers", "harvest"]
    many = table["descriptors"]["helpers"]["states"]["many"]
    assert many == {"title": "Many", "overrides": {"inputs.time.hours": 500}}


def test_every_picture_says_what_it_shows(tmp_path):
    analysis = analysed(f"{GARDEN.replace('rain: 0', 'rain: 1')}relations_from: 2\n", tmp_path)
    for picture in set(PICTURES) - {"direct", "potential_direct"}:  # drawn like the others
        plot = draw_structure(analysis, picture)
        assert all(title in plot.alternative for title in analysis.titles), picture
        assert plot.title
        assert plot.svg.startswith("<svg")
    with pytest.raises(InnosiError, match="indirect influences have no ranking that stays"):
        draw_structure(analysed(GARDEN, tmp_path), "indirect")
    assert draw_structure(analysed(GARDEN, tmp_path)).name == "direct"


def test_pictures_of_the_smallest_and_of_equal_variables_can_be_drawn(tmp_path):
    names = ["a", "b", "c", "d"]
    rows = "\n".join(f"  {name}: [0, 0, 0, 0]" for name in names)
    head = "method: structural_analysis\ntitle: None\nvariables: {a: , b: , c: , d: }\n"
    analysis = analysed(f"{head}influences:\n{rows}\nrelations_from: 1\n", tmp_path)
    assert analysis.indirect.told == (0,)
    for picture in ("direct", "hierarchy", "driving"):
        assert draw_structure(analysis, picture).svg


def test_every_cell_a_person_may_write_is_read(tmp_path):
    for written, level in product(("2", "'2'", "2.0", "' 2 '"), (2,)):
        found = analysed(GARDEN.replace("harvest: 2}", f"harvest: {written}}}"), tmp_path)
        assert found.influences.present[1, 2] == level


def extents(svg, fill):
    """Left, upper, right and lower end of each closed path of a colour."""
    paths = re.findall(rf'<path d="([^"]*)z\s*" style="fill: {fill}', svg)
    points = [np.array(re.findall(r"-?\d[\d.]*", path), dtype=float).reshape(-1, 2) for path in paths]
    return [(*each.min(axis=0), *each.max(axis=0)) for each in points]


def test_no_arrow_of_the_hierarchy_ends_below_a_box():
    analysis = structural_analysis_from(read_document(FARM / "structure.yaml"))
    svg = draw_structure(analysis, "hierarchy").svg
    heads, (_, *boxes) = extents(svg, MUTED), extents(svg, "#ffffff")  # without the sheet itself
    assert (len(heads), len(boxes)) == (len(analysis.hierarchy.links), len(analysis.hierarchy.groups))
    for left, upper, right, lower in heads:
        x, y = (left + right) / 2, (upper + lower) / 2
        assert not any(a < x < c and b < y < d for a, b, c, d in boxes)


def test_no_two_boxes_of_a_wide_level_overlap(tmp_path):
    names = [f"v{i}" for i in range(14)]
    text = "method: structural_analysis\ntitle: Wide\nvariables:\n"
    text += "".join(f"  {name}: A variable with a rather long title {name}\n" for name in names)
    text += "relations:\n  v0: [" + ", ".join("V" * 13) + "]\n"
    text += "".join(f"  {name}: [{', '.join('O' * (13 - i))}]\n" for i, name in enumerate(names) if i)
    svg = draw_structure(analysed(text, tmp_path), "hierarchy").svg
    _, *boxes = sorted(extents(svg, "#ffffff"))
    assert len(boxes) == 14
    for (a, b, c, d), (e, f, g, h) in combinations(boxes, 2):
        assert c < e or g < a or d < f or h < b
