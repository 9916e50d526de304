# Two commands do all: `make demo` sets up and shows the tool at work, `make test` sets up and runs every check.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: demo test check format docs docs-site soak bench bench-speed bench-watch bench-completing clean

demo: $(VENV)/.installed  ## install into .venv and look at the simulated cluster
	$(BIN)/leasectl demo get -A

test: check  ## everything that has to pass: style, types, floors, behaviour
	$(BIN)/python -m pytest

check: $(VENV)/.checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.checks  ## rewrite what ruff can rewrite
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) not found: install it, or say PYTHON=python3.12 make …" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) install --quiet --constraint constraints.txt --editable .
	touch $@

$(VENV)/.checks: $(VENV)/.installed
	$(PIP) install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

docs: $(VENV)/.checks  ## write anew what drifted: outputs and generated parts of the documents, schemas, what the demo is described as
	PYTHONPATH=. $(BIN)/python tests/schema.py
	PYTHONPATH=. $(BIN)/python tests/described.py
	PYTHONPATH=. $(BIN)/python tests/grammar.py
	PYTHONPATH=. $(BIN)/python tests/completions.py
	PYTHONPATH=. $(BIN)/python tests/docs/writing.py

docs-site: $(VENV)/.checks  ## the documents as a site, in site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

# Trials with real processes need Go and a `cluster` program that runs a real control plane.
LEASECTL_CLUSTER ?= ../shared/cluster/cluster
TRIALS := same_as_kubectl same_expressions same_identities in_a_pod leaders_die observed watch_leaders watch_survives \
  watch_paused described_predictions described_quickly checked_failover checked_faults stolen_leaders stolen_for \
  stolen_at_once stolen_nothing stolen_in_doubt locked_contenders locked_stopped locked_cut_off locked_leaders \
  locked_cron completed doctored installed
MINUTES ?=

soak: $(VENV)/.checks  ## the trials of tests/soak on a real control plane; MINUTES=1 for the short form
	@set -e; for trial in $(TRIALS); do echo "== $$trial"; \
	  PYTHONPATH=. LEASECTL_CLUSTER=$(LEASECTL_CLUSTER) MINUTES=$(MINUTES) $(BIN)/python tests/soak/$$trial.py; done

bench: bench-speed bench-watch bench-completing  ## ratios to kubectl on real clusters of their own, which it fills

bench-speed: $(VENV)/.checks
	@set -e; export LEASE_CLUSTER=bench; trap '$(LEASECTL_CLUSTER) down' EXIT; eval "$$($(LEASECTL_CLUSTER) up)"; \
	  $(BIN)/python bench/speed.py --fill $(dir $(LEASECTL_CLUSTER))fill

BENCH_NODES ?= 2000
bench-watch: $(VENV)/.checks
	@set -e; export LEASE_CLUSTER=bench-watch; trap '$(LEASECTL_CLUSTER) down' EXIT; eval "$$($(LEASECTL_CLUSTER) up)"; \
	  $(LEASECTL_CLUSTER) heartbeats $(BENCH_NODES); $(BIN)/python bench/watching.py --nodes $(BENCH_NODES)

bench-completing: $(VENV)/.checks
	@set -e; export LEASE_CLUSTER=bench-completing; trap '$(LEASECTL_CLUSTER) down' EXIT; eval "$$($(LEASECTL_CLUSTER) up)"; \
	  $(BIN)/python bench/completing.py

clean:
	rm -rf $(VENV) dist site
