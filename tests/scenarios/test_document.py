from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BeforeValidator

from innosi.models.errors import InnosiError, InputFaults
from innosi.scenarios.loading.document import MAX_BYTES, parse_document, read_document
from innosi.scenarios.loading.validation import Section, validate


def parsed(text):
    return parse_document(text, source="file.yaml", folder=Path())


def test_values_are_plain_and_keys_are_text():
    data = parsed("a: 1\nb: [1.5, yes, true, null, 2020-01-01]\n5%: '3'\n2: x\n").data
    assert data == {"a": 1, "b": [1.5, "yes", True, None, "2020-01-01"], "5%": "3", "2": "x"}


def test_every_key_remembers_its_line():
    document = parsed("a:\n  b: 1\n  c:\n    - 7\n    - d: 2\n")
    assert document.line_of(("a", "b")) == 2
    assert document.line_of(("a", "c", 1, "d")) == 5
    assert document.line_of(("a", "nowhere", "at all")) == 1


BROKEN = {
    "a tab as indent": ("a:\n\tb: 1\n", r"line 2.*broken YAML.*\\t.*indent with spaces"),
    "an open quote": ("a: 'x\nb: 2\n", r"broken YAML.*missing quote"),
    "a key twice": ("a: 1\nb: 2\na: 3\n", r"line 3 +a +'a' stands twice \(first on line 1\)"),
    "a list at the top": ("- 1\n- 2\n", r"must hold `key: value` lines"),
    "nothing": ("", r"must hold `key: value` lines"),
    "a bare word": ("hello", r"must hold `key: value` lines"),
    "a python tag": ("a: !!python/object/apply:os.system [ls]\n", r"line 1"),
    "a tag of its own": ("a: !secret x\n", r"the tag '!secret' is not allowed"),
    "a complex key": ("? [a, b]\n: 1\n", r"a key must be plain text"),
    "an undefined alias": ("a: *nobody\n", r"line 1.*undefined alias"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_broken_yaml_is_told_with_its_line(fault):
    text, message = BROKEN[fault]
    with pytest.raises(InputFaults, match=message):
        parsed(text)


def test_a_bomb_of_aliases_is_refused_at_once():
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]
    with pytest.raises(InputFaults, match="expands to too much"):
        parsed("\n".join(levels))


def test_an_alias_of_itself_is_refused():
    with pytest.raises(InputFaults, match=r"nested too deeply"):
        parsed("a: &a\n  b: *a\n")


@pytest.mark.parametrize("text", ["a: " + "[" * 1_000_000, "a: " + "{a: " * 300_000, "- " * 100_000])
def test_deep_nesting_is_refused(text):
    with pytest.raises(InputFaults, match="nested too deeply"):
        parsed(text)


def test_a_file_beyond_any_honest_size_is_not_read(tmp_path):
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(InnosiError, match=r"is 100 MB; at most 2 MB is read"):
        read_document(path)
    assert MAX_BYTES == 2_000_000


def test_text_that_is_no_utf8_is_told_with_its_line(tmp_path):
    path = tmp_path / "latin.yaml"
    path.write_bytes("title: ok\ntext: caf\u00e9\n".encode("latin-1"))
    with pytest.raises(InputFaults, match=r"line 2 +is not UTF-8 text; save it as UTF-8"):
        read_document(path)


def test_a_byte_order_mark_does_no_harm(tmp_path):
    path = tmp_path / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbftitle: ok\n")
    assert read_document(path).data == {"title": "ok"}


@pytest.mark.parametrize(("name", "message"), [("none.yaml", "no such file"), (".", "is a folder")])
def test_a_file_that_cannot_be_read_says_why(tmp_path, name, message):
    with pytest.raises(InnosiError, match=message):
        read_document(tmp_path / name)


class Ends(Section):
    ends: tuple[str, str]


@pytest.mark.parametrize(
    ("text", "key"),
    [("ends: [low]", "ends.1"), ("ends: []", "ends.0"), ("ends: [1, b]", "ends.0"), ("ends: x", "ends")],
)
def test_what_a_list_lacks_is_told_at_its_place(text, key):
    with pytest.raises(InputFaults) as raised:
        validate(Ends, parsed(text))
    assert raised.value.faults[0].key == key


class Group(Section):
    ends: dict[str, Annotated[Ends, BeforeValidator(lambda found: found)]]


def test_the_key_that_was_meant_is_named_in_sections_that_are_made_ready_first():
    with pytest.raises(InputFaults, match="unknown key; did you mean 'ends'"):
        validate(Group, parsed("ends: {a: {ends: [b, c], end: d}}"))


class Values(Section):
    values: dict[str, Ends]


def test_a_decimal_comma_within_braces_is_told():
    with pytest.raises(InputFaults, match=r"'5' is read as a key: within \{ \} a comma ends a value"):
        validate(Values, parsed("values: {a: {ends: [b, c]}, 5}"))
