import csv
import json
import sqlite3

import pytest
from click.testing import CliRunner
from kept_study import keep_everything

from innosi.forecast.cli import cli
from innosi.forecast.store.opening import open_store
from innosi.forecast.store.panel import read_consents, read_panel
from innosi.forecast.study import load_study

pytestmark = pytest.mark.parametrize("store_url", [""], ids=["sqlite"])


@pytest.fixture
def innosi(garden, garden_store, monkeypatch):
    """Run a command in the folder of a study with rows in every table."""
    monkeypatch.chdir(garden.path.parent)

    def run(command, *arguments, code=0, **options):
        result = CliRunner().invoke(cli, ["delphi", command, "garden.yaml", *arguments], **options)
        assert result.exit_code == code, result.output
        return result.output

    return run


def edit(garden, old, new):
    garden.path.write_text(garden.path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


# ── Upkeep ──


def test_a_backup_lies_beside_the_study_and_brings_it_back(innosi, garden, tmp_path):
    assert "answers" in innosi("backup")
    (path,) = tmp_path.glob("garden-backup-20*.zip")
    garden.path.with_suffix(".sqlite").unlink()
    assert "restored into" in innosi("restore", path.name)
    assert "sound" in innosi("verify")
    assert "holds this study already" in innosi("restore", path.name, code=2)
    assert "restored into" in innosi("restore", path.name, "--replace")


def test_a_backup_is_never_written_over_a_file(innosi, tmp_path):
    (tmp_path / "kept.zip").write_bytes(b"mine")
    assert "is there already; name a new file" in innosi("backup", "--to", "kept.zip", code=2)
    assert (tmp_path / "kept.zip").read_bytes() == b"mine"


def test_who_was_erased_since_a_backup_is_told_when_it_is_restored(innosi):
    innosi("backup", "--to", "b.zip")
    innosi("erase", "K01", "--because", "asked", "--yes")
    assert "WARNING: 1 person whose data were erased since" in innosi("restore", "b.zip", "--replace")


def test_what_is_wrong_in_a_store_is_told_with_code_1(innosi, garden):
    assert innosi("verify") == "sound\n"
    with sqlite3.connect(garden.path.with_suffix(".sqlite")) as connection:
        connection.execute('UPDATE answers SET parts = replace(parts, "5.0", "9.0")')
    assert "the scale runs from 1 to 5" in innosi("verify", code=1)
    (table,) = json.loads(innosi("verify", "--format", "json", code=1))
    assert table["rows"][0]["where"].startswith("answers, row")


def test_a_damaged_store_is_told_and_a_backup_takes_its_place(innosi, garden):
    innosi("backup", "--to", "b.zip")
    garden.path.with_suffix(".sqlite").write_bytes(b"no store at all" * 1000)
    assert "damaged" in innosi("verify", code=1)
    assert "the damaged file lies in" in innosi("restore", "b.zip", "--replace")
    assert innosi("verify") == "sound\n"


def test_a_store_of_this_version_needs_no_upgrade(innosi):
    assert "nothing to do" in innosi("upgrade")


# ── Privacy ──


def test_consent_is_recorded_and_refused(innosi, garden, garden_store):
    assert "has no text to which panellists could agree" in innosi("consent", "K05", code=2)
    edit(garden, "name: garden\n", "name: garden\nprivacy: {consent: I take part.}\n")
    garden.path.with_suffix(".sqlite").unlink()
    study = load_study(garden.path)
    keep_everything(study)
    assert innosi("consent", "K05", "K04") == "agreed: K05, K04\n"
    assert innosi("consent", "K04", "--refused", "--how", "e-mail") == "refused: K04\n"
    with open_store(study).reading() as transaction:
        said = read_consents(transaction)
    assert (said["K05"], said["K04"]) == (True, False)


def test_somebody_withdraws_once(innosi, garden_store):
    assert "Aborted" in innosi("withdraw", "K02", code=1)
    assert innosi("withdraw", "K02", "--yes") == "withdrawn: K02\n"
    assert "has withdrawn already" in innosi("withdraw", "K02", "--yes", code=2)
    with garden_store.reading() as transaction:
        assert read_panel(transaction)["K02"].withdrawn_at is not None


def test_all_that_is_kept_of_somebody_is_json(innosi, tmp_path):
    shown = json.loads(innosi("access", "K01"))
    assert shown["identities"][0]["email"] == "anna@garden.example"
    assert "may read it" in innosi("access", "K01", "--to", "k01.json")
    assert json.loads((tmp_path / "k01.json").read_text(encoding="utf-8")) == shown
    assert (tmp_path / "k01.json").stat().st_mode & 0o077 == 0


def test_erasing_asks_first_and_shows_a_proof(innosi, garden_store):
    assert "cannot be undone" in innosi("erase", "K01", "--because", "asked", code=1, input="n\n")
    with garden_store.reading() as transaction:
        assert "K01" in read_panel(transaction)
    told = innosi("erase", "K01", "--because", "asked", input="y\n")
    assert "deleted: answers: 12, arguments: 1, and who it was" in told
    assert "proof: 3 names, addresses and pseudonyms were looked for in all of the store" in told
    assert "none was found; other forms of a name" in told


@pytest.mark.parametrize("command", [("erase", "K01", "--because", "asked"), ("anonymise", "--blot-names")])
def test_what_lies_beside_a_study_and_may_hold_names_is_named(innosi, tmp_path, command):
    beside = [
        "garden-backup-2027-01-01-000000.zip",
        "garden.sqlite.damaged-20270101-000000",
        "a.csv.rejects.csv",
    ]
    for name in (*beside, "meadow-backup-2027-01-01-000000.zip"):
        (tmp_path / name).write_bytes(b"Anna Jansen")
    told = innosi(*command, "--yes")
    assert [
        name for name in beside if f"may still hold it, and was not looked into: {name};" in told
    ] == beside
    assert "meadow" not in told


def test_words_that_may_be_forms_of_a_name_are_shown_before_anonymising(innosi):
    innosi("moderate", "2", "edit", "Ask Annie", "--because", "a test")
    told = innosi("anonymise", input="n\n", code=1)
    assert "words that may be names in" in told
    assert "Annie" in told


def test_what_is_left_of_somebody_ends_an_erasure_with_code_1(innosi, garden_store):
    innosi("moderate", "2", "edit", "As Anna Jansen says", "--because", "a test")
    told = innosi("erase", "K01", "--because", "asked", "--yes", code=1)
    assert "STILL THERE" in told
    assert "moderations.value" in told


def test_anonymising_tells_the_names_in_texts_and_waits_for_a_decision(innosi, garden_store):
    innosi("moderate", "1", "edit", "It is near, says Anna", "--because", "as it was")
    told = innosi("anonymise", "--yes", code=2)
    assert "argument 1" in told
    assert "panellists are named in texts" in told
    assert "exclude each other" in innosi("anonymise", "--blot-names", "--leave-names", code=2)
    assert "draws all pseudonyms anew" in innosi("anonymise", "--blot-names", code=1, input="n\n")
    told = innosi("anonymise", "--blot-names", input="y\n")
    assert "anonymous: 5 panellists" in told
    assert "none was found" in told
    assert "knows no panellist 'K01'" in innosi("access", "K01", code=2)


# ── Arguments ──


def test_arguments_never_show_their_authors_unasked(innosi):
    (table,) = json.loads(innosi("arguments", "--format", "json"))
    assert [(each["number"], each["for"], each["hidden"]) for each in table["rows"]] == [
        (1, 1, False),
        (2, 0, True),
    ]
    assert "K01" not in innosi("arguments")
    told = innosi("arguments", "--authors", "--hidden")
    assert "K02" in told
    assert "facilitator only" in told


def test_an_argument_is_moderated_and_voted_on(innosi, tmp_path):
    assert "argument 2 (shown, category –): It is far" in innosi("moderate", "2", "show", "--because", "x")
    (tmp_path / "votes.csv").write_text("panellist,argument,vote\nK04,2,for\n", encoding="utf-8")
    assert innosi("votes", "votes.csv") == "votes: 1 new, 0 changed, 0 as before\n"
    (tmp_path / "votes.csv").write_text("panellist,argument,vote\nK02,2,for\n", encoding="utf-8")
    assert "line 2" in innosi("votes", "votes.csv", code=2)


def test_a_proposal_is_decided_on(innosi):
    assert "none yet" in innosi("proposals")
    assert "go together" in innosi("proposals", "--accept", "2", code=2)
    assert "write it into the study file" in innosi("proposals", "--accept", "2", "--as", "cats", code=2)
    assert "became 'why'" in innosi("proposals", "--accept", "2", "--as", "why")
    assert "K01" not in innosi("proposals")


# ── Data ──


def test_data_are_written_into_a_new_folder(innosi, tmp_path):
    assert "README.txt" in innosi("data", "--to", "data")
    with (tmp_path / "data" / "answers.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len({each["code"] for each in csv.DictReader(file)}) == 4
    assert "is not empty" in innosi("data", "--to", "data", code=2)


def test_a_study_of_which_nothing_is_kept_says_how_it_begins(garden, innosi, store_url):
    edit(garden, "name: garden", "name: another")
    garden.path.rename(garden.path.with_name("other.yaml"))
    result = CliRunner().invoke(cli, ["delphi", "verify", "other.yaml"])
    assert result.exit_code == 2
    assert "there is no store of this study yet" in result.output
