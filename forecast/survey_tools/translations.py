"""What the values of an export stand for: answer texts and codes beside our levels and option names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from innosi.forecast.answers.cells import has_no_answer
from innosi.forecast.answers.forms import NEVER
from innosi.forecast.questions import Question
from innosi.forecast.statistics.levels import Scale
from innosi.forecast.survey_tools.headings import cleaned, squeezed
from innosi.forecast.survey_tools.targets import REASON, Asked

TICKS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("1", "yes", "y", "true", "x", "ja", "oui", "checked", "selected", "✓"), "yes")
    | dict.fromkeys(("0", "no", "n", "false", "nee", "non", "nein", "unchecked", "not selected", "-"), "no")
)
"""What tools write for an option that is ticked, or is not."""
UNDERSTOOD_TICKS = frozenset({"1", "yes", "y", "true", "x", "ja", "oui", "✓", "0", "no", "n", "false", "nee"})
"""Those that need no translation."""
_NEVER = frozenset({"nooit", "nie", "niemals", "jamais", "nunca", "mai", "nigdy", "soha", "aldrig", "ποτέ"})
_LADDERS = tuple(
    tuple(ladder.split(" | "))
    for ladder in (
        "strongly disagree | disagree | neither agree nor disagree | agree | strongly agree",
        "strongly disagree | disagree | neutral | agree | strongly agree",
        "strongly disagree | somewhat disagree | neither agree nor disagree | somewhat agree"
        " | strongly agree",
        "strongly disagree | disagree | somewhat disagree | neither agree nor disagree | somewhat agree"
        " | agree | strongly agree",
        "not at all important | slightly important | moderately important | very important"
        " | extremely important",
        "very unlikely | unlikely | neither likely nor unlikely | likely | very likely",
        "very unlikely | unlikely | neutral | likely | very likely",
        "very undesirable | undesirable | neutral | desirable | very desirable",
        "helemaal mee oneens | mee oneens | niet mee eens, niet mee oneens | mee eens | helemaal mee eens",
        "helemaal oneens | oneens | neutraal | eens | helemaal eens",
        "zeer onwaarschijnlijk | onwaarschijnlijk | neutraal | waarschijnlijk | zeer waarschijnlijk",
        "stimme gar nicht zu | stimme eher nicht zu | teils/teils | stimme eher zu | stimme voll zu",
    )
)
"""Answers that many surveys offer, from the lowest to the highest."""
_CODE = re.compile(r"^[A-Za-z]{0,3}0*(\d{1,3})$")
_LEVEL_IN_TEXT = re.compile(r"^(-?\d{1,9})(?:st|nd|rd|th|e|de|ste)?\b(?![.,]\d)|\((-?\d{1,9})\)$")


def plain_cell(text: str) -> str:
    """Return a text as two writings of the same value agree: cleaned, in small letters."""
    return cleaned(text).casefold()


@dataclass(frozen=True, slots=True)
class AllowedValues:
    """What a value of an export may stand for."""

    names: tuple[str, ...]
    words: str

    def holds(self, ours: str) -> bool:
        """Whether a value of ours is one of them."""
        return not self.words or ours in self.names or (not self.names and is_number(ours))


def values_allowed(question: Question, part: str) -> AllowedValues:
    """Return what values of a column may be translated to."""
    scale = scale_of(question, part)
    if scale is not None:
        return AllowedValues(tuple(map(str, range(scale[0], scale[1] + 1))), f"{scale[0]} to {scale[1]}")
    if question.type == "multiple_choice" and part != "value":
        return AllowedValues(("yes", "no"), "yes, no")
    if question.type in ("choice", "multiple_choice", "ranking"):
        return AllowedValues(tuple(question.options), ", ".join(question.options))
    if question.allows_never:
        return AllowedValues((), "")
    return AllowedValues((), "" if part == REASON or question.type == "text" else "a number")


def scale_of(question: Question, part: str) -> Scale | None:
    """Return the levels from which a cell chooses one; None where it does not."""
    if part == REASON:
        return None
    if question.type == "multi_rating" and part in question.scales:
        return question.scales[part]
    if question.type == "ranking" and part != "value":
        return 1, len(question.options)
    return question.scale if part == "value" else None


def option_names(asked: Asked) -> Mapping[str, str]:
    """Return the names of a question's options, by every way to write them, squeezed."""
    titled = {squeezed(title): name for each in asked.readings for name, title in each.options.items()}
    return titled | {squeezed(name): name for name in asked.question.options}


