"""`innosi build report`: all files of a workshop on one page that is whole, readable and tells no secrets."""

import re
import shutil
from itertools import pairwise
from pathlib import Path

import lxml.html
import pytest

from innosi.forecast.cli.build.report_steps import SHOWINGS, sheet_of
from innosi.forecast.cli.build.report_words import in_words
from innosi.forecast.cli.output import Table
from innosi.forecast.report.sources import said_of_its_data
from innosi.forecast.report.workshop_report import breakable, coded, sentence
from innosi.scenarios.construction.methods import METHODS
from innosi.scenarios.loading.document import read_document

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "farming-futures"
FILES = [
    *("signals", "drivers", "axes", "futures_table", "balance", "balance-experts", "cross_impact", "trend"),
    *("structure", "actors", "map", "peoples-maps", "wheel", "horizons", "backcast", "scenarios"),
]
SECRETS = ("on the letter from", "It came on a Friday", "keep it to herself")
"""What the story without consent tells; see the example's signals.yaml."""
AT_ODDS = """
method: cross_impact
title: Two events
pairs_left_out: no_direct_effect
events:
  rain: {title: It rains, probability: 50%}
  sun: {title: The sun shines, probability: 50%}
conditional:
  rain:
    sun: {happens: 90%, otherwise: 80%}
"""


@pytest.fixture(scope="module")
def farm(tmp_path_factory):
    return Path(shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("workshop") / "farm"))


