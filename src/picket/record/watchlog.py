"""The watch log: what officers wrote, and what happened to alerts, in one searchable list.

Every entry is a record of the log (`record/log.py`); this file says which records are entries, and keeps them in an index,
`watchlog.sqlite` beside the log, so that a year can be searched in milliseconds. The index is derived: damaged or deleted, it is made
again from the log. An entry's number is its record's: it rises, and has gaps.

    record                            entry's kind
    action {"do": "note", "kind": k}  k: note, handover, sighting
    action {"do": "case", ...}        incident: a step of a case (record/cases.py)
    action {"do": "exercise", ...}    exercise: begun, paused, gone on, at another speed, ended (station/control.py)
    action {"do": ..., "words": w}    site: zones, planned flights or the site file were changed
    life   {"alert_id", "text", ...}  alert: raised, acknowledged, shelved, escalated, closed ...
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec

from picket.record import log
from picket.record.cases import told
from picket.record.log import Record

NAME = "watchlog.sqlite"
_VERSION = 1
_AT_ONCE = 500  # entries of one transaction while the index is made again
_COLUMNS = ("n", "time", "by", "kind", "text", "lat_deg", "lon_deg", "alert_id", "state")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the watch log. time: UNIX seconds UTC; lat_deg, lon_deg: WGS84; alert_id: the alert that it is about.

    kind: note, handover, sighting, incident, exercise, site or alert; state: of the alert after it (kind alert only).
    """

    n: int
    time: float
    by: str
    kind: str
    text: str
    lat_deg: float | None = None
    lon_deg: float | None = None
    alert_id: int | None = None
    state: str | None = None


def entry_of(record: Record) -> Entry | None:
    """The record's entry; None for a record that is none."""
    if record.kind not in ("action", "life") or not isinstance(record.payload, dict):
        return None
    p = record.payload
    about = {name: p.get(name) for name in ("lat_deg", "lon_deg", "alert_id")}
    by = str(p.get("by") or "")
    if record.kind == "life":
        at = float(p.get("at", record.time))
        return Entry(n=record.seq, time=at, by=by, kind="alert", text=str(p.get("text", "")), state=p.get("state"), **about)
    if p.get("do") == "note":
        return Entry(n=record.seq, time=record.time, by=by, kind=str(p["kind"]), text=str(p["text"]), **about)
    if p.get("do") == "case":
        said = ": ".join(filter(None, (told(p), str(p.get("text") or "").strip())))
        return Entry(n=record.seq, time=record.time, by=by, kind="incident", text=f"{p.get('case')} {said}", **about)
    if p.get("words"):
        kind = "exercise" if p.get("do") == "exercise" else "site"
        return Entry(n=record.seq, time=record.time, by=by, kind=kind, text=str(p["words"]))
    return None


def searched(entry: Entry) -> str:
    """What a search looks through: everything that the entry says, in small letters."""
    number = "" if entry.alert_id is None else f"alert {entry.alert_id}"
    return f"{entry.kind} {entry.by} {entry.text} {number}".casefold()


def as_json_line(entry: Entry) -> str:
    """The entry as one line of JSON, as `picket log --json` and the .jsonl file have it."""
    return json.dumps({name: getattr(entry, name) for name in entry.__struct_fields__})


