"""The shipped cases: listing them, and copying one to where a user can change it."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from innosi.models.errors import InnosiError
from innosi.scenarios.writing import replacing

SHIPPED = {".md", ".yaml", ".csv", ".json", ".py", ""}


def example_names() -> list[str]:
    """Return the names of the shipped cases."""
    return sorted(each.name for each in files("innosi.examples").iterdir() if (each / "README.md").is_file())


def example_title(name: str) -> str:
    """Return a case's title: the first heading of its README."""
    first = (files("innosi.examples") / name / "README.md").read_text(encoding="utf-8").splitlines()[0]
    return first.removeprefix("# ")


def copy_example(name: str, folder: Path) -> list[Path]:
    """Copy a case into a folder, and return the files that were written.

    A file that is already there is kept as it is, with whatever was changed in it.

    Raises
    ------
    InnosiError
        If there is no such case.
    """
    if name not in example_names():
        raise InnosiError(f"there is no case '{name}'", mend=f"cases: {', '.join(example_names())}")
    return _copy(files("innosi.examples") / name, folder)


def _copy(source: Traversable, folder: Path) -> list[Path]:
    written = []
    for each in sorted(source.iterdir(), key=lambda entry: entry.name):
        target = folder / each.name
        if each.is_dir():
            if each.name != "__pycache__":
                written += _copy(each, target)
        elif Path(each.name).suffix in SHIPPED and not target.exists():
            with replacing(target) as temporary:
                temporary.write_bytes(each.read_bytes())
            written.append(target)
    return written
