import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innosi.forecast.people.pseudonyms import ALPHABET, MAX_DRAWN, as_written, draw_pseudonyms, is_wellformed
from innosi.models.errors import InnosiError

DRAWN = draw_pseudonyms(500, (), randomness=random.Random(0))
drawn = st.integers(0, 2**32).map(lambda seed: draw_pseudonyms(1, (), randomness=random.Random(seed))[0])


def test_the_check_is_one_that_can_be_done_by_hand():
    # 4 C D 7 8 and the check: their numbers 1 6 7 3 4 count 6 5 4 3 2 times, together 81; 11 more is 4 × 23.
    assert ALPHABET.index("J") == 11
    assert is_wellformed("4CD-78J")
    assert [each for each in ALPHABET if is_wellformed(f"4CD-78{each}")] == ["J"]


@given(drawn, st.integers(0, 6), st.characters(codec="utf-8"))
def test_one_wrong_character_is_always_told(pseudonym, place, character):
    wrong = pseudonym[:place] + character + pseudonym[place + 1 :]
    assert is_wellformed(wrong) == (wrong == pseudonym)


def test_every_single_substitution_is_told():
    for pseudonym in DRAWN[:40]:
        for place in (0, 1, 2, 4, 5, 6):
            found = [pseudonym[:place] + each + pseudonym[place + 1 :] for each in ALPHABET]
            assert [each for each in found if is_wellformed(each)] == [pseudonym]


@given(drawn, st.integers(0, 6), st.integers(0, 6))
def test_two_characters_that_changed_places_are_always_told(pseudonym, one, other):
    swapped = list(pseudonym)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    wrong = "".join(swapped)
    assert is_wellformed(wrong) == (wrong == pseudonym)


def test_no_two_characters_look_alike_and_no_word_can_be_read():
    for alike in ("0O", "1IL", "2Z", "5S", "8B", "UV"):
        assert len(set(alike) & set(ALPHABET)) <= 1
    assert not set("AEIOU") & set(ALPHABET)
    assert len(ALPHABET) == len(set(ALPHABET)) == 23


def test_all_drawn_are_wellformed_and_different_and_not_taken():
    assert len(set(DRAWN)) == 500
    assert all(map(is_wellformed, DRAWN))
    taken = [DRAWN[0].lower().replace("-", " "), "p01"]
    again = draw_pseudonyms(500, taken, randomness=random.Random(0))
    assert again[:-1] == DRAWN[1:]
    assert DRAWN[0] not in again


def test_the_system_is_asked_for_other_ones_each_time():
    one, other = (draw_pseudonyms(20, (), randomness=random.SystemRandom()) for _ in range(2))
    assert set(one).isdisjoint(other)


def test_more_than_can_be_told_apart_are_refused():
    with pytest.raises(InnosiError, match="too easy to guess; give the people pseudonyms of your own"):
        draw_pseudonyms(MAX_DRAWN, ["p01"], randomness=random.Random(0))
    assert draw_pseudonyms(0, ["p01"], randomness=random.Random(0)) == ()


@pytest.mark.parametrize("typed", ["k7r4tm", " K7R 4TM ", "k7r–4tm", "K7r-4tM"])
def test_a_pseudonym_is_known_however_it_is_typed(typed):
    assert as_written(typed) == "K7R-4TM"


@pytest.mark.parametrize("own", ["p01", "North-12", "k7r-4to"])
def test_pseudonyms_of_another_form_stay_as_they_are(own):
    assert as_written(f" {own}\n") == own