def digest(oldest_first: Iterable[Entry]) -> str:
    """SHA-256 of these entries as a .jsonl file: what `picket log -o FILE.jsonl` writes can be compared with a printed report."""
    return "sha256 " + hashlib.sha256("".join(f"{as_json_line(e)}\n" for e in oldest_first).encode()).hexdigest()


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries: every word of q occurs in them, their time lies in [since, until]; the newest `limit` of them."""

    q: str = ""
    since: float | None = None
    until: float | None = None
    limit: int = 500

    @property
    def words(self) -> list[str]:
        """The words that must occur."""
        return self.q.casefold().split()

    def fits(self, entry: Entry) -> bool:
        """Whether it asks for this entry."""
        if (self.since is not None and entry.time < self.since) or (self.until is not None and entry.time > self.until):
            return False
        text = searched(entry)
        return all(word in text for word in self.words)


class WatchIndex:
    """The index of one archive. Any thread may call; `take` never touches the disk, `write` belongs to the log writer.

    `problem` says what is wrong with it, in words; the log has everything all the same.
    """

    def __init__(self, folder: Path) -> None:
        self._path, self._lock = folder / NAME, threading.Lock()
        self._waiting: deque[Entry] = deque()
        self._connection: sqlite3.Connection | None = None
        self.problem: str | None = None
        self.complete = False  # every record of earlier runs was looked at
        self.closing = threading.Event()

    def take(self, record: Record) -> None:
        """A record on its way into the log: its entry is indexed by the `write` after it is on disk."""
        entry = entry_of(record)
        if entry is not None:
            self._waiting.append(entry)

    def write(self, committed_seq: int) -> None:
        """Indexes the entries that are on disk."""
        ready: list[Entry] = []
        while self._waiting and self._waiting[0].n <= committed_seq:
            ready.append(self._waiting.popleft())
        if ready:
            self.add(ready, done=committed_seq if self.complete else None)

    def add(self, entries: Iterable[Entry], done: int | None = None) -> None:
        """Puts entries into the index. done: every record up to this number has been looked at."""
        with self._lock:
            try:
                self._insert(list(entries), done)
                self.problem = None
            except sqlite3.Error as e:
                self.complete, self.problem = False, f"the watch log's index cannot be written ({e}); a restart makes it again"

    def _insert(self, entries: list[Entry], done: int | None) -> None:
        db = self._open()
        with db:
            rows = [(*(getattr(e, c) for c in _COLUMNS), searched(e)) for e in entries]
            db.executemany(f"INSERT OR REPLACE INTO entry VALUES ({', '.join('?' * 10)})", rows)
            if done is not None:
                db.execute("UPDATE done SET seq = max(seq, ?)", (done,))

    def catch_up(self, folder: Path, last_seq: int) -> None:
        """Indexes what the log of earlier runs (up to the record `last_seq`) holds beyond the index: all of it when the index is new."""
        found: list[Entry] = []
        for record in log.read(folder, after=self.done()):
            if self.closing.is_set():
                return
            if record.seq > last_seq:
                break
            entry = entry_of(record)
            if entry is not None:
                found.append(entry)
            if len(found) >= _AT_ONCE:
                self.add(found)
                found = []
        self.add(found, done=last_seq)
        self.complete = self.problem is None

    def done(self) -> int:
        """The number of the last record that was looked at; 0 when none was."""
        rows = self._rows("SELECT seq FROM done")
        return int(rows[0][0]) if rows else 0

    def find(self, asked: Question) -> list[Entry]:
        """The entries that are asked for, newest first."""
        return _find(self._rows, asked)

    def states(self) -> dict[int, str]:
        """Alert id -> the state that its last entry told."""
        rows = self._rows("SELECT alert_id, state, max(n) FROM entry WHERE kind = 'alert' GROUP BY alert_id")
        return {int(alert_id): str(state) for alert_id, state, _ in rows if alert_id is not None}

    def forget_before(self, seq: int) -> None:
        """Takes out the entries of records before this one: the log has let go of them."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            db = self._open()
            with db:
                db.execute("DELETE FROM entry WHERE n < ?", (seq,))

    def close(self, committed_seq: int) -> None:
        """Ends it, when every record up to this one is on disk; a catching up under way stops."""
        self.closing.set()
        if self.complete:
            self.add([], done=committed_seq)
        with self._lock:
            if self._connection is not None:
                with contextlib.suppress(sqlite3.Error):
                    self._connection.close()
                self._connection = None

    def _rows(self, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        with self._lock:
            try:
                return self._open().execute(query, values).fetchall()
            except sqlite3.Error as e:
                self.problem = f"the watch log's index cannot be read ({e}); a restart makes it again"
                return []

    def _open(self) -> sqlite3.Connection:
        """The connection; a file that is no index, or one of another version, is made anew."""
        if self._connection is None:
            try:
                self._connection = _connect(self._path)
            except sqlite3.DatabaseError:
                for suffix in ("", "-wal", "-shm"):
                    self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
                self._connection = _connect(self._path)
        return self._connection


def _find(rows: Callable[[str, tuple[Any, ...]], list[Any]], asked: Question) -> list[Entry]:
    where, values = ["1"], list[Any]()
    for word in asked.words:
        where.append("instr(search, ?) > 0")
        values.append(word)
    for limit, sign in ((asked.since, ">="), (asked.until, "<=")):
        if limit is not None:
            where.append(f"time {sign} ?")
            values.append(limit)
    query = f"SELECT {', '.join(_COLUMNS)} FROM entry WHERE {' AND '.join(where)} ORDER BY n DESC LIMIT ?"
    return [Entry(**dict(zip(_COLUMNS, row, strict=True))) for row in rows(query, (*values, asked.limit))]


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=5.0, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")  # the log is what counts; the index can be made again
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, _VERSION):
            raise sqlite3.DatabaseError(f"version {version}")
        with db:
            db.execute(
                "CREATE TABLE IF NOT EXISTS entry (n INTEGER PRIMARY KEY, time REAL, by TEXT, kind TEXT, text TEXT, lat_deg REAL, "
                "lon_deg REAL, alert_id INTEGER, state TEXT, search TEXT)"
            )
            db.execute("CREATE INDEX IF NOT EXISTS entry_time ON entry (time)")
            db.execute("CREATE INDEX IF NOT EXISTS entry_alert ON entry (alert_id)")
            db.execute("CREATE TABLE IF NOT EXISTS done (seq INTEGER)")
            db.execute("INSERT INTO done SELECT 0 WHERE NOT EXISTS (SELECT * FROM done)")
            db.execute(f"PRAGMA user_version = {_VERSION}")
    except sqlite3.Error:
        db.close()
        raise
    return db


def read(folder: Path, asked: Question) -> list[Entry]:
    """The entries that are asked for, newest first: from the index as far as it goes, then from the log. Both are only read.

    A station that runs is not disturbed. Without a usable index the whole log is read.
    """
    done, held = _from_index(folder, asked)
    found: deque[Entry] = deque(maxlen=asked.limit)
    for record in log.read(folder, after=done):
        entry = entry_of(record) if record.seq > done else None
        if entry is not None and asked.fits(entry):
            found.append(entry)
    return [*reversed(found), *(e for e in held if e.n <= done)][: asked.limit]


def _from_index(folder: Path, asked: Question) -> tuple[int, list[Entry]]:
    """(number of the last record that the index knows of, its entries that are asked for); (0, []) where it cannot be used."""
    try:
        with contextlib.closing(sqlite3.connect(f"{(folder / NAME).resolve().as_uri()}?mode=ro", uri=True, timeout=5.0)) as db:
            if db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
                return 0, []
            done = int(db.execute("SELECT seq FROM done").fetchone()[0])
            return done, _find(lambda query, values: db.execute(query, values).fetchall(), asked)
    except (sqlite3.Error, OSError, TypeError):
        return 0, []
