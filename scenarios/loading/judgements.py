"""The file in which a Delphi study hands its pooled judgements to a scenario file."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from innosi.models.errors import InnosiError
from innosi.scenarios.loading.document import read_bytes
from innosi.scenarios.loading.validation import nearest

FORMAT = "innosi-judgements/1"
MAX_BYTES = 50_000_000


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class RoundSummary(_Record):
    """What the panel said in one round."""

    round: int
    n: int
    median: float | None = None
    lower_quartile: float | None = None
    upper_quartile: float | None = None
    consensus: str = ""


class Judgement(_Record):
    """What a panel as a whole believes about one question."""

    name: str = ""
    text: str = ""
    unit: str = ""
    kind: str = "number"
    distribution: dict[str, Any] | float
    n: int = 0
    round: int | None = None
    method: str = ""
    assumptions: str = ""
    consensus: str = ""
    misfit: float | None = None
    rounds: Sequence[RoundSummary] = ()

    def check_unit(self, currency: str) -> None:
        """Refuse money in another currency than the scenario file's."""
        if self.kind == "money" and currency and self.unit and self.unit != currency:
            raise InnosiError(
                f"the judgement '{self.name}' is in {self.unit}, the scenario file in {currency}",
                mend="convert one of them, and say at which rate",
            )


class StudyRecord(_Record):
    """Which study the judgements come from."""

    title: str
    file: str = ""
    sha256: str = ""
    simulated: bool = False
    panellists: int = 0


class JudgementFile(_Record):
    """A study's pooled judgements, with where they come from."""

    source: str = ""
    study: StudyRecord
    round: int
    method: str = ""
    innosi: str = ""
    judgements: Mapping[str, Judgement] = Field(default_factory=dict)
    left_out: Sequence[str] = ()

    def find(self, name: str) -> Judgement:
        """Return a judgement by its question's name."""
        if name in self.left_out:
            raise InnosiError(
                f"{self.source} leaves '{name}' out, as too few answered for nobody to be known by it",
                mend="ask more people, or export it all the same: innosi delphi export STUDY --small",
            )
        if name not in self.judgements:
            raise InnosiError(
                f"{self.source} has no judgement '{name}'{nearest(name, self.judgements)}",
                mend="ask it in the study and export again, or name another",
            )
        return self.judgements[name]

    def citation(self, judgement: Judgement) -> str:
        """Say in a line where a judgement comes from; a simulated panel is always called so."""
        panel = "simulated panel" if self.study.simulated else "panel"
        number = judgement.round or self.round
        return f"{panel} of {judgement.n}, round {number} of “{self.study.title}”"


def read_judgements(path: Path, *, source: str = "") -> JudgementFile:
    """Return the judgements in a file that `innosi delphi export` wrote.

    Raises
    ------
    InnosiError
        If there is no such file, or it is not one of ours.
    """
    name = source or str(path)
    if not path.exists():
        raise InnosiError(
            f"there is no judgements file '{name}' here",
            mend="make it with `innosi delphi export STUDY`, or mend the name after `from:`",
        )
    try:
        data = json.loads(read_bytes(path, limit=MAX_BYTES).decode("utf-8"))
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise InnosiError(f'{name} does not say `"format": "{FORMAT}"`', mend=_EXPORT_AGAIN)
        for key, judgement in data.get("judgements", {}).items():
            judgement["name"] = key
        return JudgementFile.model_validate({**data, "source": name})
    except (ValueError, RecursionError, TypeError, AttributeError) as error:
        if isinstance(error, InnosiError):
            raise
        raise InnosiError(f"{name} is no judgements file ({_reason(error)})", mend=_EXPORT_AGAIN) from None


_EXPORT_AGAIN = "make it again with `innosi delphi export STUDY`"


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg'].lower()}"
    return str(error).splitlines()[0]
