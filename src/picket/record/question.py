"""SQL over the sealed days: DuckDB reads the files where they lie. For questions that `picket stats` has no option for.

    flights    flight, begin, end (timestamps UTC), kind, counted, simulated, airframe, speed_mps, alt_wgs84_m
    segments   as sealed (picket.record.sealed), with source and flight
    points     day, source, segment, time (UNIX seconds), lat_deg, lon_deg, alt_wgs84_m, sigma_m
    cells      day, source, segment, cell, n, south_deg, west_deg
    uptime     as sealed, with source

The database may read the archive's folder and nothing else, and write nothing. `int_column * 1e-7` would be DECIMAL arithmetic, some
fifteen times slower: the views cast to DOUBLE first. One SELECT a question.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from picket.record.archive import Archive, ArchiveError, days_folder
from picket.record.flights import GAP_S, KINDS, flights
from picket.record.sealed import CELL_COLUMNS


class QuestionError(ValueError):
    """SQL that cannot be answered; the message is DuckDB's."""


def question(folder: Path, sql: str, *, gap_s: float = GAP_S) -> pa.Table:
    """The answer to one SQL statement as an Arrow table. Raises QuestionError, ArchiveError, and ImportError without DuckDB."""
    import duckdb

    archive = Archive(folder)
    if not archive.manifest.files:
        raise ArchiveError(
            f"{folder}: no day is sealed; `picket archive rebuild` makes them of the log, `picket archive import` of tables"
        )
    place = days_folder(folder).resolve()
    db = duckdb.connect()
    allowed = str(place).replace("'", "''")
    db.execute(
        f"SET autoinstall_known_extensions = false; SET allowed_directories = ['{allowed}']; SET enable_external_access = false"
    )
    for name, table in _own(archive, gap_s).items():
        db.register(name, table)
    for view, text in _views(archive, place).items():
        db.execute(f"CREATE VIEW {view} AS {text}")
    db.execute("SET lock_configuration = true")
    try:
        statements = db.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise QuestionError("expected one SELECT statement: the archive answers questions, it is not changed by them")
        return db.sql(sql).to_arrow_table()
    except duckdb.Error as e:
        raise QuestionError(str(e)) from None


def _own(archive: Archive, gap_s: float) -> dict[str, pa.Table]:
    """What is not in a file: flights, the flight of each segment, and which file is of what day and source."""
    segments = archive.segments(*archive.span())
    found = flights(segments, gap_s)
    names = [*segments.words["airframe"], None]
    source = [f.source for f in segments.point_files]
    return {
        "flights": pa.table({
            "flight": np.arange(found.n), "begin": pa.array(found.begin_ms, pa.timestamp("ms", "UTC")),
            "end": pa.array(found.end_ms, pa.timestamp("ms", "UTC")),
            "kind": [KINDS[i] for i in found.kind.tolist()], "counted": found.counted(False), "simulated": found.simulated,
            "airframe": [names[i] for i in found.airframe.tolist()],
            "speed_mps": pa.array(found.speed_mps, from_pandas=True), "alt_wgs84_m": pa.array(found.alt_m, from_pandas=True),
        }),
        "_flight_of": pa.table({"_source": [source[i] for i in segments.file.tolist()], "_day": segments["day"],
        "_segment": segments["segment"], "flight": found.of_row}),
        "_files": pa.table({"_name": [f.name for f in archive.manifest.files],
        "source": [f.source for f in archive.manifest.files], "_day": pa.array([f.first for f in archive.manifest.files], pa.int32())}),
    }  # fmt: skip


def _views(archive: Archive, place: Path) -> dict[str, str]:
    def read(kind: str) -> str:
        quoted = ", ".join("'" + str(place / f.name).replace("'", "''") + "'" for f in archive.manifest.files if f.kind == kind)
        files = f"SELECT *, parse_filename(filename) AS _file FROM read_parquet([{quoted}], filename = true)"
        return f"({files}) r JOIN _files ON _name = _file"

    hidden = "filename, _file, _name, _day"
    found = {
        "points": f"""SELECT _day AS day, source, segment, time_ms::DOUBLE / 1000.0::DOUBLE AS time,
            lat_e7::DOUBLE / 1e7::DOUBLE AS lat_deg, lon_e7::DOUBLE / 1e7::DOUBLE AS lon_deg,
            alt_dm::DOUBLE / 10.0::DOUBLE AS alt_wgs84_m, sigma_dm::DOUBLE / 10.0::DOUBLE AS sigma_m FROM {read("points")}""",
        "segments": f"""SELECT * EXCLUDE ({hidden}, _source, _segment) FROM (SELECT * EXCLUDE (_day) FROM {read("segments")}) s
            JOIN _flight_of ON s.source = _source AND s.day = _day AND s.segment = _segment""",
        "cells": f"""SELECT * EXCLUDE ({hidden}), (cell // {CELL_COLUMNS})::DOUBLE * 0.005::DOUBLE - 90.0::DOUBLE AS south_deg,
            (cell % {CELL_COLUMNS})::DOUBLE * 0.005::DOUBLE - 180.0::DOUBLE AS west_deg FROM {read("cells")}""",
    }
    if any(f.kind == "uptime" for f in archive.manifest.files):
        found["uptime"] = f"SELECT * EXCLUDE ({hidden}) FROM {read('uptime')}"
    return found


def rows(answer: pa.Table) -> list[dict[str, Any]]:
    """The answer as plain rows; times as ISO 8601 text."""
    return [{k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in row.items()} for row in answer.to_pylist()]
