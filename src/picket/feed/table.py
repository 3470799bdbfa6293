"""Tables on disk: CSV, Parquet, Arrow IPC and JSON lines, by the file's suffix, read and written as batches.

Written with pyarrow and schema metadata {"version": "1", "table": "detection"} (Parquet, Arrow); unknown is null. A file
appears whole or not at all: it is written beside its place and renamed. The same batches give the same bytes.
Lists are joined with `;` in CSV. JSON lines hold every column, null where unknown.

Read streaming, a record batch at a time, every value checked by `picket.feed.checks`. Columns may be missing, stand in any order,
have other number types, dictionary-coded text or (for times) ISO 8601 text or timestamps. Unknown columns are counted by name.
Left out besides: wrong_field_count (a CSV row with more or fewer fields than the header).
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import stat
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Protocol

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet

from picket.feed import checks
from picket.places import check_places
from picket.words import DETECTION, SCHEMA_VERSION, Batch, Table, TableError, concat

SUFFIXES = {
    ".csv": "csv", ".parquet": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl",
    ".arrow": "arrow", ".feather": "arrow", ".ipc": "arrow",
}  # fmt: skip
ROWS = 1 << 16  # rows of one record batch read or written
# Rows of a Parquet row group written. A group costs some 140 kB of memory by the end of the file (its 44 columns, whatever is in
# them, and what the heap loses to them), its rows some 200 bytes each until it is written.
GROUP = 1 << 18
PAGE = 1 << 17  # bytes of a page and of a dictionary: those of one column are in memory until its part of the group is written
_LOOK = 1 << 11  # rows looked at to tell whether a column's values repeat
_SAME = 1 << 12  # rows of one value that stand for all rows of a block
_POOL = pa.system_memory_pool()  # for writing: Arrow's own pool keeps tens of MB that a large row group has given back
_ARROW: dict[str, Any] = {"float": pa.float64(), "int": pa.int64(), "text": pa.string(), "list": pa.list_(pa.string())}


def container(path: str | Path) -> str:
    """ "csv", "parquet", "jsonl" or "arrow" by the suffix. Raises TableError naming the suffixes there are."""
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise TableError(f"{path}: expected a name that ends in .parquet, .csv, .jsonl or .arrow, got {suffix or 'none'}")
    return SUFFIXES[suffix]


def check_tables(outs: Iterable[str | Path | None], inputs: Iterable[str | Path] = ()) -> None:
    """Raises TableError for a suffix that is no table's, PlaceError (picket.places) for a place where no table can go."""
    places = [out for out in outs if out is not None and str(out) != "-"]
    for out in places:
        container(out)
    check_places(places, inputs)


def schema(table: Table) -> pa.Schema:
    """The Arrow schema of a table, with its version and name as metadata."""
    fields = [pa.field(c.name, _ARROW[c.kind], metadata={"meaning": c.meaning}) for c in table.columns]
    return pa.schema(fields, metadata={"version": str(SCHEMA_VERSION), "table": table.name})


def json_schema(table: Table) -> dict[str, Any]:
    """The JSON Schema of one row as JSON: docs/detection.schema.json is this, written out."""
    types: dict[str, Any] = {"float": "number", "int": "integer", "text": "string", "list": "array"}
    properties: dict[str, Any] = {}
    for c in table.columns:
        one: dict[str, Any] = {"description": c.meaning, "type": [types[c.kind], "null"]}
        if c.name in checks.TIMES:
            one["type"] = ["number", "string", "null"]
            one["description"] += "; or ISO 8601 text"
        if c.name in checks.RANGES:
            one["minimum"], one["maximum"] = checks.RANGES[c.name]
        if c.name in checks.WORDS:
            one["enum"] = [*checks.WORDS[c.name], None]
        if c.kind == "list":
            one["items"] = {"type": "string"}
        properties[c.name] = one
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Picket {table.name} table, one row",
        "version": SCHEMA_VERSION,
        "type": "object",
        "properties": properties,
    }


