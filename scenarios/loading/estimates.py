"""How a number stands in a scenario file: bare, as a distribution, from a panel, with its evidence."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import PlainValidator, ValidationInfo, WithJsonSchema

from innosi.models.distributions import Distribution, Kind, parse_distribution
from innosi.models.distributions.scaling import scaled
from innosi.models.errors import DistributionError, InnosiError
from innosi.models.estimates import Estimate, EvidenceGrade
from innosi.scenarios.loading.conversion import Converter
from innosi.scenarios.loading.judgements import JudgementFile, read_judgements
from innosi.scenarios.loading.validation import nearest, unknown_key

_ABOUT = ("evidence", "source", "note", "shared")
_MONEY = ("currency", "price_year")


@dataclass
class EstimateReading:
    """What a number needs to know of its file to be read: the currency, and the files of judgements."""

    folder: Path
    currency: str = ""
    converter: Converter = field(default_factory=Converter)
    _files: dict[str, JudgementFile] = field(default_factory=dict)
    _parsed: dict[tuple[str, str, Kind], Distribution] = field(default_factory=dict)

    def judgements(self, name: str) -> JudgementFile:
        """Return a judgements file named in the scenario file, read once."""
        if name not in self._files:
            self._files[name] = read_judgements(self.folder / name, source=name)
        return self._files[name]

    def judged(self, name: str, source: str, kind: Kind) -> Distribution:
        """Return a judgement's distribution, parsed once."""
        place = (name, source, kind)
        if place not in self._parsed:
            data = self.judgements(source).find(name).distribution
            self._parsed[place] = parse_distribution(data, kind=kind)
        return self._parsed[place]

    @property
    def judgement_files(self) -> Mapping[str, JudgementFile]:
        """The judgements files read so far, by the name in the scenario file."""
        return dict(self._files)


def read_estimate(raw: Any, kind: Kind, reading: EstimateReading) -> Estimate:
    """Return what a scenario file says about one number.

    Parameters
    ----------
    raw
        A number, a text in the distribution language, or a mapping with `value` (or `judgement` and
        `from`, or a distribution written out) and, optionally, `evidence`, `source`, `note`, `shared`.

    Raises
    ------
    DistributionError, InnosiError
        If it does not say a number of this kind.
    """
    if not isinstance(raw, Mapping):
        return Estimate(_distribution(raw, kind, reading), stated=_stated(raw))
    about: dict[str, Any] = {key: str(raw[key]) for key in _ABOUT if raw.get(key) is not None}
    rest = {key: value for key, value in raw.items() if key not in _ABOUT}
    if kind == "money" and not rest.keys().isdisjoint(_MONEY):
        return _converted(raw, reading)
    if "judgement" in rest:
        return _from_judgement(rest, about, kind, reading)
    grade = _grade(about.pop("evidence", EvidenceGrade.ASSUMPTION))
    shared = about.pop("shared", "")
    if "value" in rest:
        _refuse_unknown(rest, ("value",))
        rest = rest["value"]
    if rest in ({}, None):
        raise InnosiError("has no value", mend="write `value: 10 .. 20`, or a judgement")
    found = _distribution(rest, kind, reading)
    return Estimate(found, evidence=grade, stated=_stated(rest), shared_name=shared, **about)


def _converted(raw: Mapping[str, Any], reading: EstimateReading) -> Estimate:
    """Return an amount in another currency or in prices of another year as one of the file's own."""
    currency = str(raw.get("currency") or reading.currency)
    year = raw.get("price_year")
    if year is not None and (not isinstance(year, int) or isinstance(year, bool)):
        raise InnosiError(f"price_year: found {year!r}, which is no year", mend="write a year such as 2012")
    factor, said = reading.converter.factor(currency, year)
    plain = {key: value for key, value in raw.items() if key not in _MONEY}
    own = EstimateReading(reading.folder, currency, _files=reading._files, _parsed=reading._parsed)
    found = read_estimate(plain, "money", own)
    note = "; ".join(filter(None, [found.note, said]))
    return replace(found, distribution=scaled(found.distribution, factor), note=note)


def _distribution(raw: Any, kind: Kind, reading: EstimateReading) -> Any:
    if raw is None or isinstance(raw, bool | list):
        raise DistributionError(
            f"found {json.dumps(raw)[:60]}, not a number", mend="write a number, or a range such as 10 .. 20"
        )
    return parse_distribution(raw, kind=kind, currency=reading.currency or None)


