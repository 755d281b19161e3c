"""Which columns of an export say who answered, in which round, and whether a row counts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from innosi.forecast.answers.cells import whole_number
from innosi.forecast.people.pseudonyms import as_written
from innosi.forecast.study import Study
from innosi.forecast.survey_tools.headings import Heading, squeezed
from innosi.forecast.survey_tools.tools import ToolName

_PSEUDONYMS: Mapping[ToolName, tuple[str, ...]] = MappingProxyType(
    {
        "limesurvey": ("token", "accesscode"),
        "qualtrics": ("externalreference", "externaldatareference"),
        "redcap": ("redcapsurveyidentifier", "surveyidentifier", "recordid"),
    }
)
"""Headings of the columns in which tools hand on what identifies a person, the best first; squeezed."""
_ALWAYS_PSEUDONYMS = ("panellist", "pseudonym", "panellistid", "panelistid", "pseudoniem", "pseudonyymi")
_MAYBE_PSEUDONYMS = (
    *("yourcode", "code", "participantcode", "participantid", "respondentid", "yourpseudonym"),
    *("yourpersonalcode", "personalcode", "yourparticipantcode", "uwcode", "ihrcode"),
)
_ADDRESSES = (
    *("email", "emailaddress", "recipientemail", "username", "emailadres", "emailadresse"),
    *("adresseemail", "correoelectrónico", "direccióndecorreoelectrónico", "indirizzoemail"),
)
_ADDRESS = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_ROUND = re.compile(r"(?:round|ronde|runde|tour|ronda|kierros|runda|omgång)[\s_-]*(\d+)", re.IGNORECASE)
_TESTS = ("Survey Preview", "Survey Test", "Spam Survey Preview", "Offline Survey Preview")
_TEST_CODES = ("1", "2", "9", "17")
"""The same as numbers, as Qualtrics writes them in an export of numeric values."""
_UNFINISHED: Mapping[ToolName, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "limesurvey": dict.fromkeys(("submitdate", "datesubmitted"), ("",)),
        "qualtrics": {"finished": ("False", "0")},
    }
)
_DAYS = (
    *("submitdate", "datesubmitted", "enddate", "recordeddate", "completiontime", "timestamp"),
    *("tijdvanvoltooien", "fertigstellungszeit", "surveytimestamp"),
)
_SERVICE: frozenset[str] = frozenset(
    {"id", "responseid", "lastpage", "startlanguage", "seed", "startdate", "datestamp", "ipaddr", "refurl"}
    | {"ipaddress", "lastaction", "datelastaction", "datestarted", "referrerurl", "startlanguage"}
    | {"status", "progress", "durationinseconds", "duration", "recipientlastname", "recipientfirstname"}
    | {"locationlatitude", "locationlongitude", "distributionchannel", "userlanguage", "name", "naam"}
    | {"starttime", "begintijd", "startzeit", "language", "lastmodifiedtime", "totalpoints", "quizfeedback"}
    | {"tijdstempel", "zeitstempel", "horodateur", "marcatemporal", "aikaleima", "score", "finished"}
    | {"redcaprepeatinstrument", "redcaprepeatinstance", "redcapdataaccessgroup", "repeatinstrument"}
    | {"interviewtime", "firstname", "lastname", "complete"}
)
"""Headings of columns that tools add and that answer nothing, squeezed."""

Values = Mapping[int, Sequence[str]]
"""What the cells of a column say, those that say something, by its place."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A line of a mapping file beside the answers, and how it is known."""

    key: str
    value: Any
    why: str
    is_sure: bool = True


def is_service(heading: Heading) -> bool:
    """Whether a column is the tool's own."""
    code = squeezed(heading.name)
    known = (*_DAYS, *_ADDRESSES, "token", "accesscode", "externalreference", "externaldatareference")
    is_redcap = heading.name.startswith("redcap_") or heading.name.endswith(("_complete", "_timestamp"))
    return code in _SERVICE or code in known or is_redcap


def who_answered(
    tool: ToolName, headings: Sequence[Heading], values: Values, study: Study
) -> tuple[Setting, ...]:
    """Return which column holds the pseudonyms, or the addresses by which they are looked up."""
    most = max((len(values[each.place]) for each in headings), default=0)
    filled = [each for each in headings if values[each.place]]
    whole = [each for each in filled if len(values[each.place]) == most] + filled
    members = set(study.panel.members)
    for each in whole:
        is_own = is_service(each) and squeezed(each.name) not in _PSEUDONYMS.get(tool, ())
        if members and set(values[each.place]) <= members and not is_own:
            return (Setting("panellist", each.name, "holds pseudonyms of the study's panel"),)
    for each in filled:
        if squeezed(each.name) in _ALWAYS_PSEUDONYMS and not _are_addresses(values[each.place]):
            known = members & set(map(as_written, values[each.place]))
            if members and not known:
                why = "called so, but none of them is a pseudonym of the panel"
                return (Setting("panellist", each.name, why, is_sure=False),)
            return (Setting("panellist", each.name, "the same name"),)
    own = _first(whole, _PSEUDONYMS.get(tool, ()))
    if own is not None and not _are_addresses(values[own.place]):
        return (_known_person(own, headings, values, has_members=bool(members)),)
    addressed = next((each for each in filled if _holds_addresses(each, values)), None)
    if addressed is not None:
        why = "holds e-mail addresses, which are never kept beside answers"
        return (
            Setting("panellist", addressed.name, why),
            Setting("match_people", "email", "the store looks the pseudonyms up"),
        )
    maybe = _first(filled, _MAYBE_PSEUDONYMS)
    return (Setting("panellist", maybe.name, "is it the pseudonym?", is_sure=False),) if maybe else ()


