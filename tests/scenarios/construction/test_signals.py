"""Signals: what is alike, what was voted for, and how a register is read."""

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innosi.models.errors import InnosiError, InputFaults
from innosi.scenarios.construction.signals.clustering import (
    distinguishing_terms,
    mean_silhouette,
    near_identical,
    part,
)
from innosi.scenarios.construction.signals.register import FirstSeen
from innosi.scenarios.construction.signals.register_reading import register_from
from innosi.scenarios.construction.signals.similarity import term_weights, words_in
from innosi.scenarios.construction.signals.voting import rank_votes
from innosi.scenarios.loading.document import parse_document
from innosi.scenarios.tables.columns import number_in, read_table

RUSPINI = """
4 53 5 63 10 59 9 77 13 49 13 69 12 88 15 75 18 61 19 65 22 74 27 72 28 76 24 58 27 55 28 60 30 52 31 60 32 61
36 72 28 147 32 149 35 153 33 154 38 151 41 150 38 145 38 143 32 143 34 141 44 156 44 149 44 143 46 142 47 149
49 152 50 142 53 144 52 152 55 155 54 124 60 136 63 139 86 132 85 115 85 96 78 94 74 96 97 122 98 116 98 124
99 119 99 128 101 115 108 111 110 111 108 116 111 126 115 117 117 115 70 4 77 12 83 21 61 15 69 15 78 16 66 18
58 13 64 20 69 21 66 23 61 25 76 27 72 31 64 30
"""


def distances_of(points):
    return np.linalg.norm(points[:, None] - points[None, :], axis=2)


def test_the_silhouette_of_ruspinis_points_is_the_published_one():
    """Ruspini (1970), in R's cluster package: silhouette(pam(ruspini, 4)); its four clusters."""
    points = np.array(RUSPINI.split(), dtype=float).reshape(-1, 2)
    labels = np.repeat([0, 1, 2, 3], [20, 23, 17, 15])
    assert mean_silhouette(distances_of(points), labels) == pytest.approx(0.7376575, abs=1e-6)


@given(st.lists(st.tuples(st.floats(-9, 9), st.integers(0, 2)), min_size=3, max_size=9))
def test_the_silhouette_is_that_of_its_definition(drawn):
    points, labels = np.array([x for x, _ in drawn])[:, None], np.array([label for _, label in drawn])
    labels[:2] = 0, 1
    distances = distances_of(points)
    by_hand = []
    for i, own in enumerate(labels):
        mates = [j for j in np.flatnonzero(labels == own) if j != i]
        within = np.mean(distances[i, mates]) if mates else 0.0
        nearest = min(np.mean(distances[i, labels == other]) for other in set(labels) - {own})
        widest = max(within, nearest)
        by_hand.append((nearest - within) / widest if mates and widest else 0.0)
    assert mean_silhouette(distances, labels) == pytest.approx(np.mean(by_hand))


def test_term_weights_are_those_of_the_textbook():
    """The worked example of scikit-learn's user guide ("Tf–idf term weighting", smooth_idf)."""
    counts = [[3, 0, 1], [2, 0, 0], [3, 0, 0], [4, 0, 0], [3, 2, 0], [3, 0, 2]]
    texts = [[word for word, n in zip("abc", row, strict=True) for _ in range(n)] for row in counts]
    known = [
        [0.85151335, 0, 0.52433293],
        [1, 0, 0],
        [1, 0, 0],
        [1, 0, 0],
        [0.55422893, 0.83236428, 0],
        [0.63035731, 0, 0.77630514],
    ]
    np.testing.assert_allclose(term_weights(texts).weights, known, atol=1e-8)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("De volkstuin ÉN het Huis", ["volkstuin", "huis"]),
        ("Οι ΗΛΙΚΙΩΜΈΝΟΙ και οι ηλικιωμένοι", ["ηλικιωμενοι", "ηλικιωμενοι"]),
        ("Vanhukset ja ÄITI, että lapsi", ["vanhukset", "äiti", "lapsi"]),
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("Öregek nem 123 żółć", ["öregek", "żółć"]),
        ("e\u0301t\u00e9 \u00e9te\u0301", ["été", "été"]),
        ("a b 12 --", []),
    ],
)
def test_words_are_read_in_every_script(text, words):
    assert words_in(text) == words


TEXTS = [
    "land lease",
    "land lease year",
    "lease land plot",
    "soup kitchen",
    "soup kitchen oven",
    "oven soup bread",
]


