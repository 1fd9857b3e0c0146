# Kesher. `make run` starts it, `make test` proves it; `make` alone lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The distribution's own Python is built with profiling; one built by hand answers a page a fifth slower.
PYTHON ?= $(or $(shell for python in /usr/bin/python3.11 python3.11 python3; do \
  $$python -c 'import ensurepip, venv' 2>/dev/null && command -v $$python && break; done),python3)
PORT ?= 8000
UV_VERSION := 0.13.9
BUILD := .build
BIN := .venv/bin
UV := $(BUILD)/boot/bin/uv
WANTS := git make python3-venv

export UV_PYTHON_DOWNLOADS := never
export UV_LINK_MODE := copy
# uv, pip and npm bring lists of authorities of their own; a machine that keeps one knows better.
AUTHORITIES := $(wildcard /etc/ssl/certs/ca-certificates.crt)
ifneq ($(AUTHORITIES),)
export UV_SYSTEM_CERTS ?= 1
export PIP_CERT ?= $(AUTHORITIES)
export NODE_EXTRA_CA_CERTS ?= $(AUTHORITIES)
endif

# `make check` runs the rules of the house; they ask no database.
# What PostgreSQL is asked at each change, for twelve minutes' sake; `make soak` asks it everything.
ON_POSTGRESQL := $(addprefix tests/,races billing catalog customers engagement \
  core/test_access.py core/test_changes.py core/test_events.py core/test_search.py)

# By the number of their tests the slow files, which have few, would come last and leave a core idle.
PYTEST = $(BIN)/python -m pytest --dist loadscope --no-loadscope-reorder --ignore tests/architecture

.PHONY: help setup run test on-sqlite in-browser on-postgresql check soak teeth bench messages shots lock
help: ## list what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 12

setup: .venv/.runtime.ok $(BUILD)/assets.ok $(BUILD)/messages.ok ## install all that a running Kesher needs
	@:

run: setup ## start Kesher at http://localhost:8000 (PORT=)
	@PORT=$(PORT) exec $(BIN)/kesher run

test: tools setup check ## everything that is checked, on both databases
	@$(MAKE) on-sqlite
	$(MAKE) -j 2 --output-sync=target in-browser on-postgresql # each waits for its server half the time

on-sqlite: setup
	@echo "== on SQLite"
	$(PYTEST) -n 3 -m "not browser and not soak" # three, for many wait for processes of their own

in-browser: tools setup # apart: its driver keeps an event loop open in which Django asks no database
	@export $(BROWSER_ENV)
	echo "== in the browser"
	$(PYTEST) -n 2 -m "browser and not soak" tests/browser

on-postgresql: tools setup
	@echo "== on PostgreSQL"
	$(PYTEST) -n 2 -p tests.pgplugin -m "not browser and not soak and not once" $(ON_POSTGRESQL)

check: .venv/.dev.ok setup ## what can be seen without running the product
	@$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --cache-dir $(BUILD)/import-linter
	$(BIN)/mypy
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m pytest tests/architecture

soak: .venv/.dev.ok tools setup ## hours of kill storms, a million rows, every combination
	@export $(BROWSER_ENV) EXAMPLES=200
	$(BIN)/python -m pytest -m soak
	$(PYTEST) -n 2 -p tests.pgplugin -m "not browser"

teeth: .venv/.dev.ok tools setup ## plant each listed fault and demand red
	@export $(BROWSER_ENV)
	$(BIN)/python -m tests.teeth

bench: .venv/.dev.ok setup ## figures of speed and size, into bench/results
	@$(BIN)/python -m bench

messages: .venv/.dev.ok ## collect the strings to translate and compile them
	@$(BIN)/python locale/collect.py
	$(BIN)/python -m kesher.config.messages

shots: .venv/.dev.ok tools setup ## pictures of every page, into docs/pictures
	@export $(BROWSER_ENV)
	$(BIN)/python -m tests.browser.shots

lock: $(UV) ## choose versions anew from requirements/*.in
	@cd requirements
	compile() { ../$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header "$$@"; }
	compile runtime.in -o runtime.txt
	compile dev.in -o dev.txt
	compile node.in -o node.txt
	compile --no-deps data.in -o data.txt

# ---- Python

$(UV): Makefile
	@if ! $(PYTHON) -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
	  echo "Kesher needs Python 3.11 or newer with venv. On Debian:  sudo apt-get install -y $(WANTS)" >&2; exit 1
	fi
	if ! $(UV) --version 2>/dev/null | grep -qF " $(UV_VERSION)"; then
	  $(PYTHON) -m venv --clear $(BUILD)/boot
	  $(BUILD)/boot/bin/python -m pip install -q --disable-pip-version-check uv==$(UV_VERSION)
	fi
	touch $@

$(BIN)/python: | $(UV)
	@$(UV) venv -q --clear --python $(PYTHON) .venv

.venv/.runtime.ok: requirements/runtime.txt pyproject.toml $(UV) | $(BIN)/python
	@$(UV) pip install -q --python $(BIN)/python --require-hashes -r requirements/runtime.txt
	$(UV) pip install -q --python $(BIN)/python --no-deps -e .
	touch $@

.venv/.dev.ok: requirements/dev.txt requirements/data.txt .venv/.runtime.ok
	@$(UV) pip install -q --python $(BIN)/python --require-hashes -r requirements/dev.txt
	$(UV) pip install -q --python $(BIN)/python --require-hashes --no-deps -r requirements/data.txt
	touch $@

$(BUILD)/messages.ok: $(shell find locale -name '*.po' 2>/dev/null) .venv/.runtime.ok
	@$(BIN)/python -m kesher.config.messages
	touch $@

# ---- what the pages are built from

# Prints the folder of a Node that is new enough; without one, Node comes from PyPI.
NODE_BIN = $(shell node -e 'process.exit(process.versions.node.split(".")[0] < 18)' 2>/dev/null \
  && command -v npm >/dev/null && dirname "$$(command -v node)" || echo $(CURDIR)/$(BUILD)/node/bin)

$(BUILD)/node.ok: requirements/node.txt $(UV)
	@if [ "$(NODE_BIN)" = "$(CURDIR)/$(BUILD)/node/bin" ]; then
	  $(UV) venv -q --clear --python $(PYTHON) $(BUILD)/node
	  $(UV) pip install -q --python $(BUILD)/node/bin/python --require-hashes -r requirements/node.txt
	fi
	touch $@

node_modules/.ok: package.json package-lock.json .npmrc $(BUILD)/node.ok
	@PATH="$(NODE_BIN):$$PATH" npm ci --silent
	touch $@

$(BUILD)/assets.ok: $(shell find frontend -type f -not -name '*.pyc' 2>/dev/null) node_modules/.ok .venv/.runtime.ok
	@PATH="$(NODE_BIN):$$PATH" $(BIN)/python frontend/build.py
	$(BIN)/kesher collectstatic --no-input --clear --verbosity 0
	touch $@

# ---- what the tests need of the machine

include tests/tools.mk