def _known_person(own: Heading, headings: Sequence[Heading], values: Values, *, has_members: bool) -> Setting:
    """Return the column by which a tool knows a person; a running number of one round is no pseudonym."""
    has_rounds = _first(headings, ("redcapeventname", "eventname")) is not None
    if has_members:
        why, is_sure = "none of them is a pseudonym of the panel", False
    elif all(each.isdecimal() for each in values[own.place]) and not has_rounds:
        why, is_sure = "a running number? it must be the same person's in every round", False
    else:
        why, is_sure = "by which the tool knows a person", True
    return Setting("panellist", own.name, why, is_sure)


def _holds_addresses(heading: Heading, values: Values) -> bool:
    """Whether a column is one of addresses; a question's own text may name a person, and is not."""
    known = squeezed(heading.name) in _ADDRESSES or is_service(heading)
    return known and _are_addresses(values[heading.place])


def _are_addresses(values: Sequence[str]) -> bool:
    return any(map(is_address, values))


def is_address(text: str) -> bool:
    """Whether a text is an e-mail address."""
    return _ADDRESS.match(text.strip()) is not None


def _first(headings: Sequence[Heading], codes: Sequence[str]) -> Heading | None:
    """Return the column that is called by one of the codes: the one of the best code."""
    by_code = {squeezed(each.name): each for each in reversed(headings)}
    return next((by_code[code] for code in codes if code in by_code), None)


def which_round(headings: Sequence[Heading], values: Values, study: Study) -> Iterator[Setting]:
    """Yield which column says the round, with what its values stand for."""
    column = _first(headings, ("redcapeventname", "eventname", "round", "ronde", "runde"))
    if column is None or not values[column.place]:
        return
    numbers = {each: _round_number(each, study) for each in dict.fromkeys(values[column.place])}
    told = {found: number for found, number in numbers.items() if number}
    if told:
        is_sure = len(set(told.values())) == len(told) == len(numbers)
        why = "names rounds" if is_sure else "names rounds, but not in every row"
        yield Setting("round", {"column": column.name, "values": told}, why, is_sure)


def _round_number(text: str, study: Study) -> int:
    """Return the number of the round that a text names; 0 for none."""
    titles = {squeezed(title): number for number, title in enumerate(study.rounds, start=1)}
    known = {**titles, **{squeezed(name): number for name, number in study.columns.rounds.items()}}
    if squeezed(text) in known:
        return known[squeezed(text)]
    found = _ROUND.search(text)
    number = whole_number(found[1] if found else text) or 0
    return number if 1 <= number <= len(study.rounds) else 0


def which_rows(
    tool: ToolName, headings: Sequence[Heading], values: Values, study: Study
) -> Iterator[Setting]:
    """Yield which rows do not count: unfinished ones, tests, and (for the facilitator to say) late ones."""
    for code, marked in _UNFINISHED.get(tool, {}).items():
        column = _first(headings, (code,))
        if column is not None:
            yield Setting("unfinished", _marked(column, marked), "people who did not reach the end")
            break
    complete = [each for each in headings if each.name.endswith("_complete") or each.name == "Complete?"]
    if tool == "redcap" and complete:
        value = _marked(complete[0], ("0", "Incomplete"))
        why = "people who did not reach the end" if len(complete) == 1 else "which form is the questionnaire?"
        yield Setting("unfinished", value, why, is_sure=len(complete) == 1)
    status = _first(headings, ("status", "responsetype"))
    if tool == "qualtrics" and status is not None:
        are_numbers = all(each.isdecimal() for each in values[status.place])
        yield Setting("tests", _marked(status, _TEST_CODES if are_numbers else _TESTS), "previews and tests")
    day = _first(headings, _DAYS)
    if day is not None and study.deadlines:
        number, last = min(study.deadlines.items())
        late = {"column": day.name, "after": last, "rows": "reject"}
        yield Setting("late", late, f"the deadline of round {number}; is it that round?", is_sure=False)


def _marked(column: Heading, values: Sequence[str]) -> Mapping[str, object]:
    return {"column": column.name, "values": tuple(values), "rows": "reject"}
