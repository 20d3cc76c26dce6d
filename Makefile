.DEFAULT_GOAL := help
PYTHON ?= python3.11
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
export PYTHONUNBUFFERED := 1

help:  ## show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

.venv/base: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing Parvis into .venv (pinned by constraints.txt) …"
	@$(PIP) install -c constraints.txt -e .
	@touch $@

.venv/dev: .venv/base
	@echo "Installing what checks and tests need …"
	@$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $@

setup: .venv/base messages  ## install into .venv from pinned constraints

messages: .venv/base  ## compile the French and English catalogues
	@$(BIN)/python tools/messages.py compile

demo: setup  ## the whole platform with its demo shop; prints addresses and accounts
	@exec $(BIN)/parvis serve --demo

check: .venv/dev messages  ## lint, types, structure, templates, migrations, translations
	@bash tools/check.sh

test: .venv/dev messages  ## all tests; the summary is the last line
	@bash tools/test.sh

.PHONY: help setup messages demo check test