def _from_judgement(
    rest: Mapping[str, Any], about: dict[str, Any], kind: Kind, reading: EstimateReading
) -> Estimate:
    _refuse_unknown(rest, ("judgement", "from"))
    if "from" not in rest:
        raise InnosiError("names a judgement but no file", mend="add `from: judgements.json`")
    name, source = str(rest["judgement"]), str(rest["from"])
    if about.pop("evidence", EvidenceGrade.PANEL_JUDGEMENT) != EvidenceGrade.PANEL_JUDGEMENT:
        raise InnosiError(
            "a judgement's evidence is `panel_judgement`", mend="leave `evidence` out, or give a value"
        )
    judgement = reading.judgements(source).find(name)
    judgement.check_unit(reading.currency)
    shared = about.pop("shared", f"judgement {name} from {source}")
    about.setdefault("source", reading.judgements(source).citation(judgement))
    return Estimate(
        reading.judged(name, source, kind),
        evidence=EvidenceGrade.PANEL_JUDGEMENT,
        stated=f"judgement {name} from {source}",
        shared_name=shared,
        **about,
    )


def _refuse_unknown(rest: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in rest:
        if key not in known:
            raise InnosiError(f"{key}: {unknown_key(key, (*known, *_ABOUT), rest[key])}")


def _grade(text: str) -> EvidenceGrade:
    try:
        return EvidenceGrade(text)
    except ValueError:
        grades = [grade.value for grade in EvidenceGrade]
        raise InnosiError(f"'{text}' is no evidence grade{nearest(text, grades)}") from None


def _stated(raw: Any) -> str:
    return raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)


def _reader(kind: Kind) -> Callable[[Any, ValidationInfo], Estimate]:
    def read(raw: Any, info: ValidationInfo) -> Estimate:
        reading = (info.context or {}).get("reading")
        try:
            return read_estimate(raw, kind, reading or EstimateReading(Path()))
        except InnosiError as error:  # pydantic gathers ValueErrors only
            raise DistributionError(error.problem, mend=error.mend, excerpt=error.excerpt) from None

    return read


def _schema(description: str, examples: list[Any]) -> dict[str, Any]:
    grades = [grade.value for grade in EvidenceGrade]
    written_out = {
        "type": "object",
        "properties": {
            "value": {"description": "A number or a distribution.", "type": ["number", "string", "object"]},
            "judgement": {"description": "A question of a Delphi study.", "type": "string"},
            "from": {"description": "The judgements file of that study.", "type": "string"},
            "evidence": {"description": "What the number rests on.", "enum": grades},
            "source": {"description": "Where it was read.", "type": "string"},
            "note": {"description": "What a reader should know.", "type": "string"},
            "shared": {"description": "Numbers of one name are one unknown, drawn once.", "type": "string"},
            "currency": {"description": "Of an amount in another currency, converted.", "type": "string"},
            "price_year": {"description": "Of an amount in prices of another year.", "type": "integer"},
        },
    }
    return {
        "description": description,
        "examples": examples,
        "anyOf": [{"type": "number"}, {"type": "string"}, written_out],
    }


Share = Annotated[
    Estimate,
    PlainValidator(_reader("share")),
    WithJsonSchema(_schema("A share, as a fraction or a percentage.", [0.25, "25%", "15% .. 40%"])),
]
Rate = Annotated[
    Estimate,
    PlainValidator(_reader("rate")),
    WithJsonSchema(_schema("An annual rate, as a fraction or a percentage.", ["3.5%", "2% .. 5%"])),
]
Change = Annotated[
    Estimate,
    PlainValidator(_reader("change")),
    WithJsonSchema(
        _schema("A change, as a fraction or a percentage of what it changes.", ["-40%", "-60% .. -20%", 0.1])
    ),
]
Money = Annotated[
    Estimate,
    PlainValidator(_reader("money")),
    WithJsonSchema(_schema("An amount in the file's currency.", [1200, "€1.2M .. €3M"])),
]
Count = Annotated[
    Estimate,
    PlainValidator(_reader("number")),
    WithJsonSchema(_schema("A number.", [28, "10 .. 20", "triangular(1, 2, 4)"])),
]
Years = Annotated[
    Estimate,
    PlainValidator(_reader("years")),
    WithJsonSchema(_schema("A length of time in years.", [3, "2 .. 5"])),
]