def split_list(text: str, separator: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """Return the options in a cell; one that is known may hold the separator in its own title.

    Parameters
    ----------
    known : mapping
        Options by how they are written, squeezed.

    Examples
    --------
    >>> split_list("Bread, butter, Milk", ", ", {"breadbutter": "bread", "milk": "milk"})
    ('Bread, butter', 'Milk')
    """
    mark = separator.strip() or separator
    pieces = text.split(mark) if mark else [text]
    found, start = [], 0
    while start < len(pieces):
        ends = range(len(pieces), start + 1, -1)
        end = next((end for end in ends if squeezed(mark.join(pieces[start:end])) in known), start + 1)
        found.append(cleaned(mark.join(pieces[start:end])))
        start = end
    return tuple(filter(None, found))


@dataclass(frozen=True, slots=True)
class Translation:
    """What the values of a column stand for.

    Attributes
    ----------
    values : mapping
        What is sure.
    doubts : mapping of value to (ours, why)
        What the facilitator has to say; ours is '' where nothing comes near.
    why : str
        How the sure ones are known.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    doubts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    why: str = ""


def translate(asked: Asked, part: str, found: Sequence[str]) -> Translation:
    """Return what values stand for, as far as the study's own words say it.

    Parameters
    ----------
    found : sequence of str
        The different values in a column; of a list, its options.
    """
    question = asked.question
    given = [each for each in dict.fromkeys(map(cleaned, found)) if not has_no_answer(each)]
    scale = scale_of(question, part)
    if part == REASON or question.type == "text":
        return Translation()
    if scale is not None:
        return _levels(asked, part, scale, given)
    if question.type == "multiple_choice" and part != "value":
        return _ticks(asked, part, given)
    if question.type in ("choice", "multiple_choice", "ranking"):
        return _options(asked, given)
    if question.allows_never:
        never = {each: NEVER for each in given if each.casefold() in _NEVER}
        return Translation(never, why="the word for never")
    return Translation()


def _options(asked: Asked, given: Sequence[str]) -> Translation:
    known, names = option_names(asked), tuple(asked.question.options)
    unknown = [each for each in given if squeezed(each) not in known]
    doubts = {}
    for each in unknown:
        code = _CODE.match(each)
        place = int(code[1]) if code else 0
        by_place = 1 <= place <= len(names)
        why = "by its place among the options" if by_place else "no option is called so"
        doubts[each] = (names[place - 1] if by_place else "", why)
    return Translation(doubts=doubts)


def _ticks(asked: Asked, part: str, given: Sequence[str]) -> Translation:
    own = {squeezed(title) for title in asked.titles(part)}
    sure, doubts = {}, {}
    for each in given:
        if squeezed(each) in own:
            sure[each] = "yes"
        elif each.casefold() in TICKS:
            if each.casefold() not in UNDERSTOOD_TICKS:
                sure[each] = TICKS[each.casefold()]
        else:
            doubts[each] = ("yes" if len(given) == 1 else "", "the only value there; a code for a tick?")
    return Translation(sure, doubts, "ticked or not")


def _levels(asked: Asked, part: str, scale: Scale, given: Sequence[str]) -> Translation:
    low, high = scale
    words = [each for each in given if not is_number(each)]
    if not words:
        return Translation()
    ends_told = tuple(_ends_of(asked, part))
    numbered = {each: _level_in(each) for each in words}
    if all(
        level is not None and low <= level <= high and not _is_reversed(each, level, scale, ends_told)
        for each, level in numbered.items()
    ):
        return Translation({each: str(level) for each, level in numbered.items()}, why="the number within")
    for ends in ends_told:
        ladder = _ladder_between(ends, high - low + 1, words)
        told = {squeezed(text): str(low + step) for step, text in ladder.items()}
        if any(squeezed(each) in told for each in words):
            return _told(told, ladder, words, low)
    return Translation(doubts=dict(_guessed_levels(words, scale)))


def _is_reversed(text: str, level: int, scale: Scale, ends_told: Sequence[tuple[str, str]]) -> bool:
    """Whether a text such as `1 - Very much` gives a number to an end that the study gives another."""
    word = squeezed(_LEVEL_IN_TEXT.sub("", text))
    return any(
        squeezed(end) == word and level != own
        for ends in ends_told
        for end, own in zip(ends, scale, strict=True)
    )


def _told(told: Mapping[str, str], ladder: Mapping[int, str], words: Sequence[str], low: int) -> Translation:
    """Return levels by the ends that the study names; all steps, also those that nobody chose yet."""
    seen = {squeezed(each): each for each in words}
    sure = {seen.get(squeezed(text), text): str(low + step) for step, text in ladder.items()}
    doubts = dict.fromkeys(words, ("", "between the ends that the study names"))
    return Translation(
        sure,
        {each: doubt for each, doubt in doubts.items() if squeezed(each) not in told},
        "the ends are those of the study's scale",
    )


def _ends_of(asked: Asked, part: str) -> Iterator[tuple[str, str]]:
    for each in asked.readings:
        if part in each.ends:
            yield each.ends[part]


def _ladder_between(ends: tuple[str, str], n_levels: int, words: Sequence[str]) -> Mapping[int, str]:
    """Return the steps of a scale, from 0, that are known by its ends; the ends only where no more is."""
    known = [
        ladder
        for ladder in _LADDERS
        if len(ladder) == n_levels and (ladder[0], ladder[-1]) == tuple(map(plain_cell, ends))
    ]
    given = set(map(squeezed, words))
    ladder = max(known, key=lambda each: len(given & set(map(squeezed, each))), default=())
    inner = {step: text.capitalize() for step, text in enumerate(ladder) if 0 < step < n_levels - 1}
    return {0: ends[0], **inner, n_levels - 1: ends[1]} if all(ends) else {}


def _guessed_levels(words: Sequence[str], scale: Scale) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield levels that the facilitator has to confirm: a common scale of the same length, or codes."""
    low, high = scale
    squeezed_words = set(map(squeezed, words))
    for ladder in _LADDERS:
        steps = {squeezed(text): step for step, text in enumerate(ladder)}
        if len(ladder) == high - low + 1 and squeezed_words <= set(steps):
            for each in words:
                yield each, (str(low + steps[squeezed(each)]), "the study does not say which end is high")
            return
    for each in words:
        code = _CODE.match(each)
        level = low + int(code[1]) - 1 if code else low - 1
        inside = low <= level <= high
        yield each, (str(level) if inside else "", "by its place on the scale" if inside else "no level")


def _level_in(text: str) -> int | None:
    found = _LEVEL_IN_TEXT.search(text)
    return int(found[1] or found[2]) if found else None


def is_number(text: str) -> bool:
    """Whether a text is one number and nothing else."""
    return re.fullmatch(r"[-+]?\d+([.,]\d+)?\s*%?", text.strip()) is not None