# -- to and from Arrow ---------------------------------------------------------------------------------------------
def to_arrow(batch: Batch) -> pa.RecordBatch:
    """The batch as an Arrow record batch with every column of its table; unknown is null."""
    arrays = [_to_arrow(batch, c.name, c.kind) for c in batch.table.columns]
    return pa.RecordBatch.from_arrays(arrays, schema=schema(batch.table))


def _to_arrow(batch: Batch, name: str, kind: str) -> pa.Array:
    held = batch.columns.get(name)
    if held is None:
        return pa.nulls(batch.n, _ARROW[kind])
    if kind == "float":
        return pa.array(held, pa.float64(), from_pandas=True)  # NaN becomes null
    if kind == "int":
        return pa.array(held, pa.int64(), mask=held == -1)
    words = (*batch.words(name), None)  # code -1 finds the last one
    compute = sys.modules.get("pyarrow.compute")  # a third of the time; but importing it costs 9 MB for good (docs/commands.md)
    if compute is not None:  # whoever reads tables has it
        told = pa.array([list(w) if isinstance(w, tuple) else w for w in words], _ARROW[kind])
        return compute.take(told, pa.array(np.where(held < 0, len(words) - 1, held)), memory_pool=_POOL)
    values = np.fromiter(words, object, len(words))
    return pa.array(values[held], _ARROW[kind], memory_pool=_POOL)


def _to_chunks(blocks: list[Batch], name: str, kind: str) -> pa.ChunkedArray:
    """A column of all blocks. Numbers are not copied; what is the same throughout a block is the same few rows again and again, which
    take no memory: unknown values, and words such as the sensor's kind."""
    chunks: list[pa.Array] = []
    for block in blocks:
        held = block.columns.get(name)
        if held is None:
            few = pa.nulls(_SAME, _ARROW[kind])
        elif kind in ("text", "list") and block.n > _SAME and held.min() == held.max():
            word = block.words(name)[held[0]] if held[0] >= 0 else None
            few = pa.array([list(word) if kind == "list" and word is not None else word] * _SAME, _ARROW[kind])
        else:
            chunks.append(_to_arrow(block, name, kind))
            continue
        whole, rest = divmod(block.n, _SAME)
        chunks += [few] * whole + [few.slice(0, rest)]
    return pa.chunked_array(chunks, _ARROW[kind])


def from_arrow(
    found: pa.RecordBatch, table: Table, left_out: Counter[str], unknown: checks.Unknown, *, from_text: bool = False
) -> Batch:
    """A batch from Arrow columns of any type that can hold the value; what does not fit is unknown and counted."""
    columns: dict[str, Any] = {}
    words: dict[str, Any] = {}
    for name, array in zip(found.schema.names, found.columns, strict=True):
        if name not in table.kinds:
            left_out[unknown.reason(name)] += found.num_rows
        elif name not in columns and not pa.types.is_null(array.type):
            columns[name], words[name] = _from_arrow(table, name, array, left_out, from_text)
    return checks.build(table, found.num_rows, columns, words, left_out)