def test_texts_are_parted_by_their_words_and_named_by_what_tells_them_apart():
    weighted = term_weights([text.split() for text in TEXTS])
    found = part(weighted)
    assert found.labels.tolist() == [0, 0, 0, 1, 1, 1]
    named = distinguishing_terms(weighted, found.labels)
    assert [terms[0] for terms in named] == ["land", "soup"]
    assert "lease" in named[0]
    assert "highest mean silhouette" in found.words
    assert part(weighted, n_clusters=3).n_clusters == 3


@given(st.permutations(range(6)))
def test_clusters_do_not_hang_on_the_order_of_the_texts(order):
    labels = part(term_weights([TEXTS[i].split() for i in order])).labels
    groups = {frozenset(np.array(order)[labels == label].tolist()) for label in set(labels.tolist())}
    assert groups == {frozenset({0, 1, 2}), frozenset({3, 4, 5})}


@pytest.mark.parametrize(
    ("texts", "labels"),
    [([], []), ([[]], [-1]), ([["a"]], [0]), ([["a"], [], ["b"]], [0, -1, 0]), ([["a"]] * 6, [0] * 6)],
)
def test_few_or_like_texts_are_not_parted(texts, labels):
    assert part(term_weights(texts)).labels.tolist() == labels


def test_more_clusters_than_texts_that_differ_are_refused():
    with pytest.raises(InnosiError, match="3 clusters are asked for, and 2 texts differ"):
        part(term_weights([["a"], ["a"], ["b"], ["b"]]), n_clusters=3)


def test_near_identical_texts_are_told_even_where_there_are_but_two():
    assert near_identical(term_weights([["a", "b"], ["b", "a"]])) == ((0, 1, pytest.approx(1.0)),)
    assert near_identical(term_weights([["a", "b"], ["c", "d"]])) == ()


def test_votes_are_ranked_with_ties():
    found = rank_votes([[3, 1, 1, 0], [2, 2, 1, 0]])
    assert found.totals.tolist() == [5, 3, 2, 0]
    assert rank_votes([[3, 2, 2, 0]]).ranks.tolist() == [1, 2, 2, 4]
    assert rank_votes([[3, 2, 2, 0]]).is_tied.tolist() == [False, True, True, False]
    assert found.n_voters.tolist() == [2, 2, 2, 0]


def test_places_hold_where_all_agree_and_do_not_hang_on_the_order_of_participants():
    agreed = rank_votes([[3, 1, 0]] * 8)
    assert (agreed.rank_low == agreed.ranks).all()
    assert (agreed.rank_high == agreed.ranks).all()
    dots = np.array([[5, 0, 0], [0, 3, 2], [1, 1, 3], [0, 5, 0]])
    one, other = rank_votes(dots), rank_votes(dots[::-1])
    np.testing.assert_array_equal(one.rank_high, other.rank_high)
    assert one.rank_low[0] == 1
    assert one.rank_high[0] == 3


@pytest.mark.parametrize("dots", [[], [[]], [[-1]], [[0.5]], [[np.nan]], [1, 2]])
def test_votes_that_are_none_are_refused(dots):
    with pytest.raises(InnosiError):
        rank_votes(dots)


REGISTER = """\
method: signals
title: What we saw
signals:
  lease:
    title: Leases run for a year
    category: Political
    tags: land
    first_seen: 2026
  told:
    title: A secret
    what: Told in confidence about Maria
    source: Maria
    category: social
    kind: story
    quotes: [I am afraid]
    tags: [Maria]
    reporter: Heron
    consent: no
tables: [more.csv]
"""
TABLE = "name,title,category,first_seen,tags,kind,consent,quotes\n"
ROWS = "soup,The soup is gone,social,2026-03,food;company,story,yes,I miss it | Truly\n"


@pytest.fixture
def register(tmp_path):
    """Read a register whose table is `more.csv`."""

    def read(text=REGISTER, table=TABLE + ROWS, **files):
        for name, content in {"more_csv": table, **files}.items():
            path = tmp_path / name.replace("_", ".")
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return register_from(parse_document(text, source="register.yaml", folder=tmp_path))

    return read


def test_signals_stand_in_the_file_and_in_its_tables(register):
    found = register()
    assert list(found.signals) == ["lease", "told", "soup"]
    assert found.signals["lease"].category == "political"
    assert found.signals["soup"].quotes == ("I miss it", "Truly")
    assert found.signals["soup"].tags == ("food", "company")
    assert str(found.signals["soup"].first_seen) == "2026-03"
    assert found.summary == "a sound register of signals, 3 signals, 2 of them stories, 2 clusters by text"


