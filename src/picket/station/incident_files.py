"""Files that belong to incidents: attachments under their SHA-256, and the export of a case as a zip made by a child process."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

from picket.record.cases import Case, CaseError, File, read_cases
from picket.record.files import sync_folder, write_whole
from picket.record.log import LogFile, Record
from picket.station.access import MAX_FILE

LIMIT_S = 300.0
FOLDER = "attachments"
_WRONG = re.compile(r"[^\w.() +-]+")


class FileError(ValueError):
    """A file that cannot be taken or made; the message says why."""


def plain_name(name: str) -> str:
    """A name that is one everywhere: no folder, no control characters, at most 120 characters. Raises FileError."""
    found = _WRONG.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .")
    if not found:
        raise FileError(f"name: expected the name of a file, got {name!r}")
    stem, dot, suffix = found.rpartition(".")
    return found if len(found) <= 120 else f"{(stem or suffix)[:100]}{dot}{suffix[:19]}"


def keep(folder: Path, data: bytes) -> str:
    """Writes the bytes into the archive; their SHA-256, which is the file's name there. Raises FileError, OSError."""
    if not data:
        raise FileError("expected a file, got no bytes")
    if len(data) > MAX_FILE:
        raise FileError(f"a file of {len(data) / 2**20:.1f} MiB; at most {MAX_FILE // 2**20} MiB can be attached")
    name = hashlib.sha256(data).hexdigest()
    place = folder / FOLDER
    place.mkdir(mode=0o700, exist_ok=True)
    if not (place / name).exists():
        write_whole(place / name, data)
        sync_folder(place)
    return name


def read(folder: Path, sha256: str) -> bytes:
    """The attached bytes. Raises FileError when they are gone or are not what was attached."""
    try:
        data = (folder / FOLDER / sha256).read_bytes()
    except OSError as e:
        raise FileError(f"the file {sha256[:12]} cannot be read: {e.strerror or e}") from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise FileError(f"the file {sha256[:12]} is damaged: it is not what was attached")
    return data


def damaged(folder: Path) -> list[str]:
    """What is wrong with the files of the archive's incidents, in words."""
    found = []
    for case in read_cases(folder).cases.values():
        for file in (*case.files, *case.taken_off):
            try:
                read(folder, file.sha256)
            except FileError as e:
                found.append(f"incident {case.number}, {file.name}: {e}")
    return found


def take_off(folder: Path, number: int, wanted: str, by: str, why: str, now: float) -> File:
    """Takes a file (its name, or how its SHA-256 begins) off an incident of an archive on which no station runs: a record of the log.

    Raises CaseError for what does not fit, LogError while a station runs.
    """
    held = LogFile(folder)
    try:
        book = read_cases(folder)
        case = book.of(number)
        found = [f for f in case.files if f.name == wanted or (len(wanted) >= 8 and f.sha256.startswith(wanted))]
        if len(found) != 1:
            names = ", ".join(f"{f.name} ({f.sha256[:12]})" for f in found or case.files) or "none"
            raise CaseError(f"incident {number}: {'more than one file' if found else 'no file'} is {wanted!r}; there are {names}")
        payload = {
            "do": "case",
            "op": "detach",
            "case": number,
            "by": by,
            "sha256": found[0].sha256,
            "name": found[0].name,
            "text": why,
        }
        book.check(payload)
        last = held.last
        held.append(Record(last.seq + 1 if last else 1, max(now, last.time if last else now), "action", payload))
    finally:
        held.close()
    return found[0]


class Exporter:
    """Makes zips of cases, one at a time, in a child at the lowest priority: an export replays the log."""

    def __init__(self, archive: Path) -> None:
        self._archive, self._busy = archive, asyncio.Lock()

    async def zip_of(self, case: Case, site: Path, seed: int, now: float) -> Path:
        """A zip in a temporary folder of its own, which whoever asked removes. Raises FileError."""
        if self._busy.locked():
            raise FileError("another export is under way; ask again when it is over")
        async with self._busy:
            place = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="picket-export-"))
            try:
                since, until = case.covers(now)
                name = f"picket-incident-{case.number}"
                await self._run(
                    "--archive", str(self._archive), "--site", str(site), f"--since={since}", f"--until={until}", f"--seed={seed}",
                    f"--case={case.number}", "--out", str(place / name),
                )  # fmt: skip
                return await asyncio.to_thread(_zip, place, name)
            except BaseException:
                await asyncio.to_thread(shutil.rmtree, place, True)
                raise

    async def _run(self, *words: str) -> None:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "picket.cli", "incident", "export", "--low-priority", *words,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            _, err = await asyncio.wait_for(child.communicate(), LIMIT_S)
        except TimeoutError:
            raise FileError(f"longer than {LIMIT_S:g} s: use `picket incident export` by hand") from None
        finally:
            if child.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    child.kill()
                await child.wait()
        if child.returncode:
            said = err.decode("utf-8", "replace").strip().splitlines()
            last = said[-1] if said else f"the export ended without a word (code {child.returncode})"
            raise FileError(last.removeprefix("picket: ").removeprefix("Error: "))


def _zip(place: Path, name: str) -> Path:
    """The folder `name` of `place` as one zip; every file has the same date, so that the same export is the same bytes."""
    out = place / f"{name}.zip"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for path in sorted((place / name).rglob("*")):
            if path.is_file():
                z.writestr(
                    zipfile.ZipInfo(str(path.relative_to(place)), (1980, 1, 1, 0, 0, 0)), path.read_bytes(), zipfile.ZIP_DEFLATED
                )
    return out
