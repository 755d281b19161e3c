"""Forms that came back, as one table: each is checked as a whole before its answers are, one by one."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from innosi.forecast.answers.admitting import Admission, admission_to
from innosi.forecast.answers.cells import CellReader, has_no_answer
from innosi.forecast.answers.forms import is_yes
from innosi.forecast.answers.importing import ImportOptions, Table, known_consents
from innosi.forecast.answers.layout import column_of
from innosi.forecast.answers.sheet import Cell, Row, Sheet
from innosi.forecast.answers.values import Answer, Rejection
from innosi.forecast.questionnaires.form import Form, read_form
from innosi.forecast.running import RunningStudy
from innosi.models.errors import AnswerError, InnosiError
from innosi.scenarios.loading.validation import nearest

_BESIDE: Mapping[str, str] = {"consent": "(consent)", "proposal": "(proposal)"}
"""Names that no question has, so that one may well be called `proposal`."""


def table_of_forms(running: RunningStudy, files: Sequence[Path], options: ImportOptions) -> Table:
    """Return what forms say, one row a form, and the forms that are not taken, each with its reason.

    Raises
    ------
    AnswerError
        If there is but one form and it cannot be read or is not taken, or an option is not for forms.
    """
    _refuse_idle(options)
    joining = _Joining(running, options, len(files) > 1)
    with running.needed_store.reading() as transaction:
        key = transaction.key
    for path in files:
        try:
            joining.add(path, read_form(path, study_key=key))
        except InnosiError as error:
            if not joining.has_several:
                raise
            joining.refuse(path, error.message)
    return joining.table(files)


def _refuse_idle(options: ImportOptions) -> None:
    idle = {"--map": options.mapping, "--sheet": options.sheet, "--percent": options.are_percentages}
    for option, said in idle.items():
        if said:
            raise AnswerError(
                f"{option} is for tables, and a form says itself what its cells hold",
                mend=f"leave {option} out",
            )


@dataclass
class _Joining:
    """Gathers forms; `forms` are those that are taken, in the order of their rows."""

    running: RunningStudy
    options: ImportOptions
    has_several: bool
    forms: list[tuple[Path, Form]] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)

    def add(self, path: Path, form: Form) -> None:
        """Take a form, or refuse it."""
        twin = next((each for each in self.forms if each[1].label == form.label), None)
        if twin is None:
            reason = self._why_not(form)
            if reason:
                self.refuse(path, reason, form)
            if not reason:
                self.forms.append((path, form))
            elif _agrees(form) is False and self._is_on_panel(form):
                self.forms.append((path, _refusal_of(form)))
        elif twin[1].entries.rows != form.entries.rows:
            what = f"of round {form.label.round} is here twice, and the two differ; keep one of {{}} and {{}}"
            self.forms.remove(twin)
            for one, other in ((twin[0], path), (path, twin[0])):
                self.refuse(one, what.format(one.name, other.name), form)

    def refuse(self, path: Path, reason: str, form: Form | None = None) -> None:
        """Put a form as a whole on the list of what is not taken."""
        number, who = (str(form.label.round), form.label.pseudonym) if form else ("", "")
        self.rejections.append(Rejection(0, number, who, "", "", reason, str(path)))

    def _why_not(self, form: Form) -> str:
        """Say why nothing of a form can be taken; '' where it can."""
        study, label = self.running.study, form.label
        if label.round > len(study.rounds):
            return f"there is no round {label.round}; the study has {len(study.rounds)}"
        if study.panel.members and label.pseudonym not in study.panel.members:
            return f"unknown panellist{nearest(label.pseudonym, study.panel.members)}"
        if _agrees(form) is False and not _has_answers(form, study.questions):
            return ""  # that somebody does not take part is kept
        number = self.running.progress.round if study.mode == "real_time" else label.round
        reason = self._admission(form)(Answer(number, label.pseudonym, "", ()))
        place = form.places.get("consent", "")
        return f"{reason} ({place})" if reason and place and "to take part" in reason else reason

    def _is_on_panel(self, form: Form) -> bool:
        panel, who = self.running.study.panel, form.label.pseudonym
        return who not in panel.withdrawn and (who in panel.members or not panel.members)

    def _admission(self, form: Form) -> Admission:
        agrees = _agrees(form)
        said = {} if agrees is None else {form.label.pseudonym: agrees}
        known = known_consents(self.running, said)
        return admission_to(
            self.running.study, self.running.progress, consents=known, is_late=self.options.is_late
        )

    def table(self, files: Sequence[Path]) -> Table:
        """Return one row a form; in real time answers count now, whenever the form was made."""
        about = ("panellist",) if self.running.study.mode == "real_time" else ("panellist", "round")
        said = [_said(form, self.running.study.questions) for _, form in self.forms]
        others = ("panellist", "round", *_BESIDE.values())
        found = dict.fromkeys(name for each in said for name in each if name not in others)
        columns = (*about, *(found or self._any_column()), *_BESIDE.values())
        rows = tuple(
            Row(line, tuple(each.get(name) for name in columns)) for line, each in enumerate(said, start=1)
        )
        cells = [cell for row in rows for cell in row.cells]
        source = f"{len(files)} forms" if self.has_several else str(files[0])
        return Table(
            Sheet(source, columns, rows),
            tuple(self.rejections),
            CellReader.of_table(cells, "", are_percentages=False, language=self.options.language),
            mapping=_BESIDE,
            panellists=frozenset(form.label.pseudonym for _, form in self.forms),
            files=tuple(files),
            located=self._located,
        )

    def _any_column(self) -> tuple[str, ...]:
        """A column of answers for a table that has none, as where no form is taken."""
        question = next(iter(self.running.study.questions.values()))
        return (column_of(question.name, question.parts[0]),)

    def _located(self, rejection: Rejection) -> Rejection:
        """Say in which file, and in which of its cells, something stands that is rejected."""
        path, form = self.forms[rejection.line - 1]
        (located,) = form.located([replace(rejection, line=0)])
        return replace(located, file=str(path) if self.has_several else "")


def _said(form: Form, questions: Container[str]) -> dict[str, Cell]:
    """What a form says, by the names of our columns."""
    said = dict(zip(form.entries.columns, form.entries.rows[0].cells, strict=True))
    for name, cell in form.asides.items():
        if name not in questions:
            said.pop(name, None)
        said[_BESIDE[name]] = cell
    return said


def _refusal_of(form: Form) -> Form:
    """A form of which nothing is taken but that somebody does not take part."""
    about = len(("panellist", "round"))
    (row,) = form.entries.rows
    entries = replace(
        form.entries,
        columns=form.entries.columns[:about],
        rows=(replace(row, cells=row.cells[:about]),),
    )
    return replace(form, entries=entries, asides={"consent": form.asides["consent"]})


def _agrees(form: Form) -> bool | None:
    """Whether somebody agrees to take part; None where they do not say."""
    said = form.asides.get("consent")
    return None if has_no_answer(said) else is_yes(said)


def _has_answers(form: Form, questions: Container[str]) -> bool:
    about = ("panellist", "round", *(name for name in form.asides if name not in questions))
    said = zip(form.entries.columns, form.entries.rows[0].cells, strict=True)
    return any(not has_no_answer(cell) for name, cell in said if name not in about)
