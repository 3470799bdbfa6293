"""Tests of what a candidate is: one file a test, each with its source.

They look for structure of the carrier; no symbol is decided, no content read.
"""
