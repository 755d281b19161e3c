"""The report of a study, written from its store: as a page, for printing, or as a Word document."""

from datetime import datetime
from pathlib import Path

from innosi.forecast.running import RunningStudy
from innosi.forecast.store.answers import read_answers
from innosi.forecast.store.arguments import read_arguments
from innosi.forecast.store.history import read_history
from innosi.forecast.study_report.contents import report_of
from innosi.forecast.study_report.items import unknown_report_keys
from innosi.forecast.study_report.page import report_html
from innosi.forecast.study_report.values import StudyReport
from innosi.models.errors import InnosiError
from innosi.scenarios.writing import replacing, write_text

FORMATS = (".html", ".pdf", ".docx")


def study_report(running: RunningStudy, *, at: datetime) -> StudyReport:
    """Return the report of a study as it stands.

    Raises
    ------
    InnosiError
        If the study file has keys under `report` that no item of the report asks for.
    """
    problems = unknown_report_keys(running.study)
    if problems:
        raise InnosiError("; ".join(problems), where=str(running.study.path))
    with running.needed_store.reading() as transaction:
        history = read_history(transaction, running.study)
        answers = read_answers(transaction, running.study)
        arguments = read_arguments(transaction)
    return report_of(running.study, history, answers, arguments=arguments, at=at)


def write_study_report(report: StudyReport, path: Path) -> None:
    """Write a report as .html, .pdf or .docx, whole or not at all.

    Raises
    ------
    InnosiError
        If the name ends otherwise, or a library is missing.
    """
    suffix = path.suffix.casefold()
    if suffix == ".html":
        write_text(path, report_html(report))
    elif suffix == ".pdf":
        from innosi.forecast.documents.pdf import write_pdf

        write_pdf(report_html(report), path)
    elif suffix == ".docx":
        from innosi.forecast.documents.word import report_docx

        content = report_docx(report)
        with replacing(path) as temporary:
            temporary.write_bytes(content)
    else:
        raise InnosiError(
            f"'{path}' ends in no form that a report has", mend=f"name it with {', '.join(FORMATS)}"
        )
