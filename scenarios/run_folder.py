"""A folder in which a run is kept chunk by chunk, so that it can be stopped at any moment and go on."""

import fcntl
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from innosi.models.errors import InnosiError
from innosi.scenarios.chunks import Chunk, Draws, Pair
from innosi.scenarios.summaries.summary import BLOCK
from innosi.scenarios.writing import make_folder, replacing, write_text

FORMAT = "innosi-run/1"
RECORD = "run.json"
DRAWS = "draws"
_INPUT = "input."
_TEMPORARY = ".part-"
_LOCK = ".lock"


@dataclass(frozen=True)
class RunFolder:
    """Where a run is kept.

    `run.json` says what is run; `draws/scenario=NAME/option=NAME/START-STOP.parquet` hold the draws, each
    file written whole or not at all.

    Attributes
    ----------
    path : Path
    pairs : tuple of (scenario, option)
        What a finished chunk has a file of.
    """

    path: Path
    pairs: tuple[Pair, ...]

    @contextmanager
    def opened(self, identity: Mapping[str, Any]) -> Iterator["RunFolder"]:
        """Hold the folder for one run, new or to go on with.

        Parameters
        ----------
        identity : mapping
            What makes the draws what they are; a run goes on only where all of it is as it was.

        Raises
        ------
        InnosiError
            If the folder holds another run, or anything else, or is in use.
        """
        self._refuse_other(identity)
        with self._held():
            record = json.dumps({"format": FORMAT, **identity}, indent=2, ensure_ascii=False)
            write_text(self.path / RECORD, record)
            for left in self.path.glob(f"{DRAWS}/**/{_TEMPORARY}*"):
                left.unlink()  # of a run that was killed while it wrote
            yield self

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Keep other runs out; the system lets go of the lock even where a run is killed."""
        make_folder(self.path)
        with (self.path / _LOCK).open("w") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise InnosiError(
                    "another run is being written here",
                    mend="wait for it, or name another folder",
                    where=str(self.path),
                ) from None
            yield

    def usable(self, n_draws: int) -> list[Chunk]:
        """Return the chunks that are written whole, by their start.

        The last of a shorter run may end where no chunk of a longer one does: it is removed, to be made anew.

        Raises
        ------
        InnosiError
            If there are more than `n_draws` draws.
        """
        written = [{path.stem for path in self._folder(pair).glob("[0-9]*.parquet")} for pair in self.pairs]
        chunks = sorted(Chunk(*map(int, name.split("-"))) for name in set.intersection(*written))
        if chunks and chunks[-1].stop > n_draws:
            raise InnosiError(
                f"holds {chunks[-1].stop:,} draws, more than the {n_draws:,} asked for",
                mend="ask for as many, or name a new folder",
                where=str(self.path),
            )
        usable = [each for each in chunks if each.stop % BLOCK == 0 or each.stop == n_draws]
        for name in set.union(*written) - {_name(each) for each in usable}:
            for pair in self.pairs:
                (self._folder(pair) / f"{name}.parquet").unlink(missing_ok=True)
        return usable

    def write(self, chunk: Chunk, draws: Mapping[Pair, Draws], provenance: Mapping[str, Any]) -> None:
        """Write the draws of a chunk, each experiment's whole or not at all."""
        for pair in self.pairs:
            found = draws[pair]
            columns: dict[str, Any] = {"draw": np.arange(chunk.start, chunk.stop)}
            columns |= {f"{_INPUT}{key}": values for key, values in found.inputs.items()}
            columns |= dict(found.outputs)
            write_parquet(columns, self._file(pair, chunk), provenance)

    def read(self, chunk: Chunk) -> dict[Pair, Draws]:
        """Return the draws of a chunk that is written."""
        return {pair: _read(self._file(pair, chunk)) for pair in self.pairs}

    def _folder(self, pair: Pair) -> Path:
        scenario, option = (quote(name, safe="") for name in pair)
        return self.path / DRAWS / f"scenario={scenario}" / f"option={option}"

    def _file(self, pair: Pair, chunk: Chunk) -> Path:
        return self._folder(pair) / f"{_name(chunk)}.parquet"

    def _refuse_other(self, identity: Mapping[str, Any]) -> None:
        if not self.path.exists():
            return
        if not self.path.is_dir() or (any(self.path.iterdir()) and not (self.path / RECORD).exists()):
            raise InnosiError("holds something else", mend="name a new folder", where=str(self.path))
        if not (self.path / RECORD).exists():
            return
        there = read_record(self.path)
        differing = [key for key, value in _plain(identity).items() if there.get(key) != value]
        if differing:
            shown = "; ".join(
                f"{key} {_short(there.get(key))}, now {_short(identity[key])}" for key in differing
            )
            raise InnosiError(
                f"holds another run ({shown})",
                mend="name a new folder, or remove this one",
                where=str(self.path),
            )


def _name(chunk: Chunk) -> str:
    return f"{chunk.start:012d}-{chunk.stop:012d}"


def read_record(path: Path) -> dict[str, Any]:
    """Return what a run's folder says of it."""
    try:
        record = json.loads((path / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        record = None
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise InnosiError(
            f"is no folder of a run: it has no {RECORD} that says so",
            mend="make one with `innosi run FILE --to FOLDER`",
            where=str(path),
        )
    return record


def write_parquet(columns: Mapping[str, Any], path: Path, provenance: Mapping[str, Any]) -> None:
    """Write a table as Parquet, with its provenance in the file's metadata; whole or not at all."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({name: pa.array(values) for name, values in columns.items()})
    metadata = {b"innosi": json.dumps(provenance, ensure_ascii=False).encode()}
    with replacing(path, prefix=_TEMPORARY) as temporary:
        pq.write_table(table.replace_schema_metadata(metadata), temporary, compression="zstd")


def _read(path: Path) -> Draws:
    import pyarrow.parquet as pq

    table = pq.ParquetFile(path).read()
    columns = {name: table[name].to_numpy() for name in table.column_names if name != "draw"}
    return Draws(
        {name.removeprefix(_INPUT): each for name, each in columns.items() if name.startswith(_INPUT)},
        {name: each for name, each in columns.items() if not name.startswith(_INPUT)},
    )


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """Data as they come back from JSON."""
    plain: dict[str, Any] = json.loads(json.dumps(data))
    return plain


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 24 else f"{text[:20]}…"
