"""The survey tools whose exports are known, and how each is recognised by its headings."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from innosi.forecast.survey_tools.headings import cleaned, squeezed
from innosi.scenarios.tables.sheet import Sheet

ToolName = Literal["limesurvey", "qualtrics", "microsoft_forms", "google_forms", "redcap", "other"]

TITLES: Mapping[ToolName, str] = MappingProxyType(
    {
        "limesurvey": "LimeSurvey",
        "qualtrics": "Qualtrics",
        "microsoft_forms": "Microsoft Forms",
        "google_forms": "Google Forms",
        "redcap": "REDCap",
        "other": "another tool",
    }
)
_MARKS: Mapping[ToolName, frozenset[str]] = MappingProxyType(
    {
        "limesurvey": frozenset(
            {"submitdate", "lastpage", "startlanguage", "datestamp", "datesubmitted", "lastaction"}
            | {"datelastaction", "refurl", "ipaddr", "interviewtime", "accesscode", "seed"}
        ),
        "qualtrics": frozenset(
            {"responseid", "recordeddate", "durationinseconds", "finished", "recipientemail", "userlanguage"}
            | {"externalreference", "externaldatareference", "distributionchannel", "startdate", "enddate"}
        ),
        "microsoft_forms": frozenset(
            {"starttime", "completiontime", "lastmodifiedtime"}
            | {"begintijd", "tijdvanvoltooien", "startzeit", "fertigstellungszeit"}
        ),
        "google_forms": frozenset(
            {"timestamp", "tijdstempel", "zeitstempel", "horodateur", "marcatemporal", "aikaleima"}
            | {"tidstämpel", "sygnaturaczasowa", "időbélyeg", "χρονικήσήμανση"}
            | {"informazionicronologiche"}
        ),
        "redcap": frozenset(
            {"recordid", "redcapeventname", "redcaprepeatinstrument", "redcaprepeatinstance", "eventname"}
            | {"redcapsurveyidentifier", "redcapdataaccessgroup", "surveyidentifier", "surveytimestamp"}
        ),
    }
)
"""Headings of a tool's own columns, squeezed."""
_ENOUGH: Mapping[ToolName, int] = MappingProxyType({"google_forms": 1, "redcap": 1})
"""How many marks say that it is the tool; two where nothing is said."""


@dataclass(frozen=True, slots=True)
class Tool:
    """The survey tool that an export is of, and by what it is known."""

    name: ToolName
    why: str

    @property
    def title(self) -> str:
        """What people call it."""
        return TITLES[self.name]


def detect_tool(sheet: Sheet) -> Tool:
    """Return the tool whose own columns stand in an export; `other` where there are none.

    A tool with more of its columns there goes first; `Timestamp` is Google's mark only in the first column.
    """
    names = [cleaned(column) for column in sheet.columns]
    found: dict[ToolName, list[str]] = {
        tool: [name for name in names if squeezed(name) in marks] for tool, marks in _MARKS.items()
    }
    if not names or squeezed(names[0]) not in _MARKS["google_forms"]:
        found["google_forms"] = []
    found["redcap"] += [name for name in names if "___" in name or name.endswith("_complete")]
    likely = max(found, key=lambda tool: len(found[tool]))
    if len(found[likely]) < _ENOUGH.get(likely, 2):
        return Tool("other", "no columns of a tool that is known here")
    shown = ", ".join(f"'{name}'" for name in found[likely][:3])
    return Tool(likely, f"known by {shown}")
