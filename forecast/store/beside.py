"""Files that our commands left beside a study, and that may hold what was deleted from its store."""

from pathlib import Path

from innosi.forecast.store.opening import store_file
from innosi.forecast.study import Study


def files_beside(study: Study) -> tuple[Path, ...]:
    """Return the damaged stores, backups and rejected rows that lie in a study's folder or one below it.

    Backups by other names, what was exported, and what others keep cannot be known.
    """
    folder, file = study.path.parent, store_file(study)
    found = [*folder.glob(f"{study.path.stem}-backup-*.zip")]
    found += [each for pattern in ("*.rejects.csv", "*/*.rejects.csv") for each in folder.glob(pattern)]
    if file is not None:
        found += file.parent.glob(f"{file.name}.damaged-*")
    return tuple(sorted(found))