@pytest.fixture(scope="module")
def dossier(farm):
    """The page of all example files."""
    from click.testing import CliRunner

    from innosi.forecast.cli import cli

    def run(*arguments):
        result = CliRunner().invoke(cli, [str(each) for each in arguments], prog_name="innosi")
        assert result.exit_code == 0, result.output
        return result

    scenarios = farm / "scenarios.yaml"
    run("build", "balance", "scenarios", farm / "balance.yaml", "--to", scenarios, "--weight", "basin")
    result = run("build", "report", *(farm / f"{name}.yaml" for name in FILES), "--to", farm / "dossier.html")
    assert result.output == f"{farm / 'dossier.html'}: 16 steps on one page\n"
    return (farm / "dossier.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(dossier):
    return lxml.html.document_fromstring(dossier)


def step(page, number):
    (found,) = page.xpath(f"//section[h2[@id='step-{number}']]")
    return found


def text(element):
    return " ".join(element.text_content().replace("\u00a0", " ").split())


def test_every_file_of_a_workshop_is_a_step_with_its_question_picture_and_tables(page):
    assert len(page.xpath("//section[@class='step']")) == len(FILES)
    questions = {each.question for each in METHODS.values()}
    for number in range(1, len(FILES) + 1):
        found = step(page, number)
        assert found.xpath(".//figure//*[local-name()='svg']"), number
        assert found.xpath(".//table//td"), number
        if number < len(FILES):
            assert text(found.xpath("p[@class='lead']")[0]) in questions


def test_the_contents_lead_to_every_step_and_tell_what_it_shows(page):
    links = page.xpath("//ol[@class='contents']//a/@href")
    assert links == [f"#step-{number}" for number in range(1, len(FILES) + 1)]
    assert text(page.xpath("//ol[@class='contents']/li[5]/p")[0]).startswith("5 futures hang together")
    heads = [text(each) for each in page.xpath("//ol[@class='contents']/li/a")]
    assert len(set(heads)) == len(heads), "two files of one method are told apart"


def test_ids_are_unique_and_everything_that_is_pointed_at_is_there(page, dossier):
    ids = page.xpath("//@id")
    assert len(set(ids)) == len(ids)
    pointed = re.findall(r'(?:href="#|url\(#)([^")]+)', dossier)
    pointed += page.xpath("//@aria-labelledby|//@aria-describedby")
    assert set(pointed) <= set(ids)


def test_tables_and_pictures_say_what_they_are(page):
    for table in page.xpath("//table"):
        assert text(table.xpath("caption")[0])
        assert all(each.get("scope") for each in table.xpath(".//th"))
        n_columns = len(table.xpath("thead/tr/*"))
        assert {len(row) for row in table.xpath("tbody/tr")} == {n_columns}
    for svg in page.xpath("//figure//*[local-name()='svg']"):
        title, about = svg.xpath("*[local-name()='title' or local-name()='desc']")
        assert text(title)
        assert text(about)
        assert svg.get("aria-labelledby") == title.get("id")
        assert svg.get("role") == "img"


def test_headings_go_down_by_one_level_at_a_time(page):
    levels = [int(each.tag[1]) for each in page.xpath("//h1|//h2|//h3|//h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_nothing_is_fetched_from_elsewhere(page, dossier):
    assert not page.xpath("//link|//script|//img|//iframe|//object|//embed|//*[@src]|//base")
    hrefs = page.xpath("//@href") + page.xpath("//@*[name()='xlink:href']")
    assert [each for each in hrefs if not each.startswith(("#", "data:image/png;"))] == []
    assert "@import" not in dossier
    assert not re.search(r"url\((?!#)", dossier)


def test_a_story_without_consent_is_counted_and_nowhere_to_be_read(page, dossier):
    register = (EXAMPLE / "signals.yaml").read_text(encoding="utf-8")
    assert all(each in register for each in SECRETS), "else nothing is held here"
    assert not any(each in dossier for each in SECRETS)
    assert "1 without consent: counted, and not shown" in text(step(page, 1))
    assert "On Sundays I miss the soup." in dossier


def test_no_folder_of_whoever_made_it_stands_on_the_page(dossier, farm):
    assert str(farm) not in dossier
    assert str(Path.home()) not in dossier


def test_a_balance_says_why_each_of_its_futures_hangs_together(page):
    reasons = step(page, 5).xpath(".//div[@class='reason']")
    assert len(reasons) == 5
    assert text(reasons[0].xpath("h4")[0]) == "The garden of the city (city_garden) is consistent"
    assert len(reasons[0].xpath("ul/li")) == 6
    assert "because of" in text(reasons[0].xpath("ul/li")[0])


def test_states_stand_by_their_titles_and_numbers_on_the_right(page):
    table = step(page, 5).xpath(".//table[.//th[normalize-space()='basin']]")[0]
    assert "Funding by the municipality" in [text(each) for each in table.xpath("thead//th")]
    first = table.xpath("tbody/tr[1]/*")
    assert [text(each) for each in first[:3]] == ["The garden of the city", "1", "Raised"]
    heads = map(text, table.xpath("thead//th"))
    kinds = {head: cell.get("class") for head, cell in zip(heads, first, strict=True)}
    assert [kinds[column] for column in ("score", "inconsistency", "basin")] == ["n", "n", "n"]


def test_long_tables_are_folded_and_others_are_not(page):
    for table in page.xpath("//section[@class='step']//table[not(ancestor::div[@class='reason'])]"):
        is_long = len(table.xpath("tbody/tr")) > 16
        assert bool(table.xpath("ancestor::details/summary")) == is_long


def test_the_scenarios_close_the_page_with_what_innosi_run_shows(page, innosi, farm):
    last = step(page, len(FILES))
    shown = innosi("run", farm / "scenarios.yaml").output
    ratio = re.search(r"^city_garden +base +([\d.]+)", shown, re.MULTILINE)[1]
    rows = [[text(cell) for cell in row] for row in last.xpath(".//table[1]/tbody/tr")]
    assert [row[1] for row in rows if row[0] == "The garden of the city (city_garden)"] == [ratio]
    assert "basins of global succession, which are no probabilities" in text(last)
    assert rows[-1][0] == "all scenarios"


def test_what_is_assumed_or_simulated_is_told_in_the_files_own_words(page):
    assert "Every step rests, at least in part, on what is assumed or simulated" in text(page)
    assert "The ratings are SIMULATED: nobody was asked." in text(step(page, 2).xpath("p[@class='said']")[0])
    assert "rest on an assumption" in text(step(page, len(FILES)).xpath("p[@class='said']")[0])


def test_the_page_says_when_and_from_what_it_was_made(page):
    table = page.xpath("//table[caption[contains(., 'SHA-256')]]")[0]
    rows = {text(row[0]): [text(each) for each in row[1:]] for row in table.xpath("tbody/tr")}
    assert rows["balance.yaml"][0] == "5"
    assert rows["votes.csv"][0] == "1"
    assert rows["balance.yaml"][1] == read_document(EXAMPLE / "balance.yaml").sha256
    assert re.search(r"Made at \d{4}-\d\d-\d\dT\d\d:\d\d\+00:00 by innosi \d", text(page))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (["nope.yaml"], "nope.yaml: no such file"),
        (["axes.yaml", "./axes.yaml"], "is given twice"),
        (["scenario.yaml", "axes.yaml"], "is a scenario file, which closes the page; give it last"),
        (["study.yaml"], "is a Delphi study"),
        (["other.yaml"], "is no file of `innosi build`, and no scenario file; give files that begin with"),
        (["votes.csv"], "must hold `key: value` lines"),
        (["unknown.yaml"], "found 'axis', which is no method"),
        (["broken.yaml", "axes.yaml", "unknown.yaml"], "2 files cannot be shown"),
    ],
)
def test_what_cannot_be_shown_is_told(files, said, innosi, farm, tmp_path, monkeypatch):
    monkeypatch.chdir(farm)
    Path("study.yaml").write_text("title: s\nquestions: {}\n", encoding="utf-8")
    Path("other.yaml").write_text("title: s\n", encoding="utf-8")
    Path("unknown.yaml").write_text("method: axis\ntitle: s\n", encoding="utf-8")
    Path("broken.yaml").write_text("method: drivers\ntitle: s\ndrivers: {}\n", encoding="utf-8")
    result = innosi("build", "report", *files, "--to", tmp_path / "page.html")
    assert result.exit_code == 2
    assert said in result.stderr
    assert not any(tmp_path.iterdir())


def test_a_page_is_made_anew_but_what_others_made_or_changed_is_kept(innosi, farm, tmp_path):
    page = tmp_path / "page.html"
    make = ("build", "report", farm / "axes.yaml", "--to", page)
    assert innosi(*make).exit_code == 0
    assert innosi(*make, "--title", "Four <i>futures</i>").exit_code == 0
    made = page.read_text(encoding="utf-8")
    assert "<h1>Four &lt;i&gt;futures&lt;/i&gt;</h1>" in made
    page.write_text(made.replace("Four", "Our"), encoding="utf-8")
    assert "was changed since it was made" in innosi(*make).stderr
    page.write_text("<!doctype html>", encoding="utf-8")
    assert "was not made by this command" in innosi(*make).stderr
    assert page.read_text(encoding="utf-8") == "<!doctype html>"
    refused = innosi("build", "report", farm / "axes.yaml", "--to", tmp_path / "page.pdf")
    assert refused.exit_code == 2
    assert "give a name that ends in .html" in refused.stderr


def test_what_has_no_picture_yet_is_shown_without_and_says_why(innosi, tmp_path):
    (tmp_path / "drivers.yaml").write_text(
        "method: drivers\ntitle: What drives us\ndrivers: {a: {title: A}, b: {title: B}}\n", encoding="utf-8"
    )
    result = innosi("build", "report", tmp_path / "drivers.yaml", "--to", tmp_path / "page.html")
    assert result.exit_code == 0, result.output
    found = lxml.html.parse(str(tmp_path / "page.html")).getroot()
    assert not found.xpath("//figure")
    assert "nobody has rated the drivers" in text(step(found, 1))
    assert not found.xpath("//p[@role='note']"), "nothing is assumed where the file does not say so"


def test_judgements_that_cannot_go_together_are_shown_with_what_must_move(innosi, tmp_path):
    (tmp_path / "events.yaml").write_text(AT_ODDS, encoding="utf-8")
    checked = innosi("check", tmp_path / "events.yaml")
    result = innosi("build", "report", tmp_path / "events.yaml", "--to", tmp_path / "page.html")
    assert result.exit_code == checked.exit_code == 0, checked.output + result.output
    said = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "Judgements that must move to go together" in said


def test_events_that_are_too_many_for_one_way_are_shown_by_another(innosi, tmp_path):
    events = "".join(f"  event_{i}: {{title: Event {i}, probability: 30%}}\n" for i in range(16))
    (tmp_path / "events.yaml").write_text(
        f"method: cross_impact\ntitle: Many\npairs_left_out: no_direct_effect\nevents:\n{events}"
        "conditional:\n  event_0: {event_1: 40%}\n",
        encoding="utf-8",
    )
    result = innosi("build", "report", tmp_path / "events.yaml", "--to", tmp_path / "page.html")
    assert result.exit_code == 0, result.output
    found = step(lxml.html.parse(str(tmp_path / "page.html")).getroot(), 1)
    assert "innosi build cross-impact joint: 16 factors have 65,536 combinations" in text(found)
    assert found.xpath(".//figure")


def test_every_method_is_shown_and_asks_what_the_handbook_says_it_asks():
    assert SHOWINGS.keys() == METHODS.keys()
    table = (ROOT / "docs" / "constructing-scenarios.md").read_text(encoding="utf-8")
    for method in METHODS.values():
        assert re.search(rf"^\| {re.escape(method.question)} \|.*`innosi build {method.command}", table, re.M)


def test_sentences_that_say_so_are_found_in_the_first_comment_and_the_description(tmp_path):
    file = tmp_path / "file.yaml"
    file.write_text(
        "# Made by `innosi build signals` from assumed.yaml (0123456789ab)\n"
        "# Real people. Their votes are\n# made up! Nothing else.\ntitle: Simulated\n"
        "description: Rain was measured. Sun is assumed.\n# later: simulated\n",
        encoding="utf-8",
    )
    assert said_of_its_data(read_document(file)) == ("Their votes are made up!", "Sun is assumed.")


def test_cells_read_as_people_read_them():
    table = Table(
        "Farm: what drives it",
        ("name", "a_share", "place", "nothing", "land"),
        [("a_b", -1.5, "3 %", "", "few"), ("c", 2, "−4", "", "many")],
    )
    data = {"descriptors": {"land": {"title": "The land", "states": {"few": "Little", "many": None}}}}
    sheet = sheet_of(in_words(table, data), "Farm")
    assert sheet.title == "what drives it"
    assert sheet.columns == ("name", "a share", "place", "The land")
    assert sheet.rows == (("a_b", "−1.50", "3 %", "Little"), ("c", "2", "−4", "many"))
    assert sheet.are_numeric == (False, True, True, False)
    assert sheet_of(Table("INCOMPLETE: Farm: 3", (), []), "Farm").title == "INCOMPLETE: 3"


def test_texts_are_escaped_whatever_is_done_to_them():
    assert breakable("a_b<i>") == "a_<wbr>b&lt;i&gt;"
    assert coded("see `<key>`") == "see <code>&lt;key&gt;</code>"
    assert sentence("clusters: 3") == "Clusters: 3"
    assert sentence("city_garden: x") == "city_garden: x"
    assert sentence("innosi build tells all") == "innosi build tells all"