def test_of_a_story_without_consent_nothing_is_held_but_the_count(register):
    found = register()
    assert found.counts(lambda each: each.category)["social"] == 2
    assert not found.signals["told"].is_shown
    for secret in ("secret", "Maria", "afraid", "confidence", "Heron"):
        assert secret not in repr(found.signals["told"])
        assert secret.lower() not in repr(found.clusters)
    assert "1 without consent: counted, and not shown" in found.notes


@pytest.mark.parametrize(
    "table",
    [
        TABLE + ROWS,
        "\ufeff" + TABLE + ROWS,
        (TABLE + ROWS).replace("\n", "\r\n"),
        (TABLE + ROWS).replace(";", "|").replace("I miss it | Truly", "I miss it|Truly").replace(",", ";"),
        (TABLE + ROWS).replace(",", "\t"),
    ],
)
def test_a_table_is_read_in_every_form(register, table):
    assert register(table=table).signals["soup"].title == "The soup is gone"


def test_a_workbook_is_read_with_its_days_and_ticks(register, tmp_path):
    import datetime

    book = openpyxl.Workbook()
    book.active.title = "Autumn"
    book.active.append(["Name", "Otsikko", "Category", "First seen", "Kind", "Consent", "Colour"])
    book.active.append(["12", "Νερό", "social", datetime.datetime(2026, 4, 15), "story", True, "red"])  # noqa: DTZ001
    book.create_sheet("Notes").append(["x"])
    book.save(tmp_path / "book.xlsx")
    section = "{file: book.xlsx, sheet: Autumn, columns: {title: otsikko}, ignore: [colour]}"
    found = register(REGISTER.replace("[more.csv]", f"[{section}]"))
    assert found.signals["12"].title == "Νερό"
    assert found.signals["12"].first_seen == FirstSeen(2026, 4, 15)
    assert found.signals["12"].is_shown


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ("category: Political", "category: politics"),
            r"line 6 .*found 'politics'.*did you mean 'political'",
        ),
        (("category: Political\n", "\n"), r"lease.category +is missing"),
        (("2026\n", "2026-13\n"), r"line 8 .*found '2026-13'"),
        (("2026\n", "2026-02-30\n"), r"found '2026-02-30'"),
        (("2026\n", "1066\n"), r"found '1066'"),
        (("tags: land", "quotes: I said so"), r"quotes +belongs to a story"),
        (("reporter: Heron", "reporter: maria@example.org"), r"looks like an address"),
        (("consent: no", "consent: perhaps"), r"found 'perhaps'; write yes or no"),
        (("consent: no", "consent: 1"), r"found 1; write yes or no"),
        (("tags: land", "url: example.org"), r"url"),
        (("tags: land", "evidence: rumour"), r"found 'rumour'"),
        (("title: Leases run for a year", "title: ''"), r"title"),
        (("  lease:", "  le ase:"), r"le ase"),
        (("[more.csv]", "[none.csv]"), r"line 19 +tables.0 +none.csv: no such file"),
        (("[more.csv]", "[{file: more.csv, sheet: A}]"), r"has no sheets"),
        (("[more.csv]", "[{file: more.csv, ignore: [colour]}]"), r"has no column 'colour'"),
        (("tables: [more.csv]", "clusters: {by: text, number: 9}"), r"9 clusters are asked for"),
        (("tables: [more.csv]", "clusters: {by: theme, number: 2}"), r"is for `by: text`"),
        (("title: What we saw", "title: What we saw\ncategories: [a, A]"), r"each once"),
        (("title: What we saw", "title: What we saw\ncategories: STEP"), r"found 'STEP'"),
        (("tables: [more.csv]", "votes: {table: more.csv, dots: 0}"), r"votes.dots"),
    ],
)
def test_a_register_that_is_wrong_is_refused_where_it_is_wrong(register, change, said):
    with pytest.raises(InputFaults, match=said):
        register(REGISTER.replace(*change))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", r"more.csv: is empty"),
        ("\n\n", r"more.csv: is empty"),
        (TABLE, r"no rows below it"),
        (b"name,title\n\xff,x\n", r"more.csv line 2 +holds a character that is not UTF-8; in Excel"),
        (TABLE + 'x,"open,social\n', r"more.csv line 2 +a quotation mark is not closed"),
        (TABLE + "x,a,social,2026,t,signal,no,,,more\n", r"more.csv line 2 +has more cells"),
        (TABLE + ",a,social\n", r"more.csv line 2 +name +is missing"),
        (TABLE + "lease,a,social\n", r"more.csv line 2 +lease +stands twice \(first on line 4\)"),
        (TABLE + "\nx,,social\n", r"more.csv line 3 +x.title +is missing"),
        (TABLE + "x,a,odd\ny,b,odder\n", r"2 faults"),
        (TABLE.replace("category", "categry") + "x,a,b\n", r"did you mean 'category'"),
        (TABLE.replace("tags", "title") + "x,a,b\n", r"two columns are called 'title'"),
        ("title,category\na,social\n", r"has no column 'name'"),
        (TABLE + "x,a,social,2026,t,saga,no\n", r"x.kind"),
        (TABLE + "x,a,social,2026,t,story,maybe\n", r"found 'maybe'; write yes or no"),
        (b"PK\x03\x04broken", r"cannot be read as an Excel workbook"),
    ],
)
def test_a_table_that_is_wrong_is_refused_where_it_is_wrong(register, table, said):
    with pytest.raises(InputFaults, match=said):
        register(table=table)


