# The two commands: `make demo` and `make test`. Everything else serves them.
.DEFAULT_GOAL := help
.PHONY: help setup browser page demo test check bench fuzz lock clean

PYTHON ?= python3
V := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1

help:            ## what there is
	@grep -hE '^[a-z]+: *.*##' Makefile | sed -E 's/:[^#]*## */	/' | column -t -s '	'

setup: .venv/.ready browser ## environment, page, warm kernels and (where it may) a browser for the page tests

browser:
	@tools/browser.sh

.venv/.built: requirements/dev.txt pyproject.toml page/package-lock.json $(shell find page/src page/*.mjs page/*.json page/*.html -type f 2>/dev/null)
	@test -x $(V)/python || $(PYTHON) -m venv .venv
	$(V)/python -m pip install -q --require-hashes --only-binary :all: -r requirements/dev.txt
	$(V)/python -m pip install -q --no-deps --no-build-isolation -e .
	$(MAKE) --no-print-directory page
	@touch $@

.venv/.ready: .venv/.built $(shell find src -name '*_kernels.py')
	$(V)/python -m picket.station.warm
	@touch $@

page:            ## build the web page into src/picket/_page
	$(V)/python page/build.py

demo: .venv/.ready ## set up if need be, then run the built-in exercise and print the page's address
	$(V)/picket demo

test: .venv/.built browser ## set up if need be, then everything that CI runs
	tools/test.sh

check: .venv/.ready ## the quick part: lint, types, imports
	$(V)/ruff check . && $(V)/ruff format --check .
	$(V)/mypy
	$(V)/lint-imports

.venv/.fuzzer: .venv/.ready requirements/fuzz.txt
	$(V)/python -m pip install -q --require-hashes --only-binary :all: -r requirements/fuzz.txt
	@touch $@

bench: setup .venv/.fuzzer ## measure every figure of the README, the peer beside it
	$(V)/python -m benchmarks

fuzz: .venv/.fuzzer ## every decoder under atheris, 10 million cases each (PICKET_FUZZ_CASES, PICKET_FUZZ_FORMATS)
	$(V)/python -m benchmarks fuzz

lock:            ## pin again (needs uv)
	requirements/lock.sh

clean:           ## remove everything that was made
	rm -rf .venv page/node_modules src/picket/_page dist build test-results .mypy_cache .ruff_cache .pytest_cache .hypothesis
