"""Writing project files of ScenarioWizard 4; `scenario_wizard` tells the format."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from innosi.models.errors import InnosiError
from innosi.scenarios.construction.balance.scenario_wizard import (
    END,
    LARGEST,
    VERSION,
    ScenarioWizardProject,
    decoded,
    shown,
)
from innosi.scenarios.writing import replacing


def write_project(path: Path, project: ScenarioWizardProject) -> None:
    """Write a project file, whole or not at all; see `project_bytes`."""
    raw = project_bytes(project)
    with replacing(path) as temporary:
        temporary.write_bytes(raw)


def project_bytes(project: ScenarioWizardProject) -> bytes:
    """Return a project as the bytes of its file: Windows' encoding (cp1252), lines that end as there.

    Raises
    ------
    InnosiError
        If a name, a text or a judgement cannot stand in such a file.
    """
    _check(project)
    lines = [VERSION, project.title]
    for each in project.descriptors:
        lines += [f"&{each.name}", *(f" -{state}" for state in each.states)]
    lines += [END]
    for each in project.descriptors:
        lines += [f"&{each.short}", *(f" {state}" for state in each.short_states)]
    third, colours, fifth, last = project.kept
    lines += [END, *third, END, *colours, END, *fifth, END]
    lines += [",".join(f"{value:2d} " for value in row) for row in project.judgements.tolist()]
    lines += [END, *_text_lines(project), *last]
    return _encoded("\r\n".join([*lines, ""]))


def _text_lines(project: ScenarioWizardProject) -> Iterator[str]:
    shorts = [each.short or each.name for each in project.descriptors]
    yield from ("# 0-0", *f'"{project.text}"'.split("\n"))
    for short, each in zip(shorts, project.descriptors, strict=True):
        yield from (f"# {short}", *f'"{each.text}"'.split("\n"))
    for actor, acting in enumerate(shorts):
        for target, acted_on in enumerate(shorts):
            reason = project.reasons.get((actor, target), "")
            yield from (f"# {acting} -> {acted_on}", *f'"{reason}"'.split("\n"))


def _encoded(text: str) -> bytes:
    try:
        raw = text.encode("cp1252")
    except UnicodeEncodeError as error:
        found = text[error.start : error.end]
        line = text[: error.start].count("\n")
        whole = shown(text.split("\n")[line].strip())
        raise InnosiError(
            f"{whole} holds {found!r}, which Windows' encoding (cp1252) lacks",
            mend="spell it with letters of Western European languages",
        ) from None
    if decoded(raw, "") != text:
        raise InnosiError(
            "its letters beyond ASCII would be read as others, as they look like UTF-8",
            mend="spell one of them otherwise",
        )
    return raw


def _check(project: ScenarioWizardProject) -> None:
    """Refuse what the file could not give back."""
    _check_name(project.title, "the title")
    names = [each.name for each in project.descriptors]
    if len(set(names)) < len(names):
        raise InnosiError("two descriptors have the same name", mend="give each its own")
    for each in project.descriptors:
        _check_name(each.name, "the descriptor")
        if len(each.states) < 2 or len(set(each.states)) < len(each.states):
            raise InnosiError(
                f"the descriptor {shown(each.name)} has fewer than two states, or one twice",
                mend="give it two or more, each of its own name",
            )
        for name in each.states:
            _check_name(name, "the state")
        for short in (each.short, *each.short_states):
            _check_name(short, "the short name", may_be_blank=True)
            if short.startswith(("&", END, "-")):
                raise InnosiError(f"the short name {shown(short)} begins with &, # or -", mend="rename it")
        _check_text(each.text)
    for text in (project.text, *project.reasons.values()):
        _check_text(text)
    _check_judgements(project)


def _check_name(name: str, what: str, *, may_be_blank: bool = False) -> None:
    if name != name.strip() or any(not each.isprintable() for each in name) or not (name or may_be_blank):
        raise InnosiError(
            f"{what} {shown(name)} is blank, begins or ends with a blank, or has what cannot be printed",
            mend="a .scw file has a line for each name; give it one that fits",
        )


def _check_text(text: str) -> None:
    is_odd = any(not (each.isprintable() or each in "\n\t") for each in text)
    if is_odd or any(line.startswith(END) for line in text.split("\n")):
        raise InnosiError(
            f"the text {shown(text)} has a line that begins with #, or characters that cannot be printed",
            mend="a .scw file cannot tell it from its own marks; write it otherwise",
        )


def _check_judgements(project: ScenarioWizardProject) -> None:
    n = sum(len(each.states) for each in project.descriptors)
    if project.judgements.shape != (n, n):
        raise InnosiError(
            f"the matrix is {project.judgements.shape}, and there are {n} states", mend="fit them"
        )
    if np.abs(project.judgements).max(initial=0) > LARGEST:
        raise InnosiError(f"a judgement is beyond ±{LARGEST}", mend="scale the judgements down")