def _from_arrow(table: Table, name: str, array: pa.Array, left_out: Counter[str], from_text: bool) -> tuple[Any, Any]:
    kind, held = table.kinds[name], array.type
    if pa.types.is_dictionary(held):
        words = array.dictionary
        if kind == "text" and pa.types.is_string(words.type) and not words.null_count and len(words) <= len(array):
            return checks.clean_words(name, _codes(array), words.to_pylist(), left_out)
        array, held = array.dictionary_decode(), held.value_type
    if pa.types.is_binary(held):  # CSV: bytes that need not be UTF-8
        array = _as_text(array)
        held = array.type
    text = pa.types.is_string(held) or pa.types.is_large_string(held) or pa.types.is_string_view(held)
    number = pa.types.is_integer(held) or pa.types.is_floating(held)
    if kind == "float" and (number or (text and from_text)):
        with contextlib.suppress(pa.ArrowInvalid):
            values = array.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
            return checks.bounded(name, np.asarray(values, np.float64), left_out), None
    if kind == "float" and name in checks.TIMES and pa.types.is_timestamp(held):
        micros = array.cast(pa.timestamp("us", held.tz), safe=False).cast(pa.int64()).to_numpy(zero_copy_only=False)
        return checks.bounded(name, np.asarray(micros, np.float64) / 1e6, left_out), None
    if kind == "text" and (text or pa.types.is_integer(held)):
        coded = array.cast(pa.string()).dictionary_encode()
        return checks.clean_words(name, _codes(coded), coded.dictionary.to_pylist(), left_out)
    if kind == "int" and pa.types.is_integer(held):
        with contextlib.suppress(pa.ArrowInvalid):  # larger than an int64: value by value, below
            whole = array.cast(pa.int64())
            return checks.whole(name, whole.fill_null(-1).to_numpy(zero_copy_only=False), whole.null_count, left_out), None
    return checks.column(table, name, array.to_pylist(), left_out, from_text=from_text)


def _codes(coded: pa.DictionaryArray) -> Any:
    """The codes (n,) int32 of a dictionary-coded column, -1 where it is null."""
    return coded.indices.cast(pa.int32()).fill_null(-1).to_numpy(zero_copy_only=False)


def _as_text(array: pa.Array) -> pa.Array:
    try:
        return array.cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array([None if v is None else v.decode("utf-8", "replace") for v in array.to_pylist()], pa.string())


# -- reading -------------------------------------------------------------------------------------------------------
def read_batches(file: BinaryIO, kind: str, table: Table, left_out: Counter[str], source: str = "-") -> Iterator[Batch]:
    """Batches of at most some ten thousand rows from an open csv, parquet or arrow file.

    Raises TableError when the file is none of that kind, is cut (what was read before has been handed out), or says that
    it holds another table or a later version.
    """
    unknown = checks.Unknown(table)
    try:
        if kind == "csv":
            for found in _csv(file, left_out):
                yield from_arrow(found, table, left_out, unknown, from_text=True)
            return
        for found in _parquet(file, table, source) if kind == "parquet" else _arrow(file, table, source):
            yield from_arrow(found, table, left_out, unknown)
    except (pa.ArrowException, OSError) as e:
        raise TableError(
            f"{source}: cannot be read as {kind}: {str(e).splitlines()[0] if str(e) else type(e).__name__}"
        ) from None


def _parquet(file: BinaryIO, table: Table, source: str) -> Iterator[pa.RecordBatch]:
    """Record batches with text as codes where the file has it so, and without the table's columns in which it says that nothing is: of a
    radar's rows most are such, and to read them took four fifths of the time."""
    opened = pyarrow.parquet.ParquetFile(file)
    found = opened.schema_arrow
    _check_metadata(found.metadata, table, source)
    texts = [f.name for f in found if table.kinds.get(f.name) == "text" and pa.types.is_string(f.type)]
    opened = pyarrow.parquet.ParquetFile(file, metadata=opened.metadata, read_dictionary=texts)
    empty = _empty(opened.metadata) & set(table.kinds)
    names = [f.name for f in found if f.name not in empty]
    yield from opened.iter_batches(ROWS, columns=names if empty and names else None, use_threads=False)


def _empty(metadata: Any) -> set[str]:
    """The names of the flat columns of a Parquet file in which every row is null, by the statistics of its row groups."""
    names = [metadata.schema.column(c).path for c in range(metadata.num_columns)]
    empty = {c for c, name in enumerate(names) if names.count(name) == 1}
    for g in range(metadata.num_row_groups):
        group = metadata.row_group(g)
        for c in list(empty):
            told = group.column(c).statistics
            if told is None or not told.has_null_count or told.null_count < group.num_rows:
                empty.discard(c)
    return {names[c] for c in empty}


