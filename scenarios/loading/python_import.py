"""Importing the Python module that a scenario file names; it runs that module's code."""

import hashlib
import importlib
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from threading import RLock
from types import ModuleType
from typing import Any

from innosi.models.errors import ModelError
from innosi.models.python_model import PythonModel, declaration_of
from innosi.models.python_model.place import place_in
from innosi.scenarios.loading.validation import nearest

PREFIX = "python:"
PATTERN = r"^python:[\w.]+:\w+$"
_REFERENCE = re.compile(r"python:([^\W\d]\w*(?:\.[^\W\d]\w*)*):([^\W\d]\w*)")

_LOCK = RLock()
_FROM_FOLDERS: dict[str, "_Source"] = {}
"""Modules that lie in scenario files' folders. Two folders may each have a `model.py`, so that those of
another folder, and those that were changed since, are forgotten before a folder's own are imported."""


@dataclass(frozen=True, slots=True)
class _Source:
    folder: Path
    file: Path
    changed: tuple[int, int]


@dataclass(frozen=True, slots=True)
class ModelReference:
    """A model by the module and the name that a scenario file gives, and the file's folder."""

    module: str
    name: str
    folder: Path

    @classmethod
    def parse(cls, text: str, folder: Path) -> "ModelReference":
        """Read `python:module:name`.

        Raises
        ------
        ModelError
        """
        found = _REFERENCE.fullmatch(text)
        if not found:
            raise ModelError(
                f"'{text}' does not name a function", mend="write python:module:function, without .py"
            )
        return cls(found[1], found[2], folder.resolve())

    def __str__(self) -> str:
        return f"{PREFIX}{self.module}:{self.name}"

    def __call__(self) -> PythonModel:
        """Import the module and return the model.

        Raises
        ------
        ModelError
            If the module is not found or stops, or has no model of that name.
        """
        module = _imported(self)
        try:
            found = getattr(module, self.name)
        except AttributeError:
            known = [name for name, each in vars(module).items() if _may_be_meant(module, name, each)]
            problem = f"{_where(module)} has no '{self.name}'{nearest(self.name, known)}"
            raise ModelError(problem) from None
        if isinstance(found, PythonModel):
            return found
        if not callable(found):
            kind = type(found).__name__
            raise ModelError(f"'{self.name}' in {_where(module)} is a {kind}, not a model")
        raise ModelError(
            f"'{self.name}' in {_where(module)} does not say what it needs and gives",
            mend=f"declare it:\n{declaration_of(found)}",
        )


def fingerprint(reference: ModelReference) -> str:
    """Return the SHA-256 of an imported module's code, with what it imported from its folder."""
    with _LOCK:
        files = {source.file for source in _FROM_FOLDERS.values() if source.folder == reference.folder}
        main = getattr(sys.modules.get(reference.module), "__file__", None)
    if main:
        files.add(Path(main))
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _imported(reference: ModelReference) -> ModuleType:
    with _LOCK:
        _forget_all_but(reference.folder)
        _refuse_taken(reference)
        before = set(sys.modules)
        try:
            with _first_on_the_path(reference.folder):
                return importlib.import_module(reference.module)
        except (Exception, SystemExit) as error:
            for name in set(sys.modules) - before:
                if _file_in(sys.modules[name], reference.folder):
                    del sys.modules[name]
            raise _import_problem(error, reference) from error
        finally:
            _remember(set(sys.modules) - before, reference.folder)


class _FolderFinder:
    """Finds modules in one folder; never in the place of Python's own, such as `calendar`."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if path is not None or name in sys.stdlib_module_names:
            return None
        found = PathFinder.find_spec(name, [self.folder], target)
        return found if found and found.loader else None


@contextmanager
def _first_on_the_path(folder: Path) -> Iterator[None]:
    """Let a folder's modules be found before installed ones, until the block ends."""
    finder = _FolderFinder(folder)
    sys.meta_path.insert(0, finder)
    sys.path.append(str(folder))  # for a folder of modules without __init__.py
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        sys.path.reverse()
        sys.path.remove(str(folder))
        sys.path.reverse()


def _forget_all_but(folder: Path) -> None:
    own = {name: source for name, source in _FROM_FOLDERS.items() if source.folder == folder}
    is_unchanged = all(_changed(source.file) == source.changed for source in own.values())
    for name in list(_FROM_FOLDERS):
        if name not in own or not is_unchanged:
            del _FROM_FOLDERS[name]
            sys.modules.pop(name, None)


def _remember(names: set[str], folder: Path) -> None:
    for name in names:
        file = _file_in(sys.modules.get(name), folder)
        if file:
            _FROM_FOLDERS[name] = _Source(folder, file, _changed(file))


def _changed(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def _file_in(module: ModuleType | None, folder: Path) -> Path | None:
    file = getattr(module, "__file__", None)
    return Path(file) if file and folder in Path(file).resolve().parents else None


def _refuse_taken(reference: ModelReference) -> None:
    """Refuse a folder's module whose name Python, or something imported before, has taken."""
    top = reference.module.partition(".")[0]
    own = [path for path in (reference.folder / f"{top}.py", reference.folder / top) if path.exists()]
    present = sys.modules.get(top)
    is_other = present is not None and not _file_in(present, reference.folder)
    has_no_file = present is not None and getattr(present, "__file__", None) is None
    if own and (top in sys.stdlib_module_names or (is_other and not has_no_file)):
        raise ModelError(
            f"a module called '{top}' is there already, beside {own[0].name} in {reference.folder}",
            mend=f"give {own[0].name} another name",
        )


def _import_problem(error: BaseException, reference: ModelReference) -> ModelError:
    name = reference.module
    if isinstance(error, ModelError):
        return ModelError(f"module '{name}': {error.problem}", mend=error.mend)
    if isinstance(error, ModuleNotFoundError) and error.name and f"{name}.".startswith(f"{error.name}."):
        stems = [path.stem for path in reference.folder.glob("*.py")]
        meant = get_close_matches(error.name, stems, n=1)
        return ModelError(
            f"there is no module '{error.name}'; looked in {reference.folder}, then among what is installed",
            mend=f"did you mean '{meant[0]}'?" if meant else "put it beside the scenario file, or install it",
        )
    place = place_in(error, reference.folder)
    if isinstance(error, ModuleNotFoundError):
        return ModelError(
            f"module '{name}' needs '{error.name}', which is not installed{place}",
            mend="install it beside innosi, or take the import out",
        )
    if isinstance(error, SyntaxError):
        return ModelError(
            f"module '{name}' is not sound Python: {error.msg}"
            f" ({Path(error.filename or '').name}, line {error.lineno}: {(error.text or '').strip()})"
        )
    said = ": ".join(filter(None, [type(error).__name__, str(error)]))
    return ModelError(f"module '{name}' stopped with {said}{place} when it was imported", mend="mend it")


def _may_be_meant(module: ModuleType, name: str, found: object) -> bool:
    if isinstance(found, PythonModel):
        return True
    is_own = getattr(found, "__module__", "") == module.__name__
    return callable(found) and is_own and not name.startswith("_")


def _where(module: ModuleType) -> str:
    file = getattr(module, "__file__", None) or ""
    return Path(file).name if file.endswith(".py") else module.__name__
