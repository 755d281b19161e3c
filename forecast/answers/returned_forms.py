"""Forms that came back, as one table: one row a form."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from innosi.forecast.answers.cells import CellReader, has_no_answer
from innosi.forecast.answers.circumstances import Circumstances
from innosi.forecast.answers.importing import ImportOptions, Laid
from innosi.forecast.answers.incoming_table import IncomingTable
from innosi.forecast.answers.layout import column_of
from innosi.forecast.answers.values import Rejection
from innosi.forecast.languages.language import language_of
from innosi.forecast.questionnaires.form import Form, read_form
from innosi.forecast.running import RunningStudy
from innosi.forecast.sheet_names import sheet_names
from innosi.forecast.study import Study
from innosi.models.errors import AnswerError, InnosiError
from innosi.scenarios.tables.rows import Cell
from innosi.scenarios.tables.sheet import Row, Sheet

_BESIDE: Mapping[str, str] = {"consent": "(consent)", "proposal": "(proposal)"}
"""Names that no question has, so that one may well be called `proposal`."""


def read_forms(running: RunningStudy, files: Sequence[Path], options: ImportOptions) -> Laid:
    """Read forms; return how they are laid out as a table, beside those that are not taken, with the reason.

    Raises
    ------
    AnswerError
        If there is but one form and it cannot be read, or an option is not for forms.
    """
    _refuse_idle(options)
    joining = _Joining(tuple(files), options.language)
    with running.needed_store.reading() as transaction:
        key = transaction.key
    for path in files:
        try:
            joining.add(path, read_form(path, study_key=key))
        except InnosiError as error:
            if not joining.has_several:
                raise
            joining.refuse(path, error.message)
    return joining.laid


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

    files: tuple[Path, ...]
    language: str
    forms: list[tuple[Path, Form]] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)

    @property
    def has_several(self) -> bool:
        return len(self.files) > 1

    def add(self, path: Path, form: Form) -> None:
        """Take a form; of two that differ and are of one panellist and round, neither."""
        twin = next((each for each in self.forms if each[1].label == form.label), None)
        if twin is None:
            self.forms.append((path, form))
        elif twin[1].entries.rows != form.entries.rows:
            what = f"of round {form.label.round} is here twice, and the two differ; keep one of {{}} and {{}}"
            self.forms.remove(twin)
            for one, other in ((twin[0], path), (path, twin[0])):
                self.refuse(one, what.format(one.name, other.name), form)

    def refuse(self, path: Path, reason: str, form: Form | None = None) -> None:
        """Put a form as a whole on the list of what is not taken."""
        number, who = (str(form.label.round), form.label.pseudonym) if form else ("", "")
        self.rejections.append(Rejection(0, number, who, "", "", reason, str(path)))

    def laid(self, met: Circumstances) -> IncomingTable:
        """Return one row a form; in real time answers count now, whenever the form was made."""
        about = ("panellist",) if met.study.mode == "real_time" else ("panellist", "round")
        said = [_said(form, met.study) for _, form in self.forms]
        beside = dict.fromkeys(name for each in said for name in each if name in _BESIDE.values())
        known = ("panellist", "round", *beside)
        found = dict.fromkeys(name for each in said for name in each if name not in known)
        columns = (*about, *(found or _any_column(met.study)), *beside)
        rows = tuple(
            Row(line, tuple(each.get(name) for name in columns)) for line, each in enumerate(said, start=1)
        )
        source = f"{len(self.files)} forms" if self.has_several else str(self.files[0])
        readers = {
            line: CellReader(language=self._language(form, met), kind="form")
            for line, (_, form) in enumerate(self.forms, start=1)
        }
        return IncomingTable(
            Sheet(source, columns, rows),
            lambda _: CellReader(kind="form"),
            names={ours: column for ours, column in _BESIDE.items() if column in beside},
            readers=readers,
            rejections=tuple(self.rejections),
            locate=self._located,
            is_of_forms=True,
            notes=tuple(self._notes(met)),
        )

    def _language(self, form: Form, met: Circumstances) -> str:
        """In which language a form was sent, and so its numbers are most likely written."""
        listed = met.panel.get(form.label.pseudonym)
        return language_of(self.language or (listed.language if listed else "") or met.study.language).code

    def _notes(self, met: Circumstances) -> Iterator[str]:
        owners = {name.casefold(): who for who, name in sheet_names(met.study.panel.members).items()}
        for path, form in self.forms:
            who = form.label.pseudonym
            if owners.get(path.stem.casefold(), who) != who:
                yield f"{path.name} is the form of {who}: its label counts, not its name; were two mixed up?"
        blank = [form.label.pseudonym for _, form in self.forms if _is_blank(form)]
        if blank and self.has_several:
            yield f"nothing is filled in on the form of {', '.join(blank)}"

    def _located(self, rejection: Rejection) -> Rejection:
        """Say in which file, and in which of its cells, something stands that is rejected."""
        path, form = self.forms[rejection.line - 1]
        (located,) = form.located([replace(rejection, line=0)])
        return replace(located, file=str(path) if self.has_several else "")


def _any_column(study: Study) -> tuple[str, ...]:
    """A column of answers for a table that has none, as where no form is taken."""
    question = next(iter(study.questions.values()))
    return (column_of(question.name, question.parts[0]),)


def _said(form: Form, study: Study) -> dict[str, Cell]:
    """What a form says, by the names of our columns."""
    said = dict(zip(form.entries.columns, form.entries.rows[0].cells, strict=True))
    for name, cell in form.asides.items():
        if name not in study.questions:
            said.pop(name, None)
        said[_BESIDE[name]] = cell
    return said


def _is_blank(form: Form) -> bool:
    said = zip(form.entries.columns, form.entries.rows[0].cells, strict=True)
    about = ("panellist", "round")
    cells = (*(cell for name, cell in said if name not in about), *form.asides.values())
    return all(map(has_no_answer, cells))