def _arrow(file: BinaryIO, table: Table, source: str) -> Iterator[pa.RecordBatch]:
    if file.seekable() and file.read(6) == b"ARROW1":
        opened = pyarrow.ipc.open_file(file)
        _check_metadata(opened.schema.metadata, table, source)
        for i in range(opened.num_record_batches):
            yield opened.get_batch(i)
        return
    if file.seekable():
        file.seek(0)
    stream = pyarrow.ipc.open_stream(file)
    _check_metadata(stream.schema.metadata, table, source)
    yield from stream


def _csv(file: BinaryIO, left_out: Counter[str]) -> Iterator[pa.RecordBatch]:
    """Record batches with every column as text: the types are ours to judge, value by value."""

    def wrong_row(row: Any) -> str:
        left_out["wrong_field_count"] += 1
        return "skip"

    first = file.readline(1 << 20)
    if not first.strip():
        return
    names = pyarrow.csv.read_csv(io.BytesIO(first)).schema.names
    try:
        reader = pyarrow.csv.open_csv(
            file,
            read_options=pyarrow.csv.ReadOptions(column_names=names, block_size=1 << 20, use_threads=False),
            parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True, invalid_row_handler=wrong_row),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.binary()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid as e:
        if "Empty CSV" in str(e):  # a header and no rows
            return
        raise
    yield from reader


def _check_metadata(metadata: dict[bytes, bytes] | None, table: Table, source: str) -> None:
    held = {k.decode("utf-8", "replace"): v.decode("utf-8", "replace") for k, v in (metadata or {}).items()}
    name, version = held.get("table", table.name), held.get("version", "1")
    if name != table.name:
        raise TableError(f"{source}: expected a {table.name} table, got a {name} table")
    if not version.isdigit() or int(version) > SCHEMA_VERSION:
        raise TableError(f"{source}: expected version {SCHEMA_VERSION} or earlier, got {version!r}; use a newer Picket")


def read_table(path: str | Path, table: Table = DETECTION, left_out: Counter[str] | None = None) -> Batch:
    """The whole table file at `path`, checked; `left_out` receives what was left out, by reason.

    Raises TableError (a ValueError) when it is no such table or is cut, OSError when it cannot be opened.
    """
    counts: Counter[str] = Counter() if left_out is None else left_out
    kind = container(path)
    with open(path, "rb") as file:
        return concat(table, read_open(file, kind, table, counts, str(path)))


def read_open(file: BinaryIO, kind: str, table: Table, left_out: Counter[str], source: str = "-") -> Iterator[Batch]:
    """As `read_batches`, for JSON lines too."""
    return _json_batches(file, table, left_out) if kind == "jsonl" else read_batches(file, kind, table, left_out, source)


def _json_batches(file: BinaryIO, table: Table, left_out: Counter[str]) -> Iterator[Batch]:
    """JSON lines of any table. (The detection feed's own decoder, which also fills columns in, is picket.feed.jsonlines.)"""
    unknown = checks.Unknown(table)
    while lines := file.readlines(1 << 20):
        rows = []
        for line in lines:
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                left_out["bad_json"] += 1
                continue
            if isinstance(row, dict):
                rows.append(row)
            else:
                left_out["not_an_object"] += 1
        names = dict.fromkeys(name for row in rows for name in row)
        columns: dict[str, Any] = {}
        words: dict[str, Any] = {}
        for name in names:
            if name in table.kinds:
                columns[name], words[name] = checks.column(table, name, [row.get(name) for row in rows], left_out)
            else:
                left_out[unknown.reason(name)] += sum(name in row for row in rows)
        yield checks.build(table, len(rows), columns, words, left_out)


# -- writing -------------------------------------------------------------------------------------------------------
class _Sink(Protocol):
    def write(self, batch: Batch) -> None: ...
    def close(self) -> None: ...
    def drop(self) -> None: ...


