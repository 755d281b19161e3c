"""A mapping that is proposed for an export, written to a file that people read and mend."""

from pathlib import Path

from innosi.forecast.study import Study
from innosi.forecast.survey_tools.mapping_text import mapping_text
from innosi.forecast.survey_tools.proposing import ProposedMapping, propose_mapping
from innosi.models.errors import InnosiError
from innosi.scenarios.tables.sheet import read_sheet
from innosi.scenarios.writing import write_text


def write_mapping(
    study: Study, export: Path, to: Path, *, sheet: str | None = None, is_replaced: bool = False
) -> ProposedMapping:
    """Write a proposed mapping of a survey tool's export, and return it.

    Raises
    ------
    AnswerError
        If the export cannot be read.
    InnosiError
        If a mapping is there already and `is_replaced` is not said, or it cannot be written.
    """
    if to.exists() and not is_replaced:
        raise InnosiError(
            "is there already, and may have been mended by hand",
            mend="name another file, or say --replace",
            where=str(to),
        )
    proposed = propose_mapping(read_sheet(export, sheet=sheet, sheet_by="--sheet"), study)
    write_text(to, mapping_text(proposed))
    return proposed
