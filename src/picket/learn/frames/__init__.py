"""Verb frames, one file a family; `table.py` says which class of verbs has which frame."""

from picket.learn.frames.table import drafts_of

__all__ = ["drafts_of"]
