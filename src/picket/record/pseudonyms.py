"""Airframes under a pseudonym: the same identity has the same name within a key's period, and none can be told from the name.

`secrets/airframes.json` beside the log holds one random key per KEY_DAYS days (mode 0600). A pseudonym is the first 8 bytes of
HMAC-SHA256(key, identity). When a key is erased, its period's pseudonyms stay what they are, for statistics, and can no
longer be made of an
identity by anyone. They lie in the sealed days only, never beside an operator's place.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Callable
from pathlib import Path

from picket.record.archive import ArchiveError, write_durably

KEY_DAYS = 180


class Pseudonyms:
    """Names for identities. Keys are made when a day first needs one, and kept at once."""

    def __init__(self, archive: Path, random: Callable[[int], bytes] = os.urandom) -> None:
        self._path, self._random = archive / "secrets" / "airframes.json", random
        self._keys: dict[int, bytes] = {}
        self._known: dict[tuple[str, int], str] = {}
        try:
            self._keys = {int(k): bytes.fromhex(v) for k, v in json.loads(self._path.read_text("utf-8")).items()}
        except FileNotFoundError:
            pass
        except (OSError, ValueError, AttributeError, TypeError) as e:
            raise ArchiveError(
                f"{self._path}: cannot be read ({e}); restore it, or remove it and rebuild: airframes then have new names"
            ) from None

    def __call__(self, identity: str, day: int) -> str:
        """The pseudonym of an identity seen on a day (since 1970): 16 hexadecimal digits."""
        period = day // KEY_DAYS
        found = self._known.get((identity, period))
        if found is None:
            digest = hmac.new(self._key(period), identity.encode(), hashlib.sha256).digest()
            found = self._known[identity, period] = digest[:8].hex()
        return found

    def _key(self, period: int) -> bytes:
        if period not in self._keys:
            self._keys[period] = self._random(32)
            self._keep()
        return self._keys[period]

    def erase_before(self, day: int) -> list[int]:
        """Erases the keys of periods that ended before a day; returns those periods."""
        gone = sorted(p for p in self._keys if (p + 1) * KEY_DAYS <= day)
        if gone:
            self._keys = {p: k for p, k in self._keys.items() if p not in gone}
            self._known = {name: word for name, word in self._known.items() if name[1] not in gone}
            self._keep()
        return gone

    def _keep(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        data = json.dumps({str(p): k.hex() for p, k in sorted(self._keys.items())}, indent=1).encode() + b"\n"
        write_durably(self._path, data, mode=0o600)
