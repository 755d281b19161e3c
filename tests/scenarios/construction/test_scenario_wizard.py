"""ScenarioWizard's project files: what is written is read again; the unknown is refused at its line."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from somewhereland import BASINS, somewhereland, words

from innosi.models.errors import InnosiError, InputFaults
from innosi.scenarios.construction.balance.consistency import consistent_scenarios
from innosi.scenarios.construction.balance.cross_impacts import CrossImpacts
from innosi.scenarios.construction.balance.scenario_wizard import (
    ProjectDescriptor,
    ScenarioWizardProject,
    parse_project,
    read_project,
)
from innosi.scenarios.construction.balance.scenario_wizard_writing import project_bytes, write_project

PROJECT = """\
$ ScenarioWizard 4.0
garden.scw
&Municipal funding
 -It is cut
 -It is kept
&Land
 -Built over
 -Yearly lease
 -Secured
#
&Fund
 cut
 kept
&Land
 built
 lease
 sec
#
#
FFFFFF
FFFFFF
FFFFFF
FFFFFF
FF00FF
#
#
 0 , 0 , 2 , 0 ,-2~
 0 , 0 ,-1 , 0 , 1~
 1 ,-1 , 0 , 0 , 0~
 0 , 0 , 0 , 0 , 0~
-3 ,12 , 0 , 0 , 0~
#
# 0-0
"Two farms,
"as they may be""
# Fund
""
# Land
"Who may use it"
# Fund -> Fund
""
# Fund -> Land
"Money buys land"
# Land -> Fund
""
# Land -> Land
""
#
#
""".replace("~", " ")


def test_a_project_is_read_with_its_short_names_and_texts():
    project = parse_project(PROJECT, source="garden.scw")
    assert project.title == "garden.scw"
    assert project.descriptors == (
        ProjectDescriptor("Municipal funding", ("It is cut", "It is kept"), "Fund", ("cut", "kept"), ""),
        ProjectDescriptor(
            "Land",
            ("Built over", "Yearly lease", "Secured"),
            "Land",
            ("built", "lease", "sec"),
            "Who may use it",
        ),
    )
    assert project.judgements.tolist() == [
        [0, 0, 2, 0, -2],
        [0, 0, -1, 0, 1],
        [1, -1, 0, 0, 0],
        [0, 0, 0, 0, 0],
        [-3, 12, 0, 0, 0],
    ]
    assert project.text == 'Two farms,\n"as they may be"'
    assert project.reasons == {(0, 1): "Money buys land"}
    assert project.kept[1][-1] == "FF00FF"
    assert project.unread == ()


def test_it_is_written_as_it_stood():
    project = parse_project(PROJECT, source="garden.scw")
    assert project_bytes(project).decode("cp1252").replace("\r\n", "\n") == PROJECT


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_encodings_and_ends_of_lines_do_not_matter(encoding, ends, tmp_path):
    text = PROJECT.replace("Land", "Länder – Boden").replace("\n", ends)
    (tmp_path / "a.scw").write_bytes(text.encode(encoding))
    assert read_project(tmp_path / "a.scw").descriptors[1].name == "Länder – Boden"


def test_a_project_without_short_names_colours_and_texts_is_read():
    head = PROJECT[: PROJECT.index("#\n&Fund")]
    matrix = PROJECT[PROJECT.index(" 0 , 0 , 2") : PROJECT.index("#\n# 0-0")]
    project = parse_project(f"{head}#\n#\n#\n#\n#\n{matrix}#\n", source="a.scw")
    assert project.descriptors[1].short_states == ("", "", "")
    assert project.judgements[4, 1] == 12


def test_sections_of_unknown_meaning_are_kept_and_told():
    project = parse_project(PROJECT.replace("sec\n#\n#", "sec\n#\nA1 B2\n#"), source="a.scw")
    assert project.unread == (3,)
    assert parse_project(project_bytes(project).decode("cp1252"), source="") == project


@pytest.mark.parametrize(
    ("change", "line", "problem"),
    [
        (("4.0", "3.0"), 1, "says '.* 3.0', and only files of ScenarioWizard 4.0 are known"),
        (("$ ScenarioWizard 4.0", "title"), 1, "is no project file of ScenarioWizard"),
        (("&Municipal funding\n", ""), 3, "found ' -It is cut' where `&descriptor` is expected"),
        ((" -Secured\n", "Secured\n"), 9, "found 'Secured' where"),
        ((" sec\n", ""), 11, "the short names are not as many"),
        (("12 ,", "1.5,"), 31, "in the row of Land, Secured: '1.5' in column 2 is no whole number"),
        (("12 ,", ","), 31, "'' in column 2 is no whole number"),
        (("12 ,", "9999999 ,"), 31, "no whole number from"),
        (("-3 ,12 , 0 , 0 , 0 \n", "-3 ,12 , 0 , 0\n"), 31, "4 numbers, and there are 5 states"),
        (("-3 ,12 , 0 , 0 , 0 \n", ""), 30, "the matrix has 4 rows, and there are 5 states"),
        (("-3 ,12 , 0 , 0 , 0 \n", "-3 ,12 , 0 , 0 , 1\n"), 31, "does not act on itself"),
        (('# Land -> Land\n""\n', ""), 33, "6 texts follow the matrix, and 7 are expected"),
        (('"Who may use it"', '"Who may use it'), 39, "does not end with a quotation mark"),
        ((PROJECT[PROJECT.index("\n#\n# 0-0") :], ""), 27, "is not ended by a line `#`"),
    ],
)
def test_a_broken_project_is_refused_at_its_line(change, line, problem):
    assert change[0] in PROJECT
    with pytest.raises(InputFaults, match=problem) as raised:
        parse_project(PROJECT.replace(*change, 1), source="garden.scw")
    assert raised.value.faults[0].line == line


def test_somewhereland_has_its_ten_published_scenarios_by_way_of_a_project():
    impacts = somewhereland()
    descriptors = tuple(ProjectDescriptor(name, states) for name, states in impacts.states.items())
    written = ScenarioWizardProject("Somewhereland", descriptors, impacts.judgements.astype(np.int64))
    read = parse_project(project_bytes(written).decode("cp1252"), source="")
    found = consistent_scenarios(CrossImpacts.of(impacts.states, read.judgements))
    assert {words(each) for each in found.scenarios} == set(BASINS)


def project(**changes):
    names = {"name": "Land", "states": ("a", "b"), "short": "", "text": ""} | changes
    descriptors = (ProjectDescriptor(**names), ProjectDescriptor("Money", ("c", "d")))
    return ScenarioWizardProject("x", descriptors, np.zeros((4, 4), dtype=np.int64))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": "Two\nlines"}, "the descriptor 'Two.*has what cannot be printed"),
        ({"name": ""}, "the descriptor '' is blank"),
        ({"name": " Land"}, "begins or ends with a blank"),
        ({"name": "Money"}, "two descriptors have the same name"),
        ({"states": ("a", "a")}, "or one twice"),
        ({"states": ("a", "Łąka")}, "holds 'Łą', which Windows' encoding .* lacks"),
        ({"states": ("a", "Ã¤")}, "look like UTF-8"),
        ({"short": "#a"}, "begins with &, # or -"),
        ({"text": "one\n# two"}, "has a line that begins with #"),
    ],
)
def test_what_the_format_cannot_hold_is_refused(changes, problem):
    with pytest.raises(InnosiError, match=problem):
        project_bytes(project(**changes))


LETTERS = st.characters(codec="cp1252", exclude_categories=("C", "Z"))
NAMES = st.text(LETTERS, min_size=1, max_size=8).filter(lambda each: not each.startswith(("&", "#", "-")))
TEXTS = st.text(st.one_of(LETTERS, st.sampled_from(' "\n')), max_size=20).filter(
    lambda text: not any(line.startswith("#") for line in text.split("\n"))
)


@st.composite
def projects(draw):
    names = draw(st.lists(NAMES, min_size=2, max_size=4, unique=True))
    descriptors = []
    for name in names:
        states = tuple(draw(st.lists(NAMES, min_size=2, max_size=3, unique=True)))
        shorts = draw(st.sampled_from([("",) * len(states), states]))
        descriptors.append(ProjectDescriptor(name, states, draw(st.just("") | NAMES), shorts, draw(TEXTS)))
    sizes = [len(each.states) for each in descriptors]
    n, owner = sum(sizes), np.repeat(np.arange(len(sizes)), sizes)
    matrix = draw(st.lists(st.integers(-32767, 32767), min_size=n * n, max_size=n * n))
    matrix = np.where(owner[:, None] == owner, 0, np.array(matrix).reshape(n, n))
    pairs = st.tuples(st.integers(0, len(sizes) - 1), st.integers(0, len(sizes) - 1))
    reasons = draw(st.dictionaries(pairs, TEXTS.filter(bool), max_size=3))
    return ScenarioWizardProject(draw(NAMES), tuple(descriptors), matrix, draw(TEXTS), reasons)


@settings(max_examples=60, deadline=None)
@given(projects())
def test_what_is_written_is_read_again(tmp_path_factory, written):
    path = tmp_path_factory.getbasetemp() / "round.scw"
    try:
        write_project(path, written)
    except InnosiError as error:
        assert "look like UTF-8" in str(error)  # noqa: PT017 - the one thing that such names can be refused for
        return
    assert read_project(path) == written
