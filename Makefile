# make run    set everything up, serve the console and judge this machine
# make test   set up what the tests need and run them all
# make bench  measure; make campaign: every language, theme and seed (long)

SHELL := /bin/bash
PYTHON ?= python3
LISTEN ?= 127.0.0.1:8080
export KANMON_HOME ?= $(CURDIR)/.home
PIP_QUIET := PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/bin/pip install -q --require-hashes
LOCKED := $(wildcard requirements/*.txt)

.PHONY: setup run test lint unit stories kills network browser packaging bench campaign pictures lock dev clean

setup: .venv/.ready node_modules/.ready .venv/.built

.venv/.ready: requirements/run.txt pyproject.toml
	@echo "Setting up Python packages (once)"
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@$(PIP_QUIET) -r requirements/run.txt
	@$(PIP_QUIET) -r requirements/build.txt
	@.venv/bin/pip install -q --no-deps --no-build-isolation -e . 2>/dev/null || .venv/bin/pip install --no-deps --no-build-isolation -e .
	@touch $@

node_modules/.ready: package-lock.json package.json
	@echo "Setting up front-end files (once)"
	@npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@

.venv/.built: .venv/.ready node_modules/.ready tools/build_static.py $(wildcard kanmon/console/locale/*/LC_MESSAGES/*.po)
	@.venv/bin/python tools/build_static.py
	@touch $@

run: setup
	@.venv/bin/kanmon setup
	@exec .venv/bin/kanmon manager --listen $(LISTEN) --this-machine

dev: setup .venv/.dev

.venv/.dev: requirements/dev.txt
	@echo "Setting up test packages (once)"
	@$(PIP_QUIET) -r requirements/dev.txt
	@touch $@

test: dev
	@bash tools/test_packages.sh
	@bash tools/run_tests.sh lint unit stories kills network browser packaging

lint unit stories kills network browser packaging: dev
	@bash tools/run_tests.sh $@

bench: dev
	@.venv/bin/python -m bench

campaign: dev
	@bash tools/test_packages.sh
	@KANMON_CAMPAIGN=1 bash tools/run_tests.sh lint unit stories kills network browser packaging

pictures: dev
	@KANMON_PICTURES=yes .venv/bin/python -m pytest -q tests/browser/test_the_pictures_of_the_documentation_are_these_pages.py

# The lock files name versions and hashes, never an address. Needs uv on the PATH.
lock:
	uv pip compile -q pyproject.toml --extra postgresql --universal --python-version 3.11 --generate-hashes --no-header -o requirements/run.txt
	uv pip compile -q requirements/build.in --universal --python-version 3.11 --generate-hashes --no-header -o requirements/build.txt
	uv pip compile -q pyproject.toml --extra postgresql --group dev --universal --python-version 3.11 --generate-hashes --no-header -o requirements/dev.txt

clean:
	rm -rf .venv node_modules kanmon/console/static/vendor build dist *.egg-info
