import datetime
import gettext
import io
import re
from collections import Counter

import jinja2
import pytest
from babel.messages.mofile import write_mo

from innosi.forecast.languages import extracting
from innosi.forecast.languages import language as languages
from innosi.forecast.languages.extracting import (
    CATALOGUES,
    PLURAL_FORMS,
    Message,
    as_po,
    catalogue,
    is_translated,
    messages_in,
    update_catalogues,
    updated,
)
from innosi.forecast.languages.language import N_, SOURCE, language_of
from innosi.forecast.languages.languages import LANGUAGES
from innosi.models.errors import InnosiError

TRANSLATED = [code for code in LANGUAGES if code != SOURCE]
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
PEOPLE = Message("%(n)s person", "%(n)s people")


@pytest.fixture(scope="module")
def messages():
    return messages_in()


@pytest.fixture(scope="module", params=TRANSLATED)
def code(request):
    return request.param


@pytest.fixture(scope="module")
def shipped(code):
    return [message for message in catalogue(code) if message.id]


def forms(message):
    """Yield each translated form beside the text that it translates."""
    if not isinstance(message.id, tuple):
        yield message.id, message.string
        return
    one, many = message.id
    for place, form in enumerate(message.string):
        yield (many if place else one), form


def test_a_catalogue_holds_the_messages_of_the_source_and_no_others(messages, shipped):
    assert {message.id for message in shipped} == {message.key for message in messages}


def test_every_message_is_translated(shipped):
    assert [message.id for message in shipped if not is_translated(message)] == []


def test_no_translation_is_a_guess(shipped):
    assert [message.id for message in shipped if message.fuzzy] == []


def test_a_translation_has_the_placeholders_of_its_source(shipped):
    for message in shipped:
        for source, form in forms(message):
            if form:
                assert Counter(PLACEHOLDER.findall(form)) == Counter(PLACEHOLDER.findall(source)), message.id


def test_a_translation_can_be_filled_in(shipped):
    for message in shipped:
        for _, form in forms(message):
            assert isinstance(form % dict.fromkeys(PLACEHOLDER.findall(form), "…"), str), message.id


def test_a_plural_has_as_many_forms_as_the_language(code, shipped):
    n = int(PLURAL_FORMS[code].partition("nplurals=")[2][0])
    assert catalogue(code).num_plurals == n
    assert {len(message.string) for message in shipped if isinstance(message.id, tuple)} <= {n}


def test_a_catalogue_lies_there_as_an_update_writes_it(code, messages):
    text = (CATALOGUES / f"{code}.po").read_text(encoding="utf-8")
    assert text == as_po(updated(catalogue(code), code, messages))


# A language of one's own: what a catalogue does, whatever is shipped.

DUTCH = {
    PEOPLE: ("%(n)s persoon", "%(n)s personen"),
    Message("Dear %(name)s,"): "Beste %(name)s,",
    Message("Your answer"): "Uw antwoord",
    Message("100%% of them"): "100%% van hen",
}


def as_compiled(book):
    compiled = io.BytesIO()
    write_mo(compiled, book)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@pytest.fixture
def translated(monkeypatch):
    """Return the Dutch of `DUTCH`, read as shipped catalogues are."""
    book = updated(catalogue("nl"), "nl", dict.fromkeys(DUTCH, ()))
    for message, translation in DUTCH.items():
        book[message.one].string = translation
    compiled = as_compiled(book)
    monkeypatch.setattr(languages, "_catalogue", lambda _: compiled)
    return language_of("nl")


def test_a_message_is_translated_and_filled(translated):
    assert translated.text("Dear %(name)s,", name="Ada") == "Beste Ada,"
    assert translated.text("100%% of them") == "100% van hen"
    assert translated.text(N_("Your answer")) == "Uw antwoord"


def test_a_message_without_translation_stays_english(translated):
    assert translated.text("Nobody knows %(it)s", it="this") == "Nobody knows this"
    assert translated.text("") == ""


def test_a_count_chooses_the_form_and_is_written_in_the_language(translated):
    found = [translated.plural(PEOPLE.one, PEOPLE.many, n) for n in (0, 1, 2, 1234)]
    assert found == ["0 personen", "1 persoon", "2 personen", "1.234 personen"]


def test_english_needs_no_catalogue_for_its_plurals():
    found = [language_of("en").plural(PEOPLE.one, PEOPLE.many, n) for n in (1, 1234)]
    assert found == ["1 person", "1,234 people"]
    assert language_of("en").text("Dear %(name)s,", name="Ada") == "Dear Ada,"


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_is_known_once(code):
    assert language_of(code) is language_of(code)
    assert language_of(code).own_name == LANGUAGES[code]
    assert language_of(code).text("%(n)s %%", n=3) == "3 %"


def test_an_unknown_language_is_refused_with_those_there_are():
    with pytest.raises(
        InnosiError, match=r"there is no language 'fr'; use one of en \(English\), nl \(Neder"
    ):
        language_of("fr")


def test_polish_has_three_plural_forms():
    book = updated(catalogue("pl"), "pl", {PEOPLE: ()})
    book[PEOPLE.one].string = ("one", "few", "many")
    polish = as_compiled(book)
    counts = {1: "one", 2: "few", 5: "many", 12: "many", 22: "few", 25: "many", 0: "many"}
    assert {n: polish.ngettext(*PEOPLE.key, n) for n in counts} == counts


def rendered(language, text, *, autoescape=True, **values):
    environment = jinja2.Environment(autoescape=autoescape)
    language.install(environment)
    return environment.from_string(text).render(**values)


