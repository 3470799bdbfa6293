"""The site file while a station runs: edited on the page, undone, and looked after when somebody edits it by hand.

    an edit: new TOML (its comments kept) and outlines --checked whole as at a start--> files replaced --> a `site` action in the log
    by hand: the files differ from what was last taken over --> told, with a diff --> taken over when asked, or refused with the reason

Nothing is written that a start would refuse. What stood before is kept in `site-undo.json` beside the log, so that an edit can be taken
back after a restart too; not when the files were changed by hand since.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import shapely.geometry

from picket import site as sites
from picket.handwritten import NotTextError, parse_toml, read_text
from picket.record.files import write_whole
from picket.site import Site, SiteError, check_geometry
from picket.station.flights import planned, with_plan
from picket.station.site_live import live_part, needs_restart
from picket.watch.ruleset import RuleSet

MOST_UNDO = 20
_DIFF_LINES = 400
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_FIELDS = ("name", "kind", "floor_m", "ceiling_m", "height_reference", "hours")


class EditError(ValueError):
    """An edit that cannot be made; the message says why and what to do."""


class NothingError(EditError):
    """There is nothing of that name, or nothing to undo or take over."""


class Undo(msgspec.Struct, kw_only=True):
    """How to take one edit back. files: what each file held (None: there was none); after: digests of what the edit left."""

    words: str
    by: str
    time: float
    files: dict[str, str | None]
    after: dict[str, str | None]
    part: dict[str, Any]


class Edited(msgspec.Struct, kw_only=True):
    """A change that is to be taken over: the checked site, its record, what it changed. saved: it stands in the files."""

    site: Site
    words: str
    diff: str
    saved: bool
    part: dict[str, Any]


class SiteKeeper:
    """One per station. Every method works on files: not in the I/O loop, and one change at a time.

    site(): the site as the engine has it now.
    """

    def __init__(self, given: Site, site: Callable[[], Site], undo_path: Path, clock: Callable[[], float]) -> None:
        self._given, self._site, self._undo_path, self._clock = given, site, undo_path, clock
        self.path = Path(given.source)
        self.folder = Path(given.folder)
        self.has_file = self.path.is_file()  # a demo's site is made by the program: its edits hold until it ends
        self._known = self._texts(given)
        self._at_start = self._file_at_start()
        self._undo: list[Undo] = _load_undo(undo_path)
        self.problem: str | None = None
        self.refuses: str | None = None  # why nothing may be changed here

    def _file_at_start(self) -> Site:
        """The site as its file says it; what runs may differ from it by options of the command line, such as the port."""
        try:
            return sites.load(self.path) if self.has_file else self._given
        except SiteError:
            return self._given

    # -- files -----------------------------------------------------------------------------------------------------
    def _names(self, site: Site) -> list[str]:
        own = [self.path.name] if self.has_file else []
        return [*own, *dict.fromkeys(z.geometry for z in site.zone)]

    def _texts(self, site: Site) -> dict[str, str | None]:
        """The site file and every outline, by name beside the site file; None for what is not there."""
        return {name: _text(self._at(name)) for name in self._names(site)}

    def _at(self, name: str) -> Path:
        return self.path if self.has_file and name == self.path.name else self.folder / name

    # -- edits on the page -----------------------------------------------------------------------------------------
    def add_zone(self, zone_id: str, geometry: Any, fields: Mapping[str, Any], by: str) -> Edited:
        """A new zone. Raises EditError."""
        if not _ID.fullmatch(zone_id):
            raise EditError(f"id: expected up to 64 letters, digits, dots, dashes and underscores, got {zone_id[:80]!r}")
        if any(z.id == zone_id for z in self._site().zone):
            raise EditError(f"id: a zone is called {zone_id!r} already; change it, or give another id")
        name = self._free_name(zone_id)
        table = {"id": zone_id, "kind": fields.get("kind"), "geometry": name, **_given(fields)}

        def change(doc: Any) -> None:
            _tables(doc, "zone").append(_table(table))

        return self._edit(change, {name: _outline(geometry, zone_id)}, f"New zone {zone_id} ({fields.get('kind')})", by)

    def change_zone(self, zone_id: str, geometry: Any | None, fields: Mapping[str, Any], by: str) -> Edited:
        """Another outline, or other fields (None takes a field away). Raises EditError; NothingError for an unknown zone."""
        zone = self._zone(zone_id)

        def change(doc: Any) -> None:
            for table in _tables(doc, "zone"):
                if table.get("id") == zone_id:
                    for key, value in fields.items():
                        if value is None:
                            table.pop(key, None)
                        else:
                            table[key] = value

        files = {} if geometry is None else {zone.geometry: _outline(geometry, zone_id)}
        what = [*(["outline"] if geometry is not None else []), *fields]
        if not what:
            raise EditError("expected a geometry, or at least one of " + ", ".join(_FIELDS))
        return self._edit(change if fields else None, files, f"Changed zone {zone_id}: {', '.join(what)}", by)

    def remove_zone(self, zone_id: str, by: str) -> Edited:
        """Without that zone; its outline's file stays. Raises EditError (a friendly or rule names it), NothingError."""
        self._zone(zone_id)

        def change(doc: Any) -> None:
            tables = _tables(doc, "zone")
            for i in reversed([i for i, t in enumerate(tables) if t.get("id") == zone_id]):
                del tables[i]
            if not len(tables):
                doc.pop("zone")

        return self._edit(change, {}, f"Removed zone {zone_id}", by)

    def switch_rule(self, rule_id: str, on: bool, by: str) -> Edited:
        """A rule on or off; a default gets a table of its own. Raises NothingError for an unknown one, EditError when it is so already."""
        site = self._site()
        rule = next((r for r in RuleSet(site).rules if r.id == rule_id), None)
        if rule is None:
            raise NothingError(f"no rule is called {rule_id!r}; GET /api/rules has them all")
        if rule.on == on:
            raise EditError(f"rule {rule_id} is {'on' if on else 'off'} already")

        def change(doc: Any) -> None:
            tables = _tables(doc, "rule")
            own = next((t for t in tables if t.get("id") == rule_id), None)
            if own is None:
                tables.append(_table({"id": rule_id, "rule": rule.rule, "on": on}))
            else:
                own["on"] = on

        return self._edit(change, {}, f"Rule {rule_id} is {'ON' if on else 'OFF'}", by)

    def undo(self, by: str) -> Edited:
        """Back to before the last edit. Raises NothingError without one, EditError when the files were changed since."""
        self._may()
        if not self._undo:
            raise NothingError("there is no edit to undo")
        last = self._undo[-1]
        changed = [name for name, digest in last.after.items() if _digest(_text(self._at(name))) != digest]
        if changed:
            raise EditError(f"{', '.join(changed)} was changed since by hand: undo it there, then take that over")
        before = {name: _text(self._at(name)) for name in last.files}
        if self.has_file:
            self._write(last.files)
            try:
                site = sites.load(self.path)
            except SiteError as e:
                self._write(before)
                raise EditError(f"what stood before would not start: {'; '.join(e.problems)}") from None
        else:
            self._write(last.files)
            site = _with(self._site(), last.part)
        self._undo.pop()
        self._keep_undo()
        self._known = self._texts(site)
        site = self._planned(site)
        words = f"Undone: {last.words[:1].lower()}{last.words[1:]}"
        return Edited(site=site, words=words, diff=_diff(before, last.files), saved=self.has_file, part=live_part(site))

    def last_edit(self) -> dict[str, Any]:
        """What `undo` would take back; {} when there is nothing."""
        if not self._undo:
            return {}
        last = self._undo[-1]
        now = {name: _text(self._at(name)) for name in last.files}
        return {"words": last.words, "by": last.by, "time": last.time, "diff": _diff(now, last.files)}

    def _edit(self, change: Callable[[Any], None] | None, outlines: dict[str, dict[str, Any]], words: str, by: str) -> Edited:
        """Checks the edit as a start would, writes it, and remembers how to take it back."""
        self._may()
        if self.has_file and self._changed():
            raise EditError("the site file was changed by hand since; take that over (or undo it there) first")
        now = self._site()
        before: dict[str, str | None] = {name: _text(self._at(name)) for name in outlines}
        files: dict[str, str | None] = {name: json.dumps(_feature(raw), indent=1) + "\n" for name, raw in outlines.items()}
        if self.has_file and change is not None:
            name = self.path.name
            before[name] = self._known[name]
            files[name] = _changed_toml(before[name] or "", change)
            raw: Any = parse_toml(files[name] or "")
        elif self.has_file:
            raw = parse_toml(self._known[self.path.name] or "")
        else:
            raw = plain(now)
            if change is not None:
                change(raw)
                raw = json.loads(json.dumps(raw))  # tomlkit's values become plain ones
                files = {n: t for n, t in files.items() if before[n] is not None}  # a new zone of a demo stays in memory
                before = {n: before[n] for n in files}
        given = dict(outlines) if self.has_file else {**outlines_of(now), **outlines}
        try:
            site = sites.parse(raw, source=self._given.source, folder=self.folder, outlines=given)
        except SiteError as e:
            raise EditError("; ".join(e.problems)) from None
        part_before = live_part(now)
        self._write(files)
        after = {name: _digest(_text(self._at(name))) for name in files}
        self._undo.append(Undo(words=words, by=by, time=self._clock(), files=before, after=after, part=part_before))
        self._keep_undo()
        self._known = self._texts(site)
        site = self._planned(site)
        return Edited(site=site, words=words, diff=_diff(before, files), saved=self.has_file, part=live_part(site))

    def _planned(self, site: Site) -> Site:
        """With the flights that are planned now: they stand in no site file."""
        return with_plan(site, planned(self._site()), self._clock())

    def _may(self) -> None:
        if self.refuses:
            raise EditError(self.refuses)

    def _write(self, files: Mapping[str, str | None]) -> None:
        """Outlines first: the site file never names one that is not there. Raises EditError when the disk does not take it."""
        for name in sorted(files, key=lambda n: n == self.path.name):
            path, text = self._at(name), files[name]
            try:
                if text is None:
                    path.unlink(missing_ok=True)
                else:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    write_whole(path, text.encode(), mode=0o644)
            except OSError as e:
                raise EditError(f"{path} cannot be written: {e.strerror or e}") from None

    def _keep_undo(self) -> None:
        del self._undo[:-MOST_UNDO]
        try:
            write_whole(self._undo_path, msgspec.json.encode(self._undo))
            self.problem = None
        except OSError as e:
            self.problem = f"edits cannot be undone after a restart: {self._undo_path} cannot be written ({e.strerror or e})"

    def _free_name(self, zone_id: str) -> str:
        taken = {z.geometry for z in self._site().zone}
        names = [f"zones/{zone_id}.geojson", *(f"zones/{zone_id}-{i}.geojson" for i in range(2, 100))]
        free = next((n for n in names if n not in taken and not (self.folder / n).exists()), None)
        if free is None:
            raise EditError(f"id: files for a zone called {zone_id!r} are all taken in {self.folder / 'zones'}; give another id")
        return free

    def _zone(self, zone_id: str) -> sites.Zone:
        zones = self._site().zone
        found = next((z for z in zones if z.id == zone_id), None)
        if found is None:
            raise NothingError(f"no zone is called {zone_id!r}; known: {', '.join(z.id for z in zones) or 'none'}")
        return found

    # -- edits by hand ---------------------------------------------------------------------------------------------
    def _changed(self) -> dict[str, str | None]:
        """The files that are not as they were taken over, with their text now."""
        now = {name: _text(self._at(name)) for name in self._known}
        return {name: text for name, text in now.items() if text != self._known[name]}

    def change(self) -> dict[str, Any]:
        """{} when the files are as they were taken over, else {"diff", "problem" (None: it can be taken over)}."""
        if not self.has_file:
            return {}
        changed = self._changed()
        if not changed:
            return {}
        return {"diff": _diff({n: self._known[n] for n in changed}, changed), "problem": self._refusal()}

    def _refusal(self) -> str | None:
        try:
            site = sites.load(self.path)
        except SiteError as e:
            return "; ".join(e.problems)
        restart = needs_restart(self._at_start, site)
        return f"only a restart of the station takes over {', '.join(restart)}" if restart else None

    def take(self) -> Edited:
        """The site file as it is now, checked. Raises NothingError without a change, EditError with the reason it is refused."""
        self._may()
        found = self.change()
        if not found:
            raise NothingError("the site file is as it was taken over")
        if found["problem"]:
            raise EditError(found["problem"])
        site = sites.load(self.path)
        self._known = self._texts(site)
        site = self._planned(site)
        words = "Took over the site file, which was changed by hand"
        return Edited(site=site, words=words, diff=found["diff"], saved=True, part=live_part(site))

    def note(self) -> str | None:
        """For health: that somebody changed the file, and what is wrong with it."""
        found = self.change()
        if not found:
            return None
        why = f", and cannot be: {found['problem']}" if found["problem"] else ": look at it, then take it over"
        return f"{self.path.name} was changed by hand and is not taken over{why}"