class _ArrowSink:
    """Holds batches, not Arrow: a row of a radar's is 100 bytes as a batch and 335 as an Arrow row with its nulls.

    Rows are gathered into blocks of ROWS, so the same rows give the same file however they came; a group is some whole blocks.
    """

    def __init__(self, file: BinaryIO, table: Table, kind: str) -> None:
        self._kind, self._table, self._schema = kind, table, schema(table)
        self._blocks: list[Batch] = []
        self._parts: list[Batch] = []  # of the next block
        self._n = 0  # rows of these
        self._group = GROUP // ROWS if kind == "parquet" else 1
        self._file = file
        self._writer: Any = None  # Parquet's is made when the first rows have shown which columns repeat themselves
        if kind == "csv":
            self._schema = pa.schema(
                [pa.field(f.name, pa.string() if pa.types.is_list(f.type) else f.type) for f in self._schema]
            )
            self._writer = pyarrow.csv.CSVWriter(
                file, self._schema, write_options=pyarrow.csv.WriteOptions(quoting_style="needed")
            )
        elif kind == "arrow":
            self._writer = pyarrow.ipc.new_file(file, self._schema)

    def write(self, batch: Batch) -> None:
        """Whole row groups go to the file."""
        begin = 0
        while self._n + batch.n - begin >= ROWS:
            end = begin + ROWS - self._n
            self._parts.append(batch.cut(begin, end))
            self._gather()
            begin = end
            if len(self._blocks) == self._group:
                self._flush()
        if begin < batch.n:
            self._parts.append(batch.cut(begin, batch.n))
            self._n += batch.n - begin

    def _gather(self) -> None:
        self._blocks.append(concat(self._table, self._parts))
        self._parts, self._n = [], 0

    def _flush(self) -> None:
        """The blocks as one row group."""
        blocks, self._blocks = self._blocks, []
        arrays = [_to_chunks(blocks, c.name, c.kind) for c in self._table.columns]
        if self._kind == "csv":
            arrays = [_joined(a) if pa.types.is_list(a.type) else a for a in arrays]
        found = pa.Table.from_arrays(arrays, schema=self._schema)
        if self._writer is None:
            self._open(_repeating(blocks[0]))
        if self._kind == "arrow":
            for one in found.combine_chunks().to_batches():
                self._writer.write_batch(one)
        else:
            self._writer.write_table(found)

    def close(self) -> None:
        if self._n:
            self._gather()
        if self._blocks:
            self._flush()
        if self._writer is None:
            self._open([])
        self._writer.close()

    def drop(self) -> None:
        if self._writer is not None:
            self._writer.close()

    def _open(self, repeating: list[str]) -> None:
        """repeating: the columns to write as codes of a dictionary."""
        self._writer = pyarrow.parquet.ParquetWriter(
            self._file, self._schema, compression="zstd", data_page_size=PAGE, dictionary_pagesize_limit=PAGE,
            use_dictionary=repeating or False, memory_pool=_POOL,
        )  # fmt: skip


def _repeating(block: Batch) -> list[str]:
    """The Parquet names of the columns that a dictionary shortens: all but numbers of which the first rows differ. To look up measured
    values one by one, and give up after some thousands, takes a fifth of the time of writing and makes the file larger."""
    names = []
    for c in block.table.columns:
        held = block.columns.get(c.name)
        few = held is None or c.kind != "float" or 2 * len(np.unique(held[:_LOOK])) < min(len(held), _LOOK)
        if few:
            names.append(f"{c.name}.list.element" if c.kind == "list" else c.name)
    return names


def _joined(lists: pa.ChunkedArray) -> pa.ChunkedArray:
    """CSV's lists: their words with `;` between them."""
    import pyarrow.compute  # here: it costs 9 MB, and only CSV with lists needs it

    return pyarrow.compute.binary_join(lists, ";")