def test_a_template_speaks_the_language(translated):
    text = (
        "{{ _('Dear %(name)s,', name=name) }} {{ ngettext('%(n)s person', '%(n)s people', count) }}"
        " {{ 1234.5 | number(1) }} {{ 0.654 | percent }} {{ day | date }}"
    )
    found = rendered(translated, text, name="Ada", count=1234, day=datetime.date(2035, 3, 1))
    assert found == "Beste Ada, 1.234 personen 1.234,5 65% 1 maart 2035"


def test_what_fills_a_message_is_escaped_in_html_only(translated):
    text = "{{ _('Dear %(name)s,', name=name) }}{{ ngettext('%(n)s %(x)s', '%(n)s %(x)s', 2, x=name) }}"
    assert rendered(translated, text, name="<b>") == "Beste &lt;b&gt;,2 &lt;b&gt;"
    assert rendered(translated, text, name="<b>", autoescape=False) == "Beste <b>,2 <b>"


# Extracting.

MODULE = """\
from sqlalchemy import text
import sqlalchemy as sa

TITLE = N_("Marked")
text("SELECT 1")
sa.text("SELECT 2")
axes.text(0, 1, "A label")
self.language.text("Said " "whole", name=1)
language.text(TITLE)
page.plural("%(n)s house", "%(n)s houses", n)
_("Plain")
"""
TEMPLATE = """\
{{ _("In a page") }}{{ ngettext("%(n)s house", "%(n)s houses", n) }}
{% trans %}A block{% endtrans %}
"""


@pytest.fixture
def source(tmp_path):
    (tmp_path / "source" / "below").mkdir(parents=True)
    (tmp_path / "source" / "module.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "source" / "below" / "page.html.jinja").write_text(TEMPLATE, encoding="utf-8")
    return tmp_path / "source"


def test_messages_of_templates_and_code_are_found_and_nothing_else(source):
    assert messages_in(source) == {
        Message("%(n)s house", "%(n)s houses"): ("below/page.html.jinja", "module.py"),
        Message("A block"): ("below/page.html.jinja",),
        Message("In a page"): ("below/page.html.jinja",),
        Message("Marked"): ("module.py",),
        Message("Plain"): ("module.py",),
        Message("Said whole"): ("module.py",),
    }


def test_a_text_alone_and_with_a_plural_is_one_message(source):
    (source / "other.py").write_text('_("%(n)s house")', encoding="utf-8")
    assert messages_in(source)[Message("%(n)s house", "%(n)s houses")][-1] == "other.py"


def test_two_plurals_of_one_text_are_refused(source):
    (source / "other.py").write_text('language.plural("%(n)s house", "%(n)s homes", n)', encoding="utf-8")
    with pytest.raises(InnosiError, match=r"page\.html\.jinja.*other\.py: “%\(n\)s house” has two plurals"):
        messages_in(source)


@pytest.mark.parametrize("argument", ['f"Dear {name}"', '"Dear %s" % name', '"Dear " + name'])
def test_a_text_put_together_before_it_is_translated_is_refused(source, argument):
    (source / "other.py").write_text(f"\nlanguage.text({argument})", encoding="utf-8")
    with pytest.raises(InnosiError, match=r"other\.py, line 2: a text is put together before"):
        messages_in(source)


def test_a_broken_template_is_not_passed_over(source):
    (source / "broken.jinja").write_text("{% if %}", encoding="utf-8")
    with pytest.raises(jinja2.TemplateSyntaxError):
        messages_in(source)


def test_an_update_adds_new_messages_drops_unused_ones_and_keeps_translations(source, tmp_path):
    folder = tmp_path / "catalogues"
    assert update_catalogues(source, folder) == dict.fromkeys(TRANSLATED, 6)
    text = (folder / "pl.po").read_text(encoding="utf-8")
    (folder / "pl.po").write_text(
        text.replace('"Plain"\nmsgstr ""', '"Plain"\nmsgstr "Zwykły"').replace(
            '"Marked"\nmsgstr ""', '"Marked"\nmsgstr "Oznaczony"'
        ),
        encoding="utf-8",
    )
    (source / "module.py").write_text('_("Plain")\n_("New")\n', encoding="utf-8")
    assert update_catalogues(source, folder)["pl"] == 4
    found = {message.id: message.string for message in catalogue("pl", folder) if message.id}
    assert found["Plain"] == "Zwykły"
    assert found["New"] == ""
    assert "Marked" not in found


def test_an_update_without_news_changes_nothing(source, tmp_path):
    update_catalogues(source, tmp_path)
    first = {path.name: path.read_bytes() for path in tmp_path.glob("*.po")}
    update_catalogues(source, tmp_path)
    assert first == {path.name: path.read_bytes() for path in tmp_path.glob("*.po")}
    assert sorted(first) == sorted(f"{code}.po" for code in TRANSLATED)


def test_an_update_says_what_waits_for_a_translation(monkeypatch, capsys):
    monkeypatch.setattr(extracting, "update_catalogues", lambda: {"nl": 3, "fi": 0})
    extracting.main()
    assert capsys.readouterr().out == "nl: 3 to translate\nfi: complete\n"


def test_a_catalogue_tells_no_time_and_no_line(source, tmp_path):
    update_catalogues(source, tmp_path)
    text = (tmp_path / "nl.po").read_text(encoding="utf-8")
    assert '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"' in text
    assert "#: below/page.html.jinja module.py\n" in text
    assert not re.search(r"Date|Babel|20\d\d|:\d", text)