# -- TOML --------------------------------------------------------------------------------------------------------------
def _changed_toml(text: str, change: Callable[[Any], None]) -> str:
    import tomlkit

    doc = tomlkit.parse(text)
    change(doc)
    return tomlkit.dumps(doc)


def _tables(doc: Any, name: str) -> Any:
    """The document's array of tables, made where there is none; of tomlkit's kind in a file, a list elsewhere."""
    if name not in doc:
        if isinstance(doc, dict) and type(doc) is dict:
            doc[name] = []
        else:
            import tomlkit

            doc.append(name, tomlkit.aot())
    return doc[name]


def _table(fields: Mapping[str, Any]) -> Any:
    """A table for both kinds of document: tomlkit takes a plain dictionary where it appends one."""
    import tomlkit

    table = tomlkit.table()
    for key, value in fields.items():
        if value is not None:
            table[key] = value
    return table


def plain(site: Site) -> dict[str, Any]:
    """A site that no file holds, as its TOML would be."""
    raw = msgspec.to_builtins(msgspec.structs.replace(site, shapes={}))
    kept = {k: v for k, v in raw.items() if k not in ("shapes", "source", "folder")}
    own = [f for f in site.friendly if f.flight is None]
    kept["friendly"] = [{"identity": f.identity, "owner": f.owner, "zones": list(f.zones), "hours": f.hours} for f in own]
    return json.loads(json.dumps(kept))  # type: ignore[no-any-return]  # tuples become lists, so that `change` may append


