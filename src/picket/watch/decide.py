"""An officer's action on an alert, as the log has it: {"do": word, "id": alert, "by": who, ...}. Live, replay and restart take it here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from picket.watch.alert import Alert
from picket.watch.book import AlertBook

_ACTIONS: dict[str, Callable[[AlertBook, Mapping[str, Any], float], Alert]] = {
    "acknowledge": lambda book, p, time: book.acknowledge(p["id"], p["by"], time),
    "close": lambda book, p, time: book.close(p["id"], p["cause"], p["by"], time, p["note"]),
    "shelve": lambda book, p, time: book.shelve(p["id"], p["minutes"], p["reason"], p["by"], time),
    "unshelve": lambda book, p, time: book.unshelve(p["id"], p["by"], time),
}


def is_decision(payload: Mapping[str, Any]) -> bool:
    """True for an action on an alert; others concern the site or the log."""
    return payload.get("do") in _ACTIONS


def decide(book: AlertBook, payload: Mapping[str, Any], time: float) -> Alert:
    """The alert after the action. AlertError when the book refuses it."""
    return _ACTIONS[payload["do"]](book, payload, time)