def test_a_register_that_is_too_long_to_compare_is_refused(register, monkeypatch):
    monkeypatch.setattr("innosi.scenarios.construction.signals.register_reading.MOST_SIGNALS", 2)
    with pytest.raises(InputFaults, match="holds 3 signals; 2 are compared at most"):
        register()


def test_a_title_above_the_heading_is_told(register):
    table = "What we noticed;;\nname;title;category\nsoup;The soup is gone;social\n"
    with pytest.raises(InputFaults, match=r"line 1 +holds 'What we noticed' alone; the first line"):
        register(table=table)


def test_a_column_that_nobody_knows_may_be_ignored(register):
    table = "name,title,category,colour\nsoup,The soup is gone,social,red\n"
    with pytest.raises(InputFaults, match="or name it under `ignore`"):
        register(table=table)
    assert (
        "soup" in register(REGISTER.replace("[more.csv]", "{file: more.csv, ignore: colour}"), table).signals
    )


VOTES = REGISTER + "votes: {table: votes.csv, dots: 3}\n"


def test_votes_are_counted_within_the_budget(register):
    found = register(VOTES, votes_csv="participant;signal;votes\na;lease;2\na;soup;1\nb;soup;2\nb;lease;0\n")
    assert found.votes.total == 5
    assert found.votes.of("soup") == 3
    assert found.votes.n_unspent == 1


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("a,lease,2\na,soup,2\n", r"votes.csv line 3 +votes +here a has given 4 dots, and may give 3"),
        ("a,leas,2\n", r"votes.csv line 2 +signal +found 'leas'.*did you mean 'lease'"),
        ("a,lease,1\na,lease,1\n", r"line 3 +signal +a has voted for 'lease' on an earlier row"),
        (",lease,1\n", r"participant +is missing"),
        ("a,lease,\n", r"votes +found ''"),
        ("a,lease,-1\n", r"found '-1'"),
        ("a,lease,1.5\n", r"found '1.5'"),
        ("a,lease,nan\n", r"found 'nan'"),
        ("a,lease,99999999999999\n", r"found '99999999999999'"),
    ],
)
def test_votes_that_are_wrong_are_refused_at_their_row(register, rows, said):
    with pytest.raises(InputFaults, match=said):
        register(VOTES, votes_csv=f"participant,signal,votes\n{rows}")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7.0),
        ("6,5", 6.5),
        ("6.25", 6.25),
        ("−1", -1.0),
        ("1,000", None),
        ("1e3", None),
        ("inf", None),
        ("", None),
    ],
)
def test_a_number_in_a_cell_is_read_or_not_at_all(text, number):
    assert number_in(text) == number


def test_a_workbook_of_several_sheets_needs_to_be_told_which(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["a"])
    book.create_sheet("Other").append(["b"])
    book.save(tmp_path / "book.xlsx")
    with pytest.raises(
        InnosiError, match="2 sheets with something on them: Sheet, Other; say which one with `sheet`"
    ):
        read_table(tmp_path / "book.xlsx", named="book.xlsx", sheet_by="`sheet`")
    with pytest.raises(InnosiError, match="has no sheet 'Othr'; did you mean 'Other'"):
        read_table(tmp_path / "book.xlsx", named="book.xlsx", sheet="Othr")