def outlines_of(site: Site) -> dict[str, Any]:
    """Every zone's outline by the name of its file, as GeoJSON."""
    return {z.geometry: shapely.geometry.mapping(site.shapes[z.id]) for z in site.zone}


def _with(site: Site, part: dict[str, Any]) -> Site:
    from picket.station.site_live import with_live_part

    return with_live_part(site, part)


# -- outlines and texts ------------------------------------------------------------------------------------------------
def _outline(geometry: Any, zone_id: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = shapely.geometry.mapping(check_geometry(geometry, f"zone {zone_id}"))
    except ValueError as e:
        raise EditError(str(e)) from None
    return found


def _feature(outline: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "properties": {}, "geometry": outline}


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {k: fields[k] for k in _FIELDS if k != "kind" and fields.get(k) is not None}


def _text(path: Path) -> str | None:
    try:
        return read_text(path)
    except (OSError, NotTextError):
        return None


def _digest(text: str | None) -> str | None:
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()


def _diff(before: Mapping[str, str | None], after: Mapping[str, str | None]) -> str:
    """The difference as `diff -u` shows it, all files after one another, cut at _DIFF_LINES."""
    lines: list[str] = []
    for name in sorted({*before, *after}):
        a, b = before.get(name) or "", after.get(name) or ""
        lines += [line.rstrip("\n") for line in difflib.unified_diff(a.splitlines(), b.splitlines(), name, name, lineterm="")]
    more = len(lines) - _DIFF_LINES
    return "\n".join(lines[:_DIFF_LINES] + ([f"... {more} more lines"] if more > 0 else []))


def _load_undo(path: Path) -> list[Undo]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[Undo])
    except (OSError, msgspec.MsgspecError):
        return []
