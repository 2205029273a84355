# Every command of the project. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help run test check soak bench lock audit sbom release clean programs
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8600
HOST ?= 127.0.0.1
DATA ?= data
WORKERS ?= 3
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate

help: ## list these commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1	/' | expand -t 16

run: .venv/run.stamp ## set everything up and serve the app on http://localhost:$(PORT)
	@$(BIN)/hearing serve --host $(HOST) --port $(PORT) --data $(DATA)

test: .venv/dev.stamp programs ## run every test; those without Chromium or PostgreSQL are skipped aloud
	@PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: .venv/dev.stamp ## lint, format, types and import rules; every fault, then fail
	@fail=0; \
	$(BIN)/ruff check . || fail=1; \
	$(BIN)/ruff format --check . || fail=1; \
	$(BIN)/mypy || fail=1; \
	$(BIN)/lint-imports || fail=1; \
	$(BIN)/hearing registry check || fail=1; \
	$(BIN)/hearing datasets check || fail=1; \
	exit $$fail

soak: .venv/dev.stamp programs ## put every promise to the whole test, an hour or more, and write the score card
	@HEARING_SOAK=1 HEARING_SCORE_CARD=hearing_app/documents/score_card.json $(BIN)/pytest -m promise $(ARGS)

bench: .venv/dev.stamp ## measure the evidence engine beside others into docs/benchmarks.md, then the record
	@$(BIN)/python -m benchmarks.report $(ARGS)
	@$(BIN)/python -m benchmarks.record
	@$(BIN)/python -m benchmarks.register --report
	@$(BIN)/python -m benchmarks.pack --report

lock: .venv/dev.stamp ## resolve the dependencies anew into the lock files
	$(COMPILE) requirements-build.in --output-file requirements-build.lock
	$(COMPILE) pyproject.toml --output-file requirements.lock
	$(COMPILE) pyproject.toml --extra dev --constraint requirements.lock --output-file requirements-dev.lock

audit: .venv/dev.stamp ## ask osv.dev about known faults in the locked packages; needs the internet
	@$(BIN)/pip-audit -r requirements.lock -r requirements-dev.lock -r requirements-build.lock --require-hashes \
		--disable-pip --progress-spinner off --vulnerability-service osv $(if $(OSV),--osv-url $(OSV))

sbom: .venv/dev.stamp ## list what runs, with hashes and licences: docs/sbom.cdx.json, docs/licences.md
	@$(BIN)/python -m release.sbom

release: .venv/dev.stamp ## build this commit into build/release/: source, wheel, lock, SBOM, sums; offline
	@$(BIN)/python -m release.build

programs: # Debian's Chromium and PostgreSQL, where they are missing and may be installed
	@sh tests/install_for_tests.sh

clean: ## remove the virtual environment and caches; data/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache build *.egg-info

# The build tools come first, pinned: one dependency is published as source only and is built here,
# without a second, unpinned environment.
.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run.stamp: .venv/bin/python requirements-build.lock requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-build.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-build-isolation -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-build-isolation -r requirements-dev.lock
	@touch $@