class _JsonSink:
    def __init__(self, file: BinaryIO, table: Table) -> None:
        self._file, self._table, self._line = file, table, msgspec.json.Encoder().encode

    def write(self, batch: Batch) -> None:
        names = [c.name for c in self._table.columns]
        line = self._line
        rows = zip(*(batch.values(name) for name in names), strict=True)
        self._file.write(b"".join(line(dict(zip(names, row, strict=True))) + b"\n" for row in rows))

    def close(self) -> None:
        self._file.flush()

    def drop(self) -> None:
        pass


class TableWriter:
    """Writes batches of one table to `path`, in the format of its suffix; "-" is JSON lines to standard output.

    A context manager: the file takes its place when the block ends well, and an old file of that name stays when it does not.
    private: the file can be read and written by its owner only (mode 0600), from its first byte on.
    Raises TableError for a suffix that is none and for a place that cannot be written.
    """

    def __init__(self, path: str | Path, table: Table = DETECTION, *, private: bool = False) -> None:
        self.rows = 0
        self._path, self._private = str(path), private
        kind = "jsonl" if self._path == "-" else container(path)
        self._temporary: str | None = None
        self._file = self._open()
        try:
            self._sink: _Sink = _JsonSink(self._file, table) if kind == "jsonl" else _ArrowSink(self._file, table, kind)
        except BaseException:
            self.abort()
            raise

    def _open(self) -> BinaryIO:
        if self._path == "-":
            return sys.stdout.buffer
        try:
            regular = stat.S_ISREG(os.stat(self._path).st_mode)
        except FileNotFoundError:
            regular = True
        if os.path.isdir(self._path):
            raise TableError(f"{self._path}: expected a file to write, got a folder")
        if not regular:  # a pipe or a device has no place to rename to
            return open(self._path, "wb")
        place = Path(os.path.realpath(self._path))
        try:
            handle, self._temporary = tempfile.mkstemp(prefix=f".{place.name}.", suffix=".part", dir=place.parent)  # mode 0600
        except OSError as e:  # of a name that the user never gave
            raise TableError(f"{self._path}: cannot be written there ({e.strerror or e}); give another folder") from None
        if not self._private:
            mask = os.umask(0)
            os.umask(mask)
            os.fchmod(handle, 0o666 & ~mask)
        return os.fdopen(handle, "wb")

    def write(self, batch: Batch) -> None:
        """Appends the rows of a batch."""
        if batch.n:
            self._sink.write(batch)
            self.rows += batch.n

    def close(self) -> None:
        """Finishes the file and puts it in its place."""
        self._sink.close()
        self._file.flush()
        if self._path == "-":
            return
        if self._temporary is not None:
            os.fsync(self._file.fileno())
        self._file.close()
        if self._temporary is not None:
            os.replace(self._temporary, os.path.realpath(self._path))
            self._temporary = None

    def abort(self) -> None:
        """Gives up: what was written so far is removed."""
        with contextlib.suppress(Exception):
            self._sink.drop()
        if self._path != "-":
            with contextlib.suppress(Exception):
                self._file.close()
        if self._temporary is not None:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._temporary)
            self._temporary = None

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            try:
                self.close()
            except BaseException:
                self.abort()
                raise
        else:
            self.abort()


def write_table(batches: Batch | Iterable[Batch], path: str | Path, table: Table | None = None, *, private: bool = False) -> int:
    """Writes one batch or several to `path` by its suffix; returns the number of rows.

    table: needed only for an iterable that may be empty or starts late (default: detection). Errors as `TableWriter`.
    """
    if isinstance(batches, Batch):
        table = table or batches.table
        batches = [batches]
    with TableWriter(path, table or DETECTION, private=private) as writer:
        for batch in batches:
            writer.write(batch)
    return writer.rows


if __name__ == "__main__":  # python -m picket.feed.table > docs/detection.schema.json
    print(json.dumps(json_schema(DETECTION), indent=1))
