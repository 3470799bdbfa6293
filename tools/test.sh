#!/bin/sh
# Everything that CI runs, in the order in which it fails fastest.
set -eu
cd "$(dirname "$0")/.."
bin=.venv/bin
unset PYTHONUNBUFFERED # output is buffered as it is for users
$bin/python -m picket.station.warm & # compiling leaves a core free for the checks that need no kernel
warming=$!
trap 'kill $warming 2>/dev/null || true' EXIT
$bin/ruff check .
$bin/ruff format --check .
$bin/mypy
$bin/lint-imports
$bin/python -m pytest tests/learn -m "not page" # reading needs no kernel
wait $warming
trap - EXIT
$bin/python -m pytest --ignore tests/learn -n 2 --dist loadfile --no-loadscope-reorder -m "not page"
$bin/python -m pytest -n 2 --dist loadfile -m page
