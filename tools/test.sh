#!/bin/sh
# Everything that CI runs, in the order in which it fails fastest.
set -eu
cd "$(dirname "$0")/.."
bin=.venv/bin
$bin/ruff check .
$bin/ruff format --check .
$bin/mypy
$bin/lint-imports
$bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not page"
$bin/python -m pytest -n 2 --dist loadfile -m page
