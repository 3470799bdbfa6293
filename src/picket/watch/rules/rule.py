"""What a rule is: one function that looks at a Scene and lists what it finds, and one that says why in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from picket.watch.finding import Finding
from picket.watch.scene import Scene

__all__ = ["Finding", "Rule"]


class Rule(NamedTuple):
    """A line of the registry: the rule's name, what finds it, what explains it."""

    name: str
    find: Callable[[Scene], list[Finding]]
    why: Callable[[Scene, Finding], str]
