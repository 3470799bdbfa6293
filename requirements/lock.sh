#!/bin/sh
# Writes both locks again from pyproject.toml. dev.txt comes first and constrains run.txt, so that what ships is what was tested.
set -eu
cd "$(dirname "$0")/.."
lock() { uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
    --python-version 3.11 "$@" pyproject.toml; }
lock --extra station --extra record --extra learn --extra model --extra encoder --extra spectrum --extra paper --extra bench --group dev -o requirements/dev.txt
lock --extra station --extra record --extra learn --extra spectrum --extra paper -c requirements/dev.txt -o requirements/run.txt
lock --extra fuzz -c requirements/dev.txt -o requirements/fuzz.txt
lock --group encoder-training -c requirements/dev.txt -o requirements/training.txt
