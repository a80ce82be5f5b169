# Two commands are enough: `make run` plays, `make test` checks everything. Windows without make: see README.md.
SHELL := /bin/sh
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PIP := $(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt
TEST := $(BIN)/python -m pytest -q -n auto --maxprocesses 8

.PHONY: run install lint check test soak docs clean

run: install
	@$(BIN)/drill

install: $(STAMP)

# The stamp is newer than what it was made from: a second `make run` installs nothing.
$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Drill needs Python 3.11 or later and found none. Install it, or name it: make run PYTHON=/path/to/python3"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo; echo "$(PYTHON) cannot make a virtual environment. On Debian and Ubuntu: sudo apt install python3-venv (Fedora and macOS bring it with Python)."; exit 2; }
	@echo "Installing into $(VENV): once, about a minute"
	@$(PIP) -e "./[fast,dev]" || { echo "Trying without the compiled kernel (numba): everything works, headless runs are slower"; $(PIP) -e "./[dev]"; } || { \
		echo; echo "The installation failed; the reason stands above. Without a network, Drill can only be installed from a folder of wheels: PIP_FIND_LINKS."; exit 2; }
	@touch $(STAMP)

lint: install
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache >out/layers.txt 2>&1 || { cat out/layers.txt; exit 1; }

# Under a minute: lint, types, layers, fast tests.
check: install
	@mkdir -p out
	@$(MAKE) --no-print-directory lint
	@$(TEST) -m "not slow and not soak"

# About a quarter of an hour on two cores (ten minutes is the aim): everything but the full counts; the wheel is built and tested in a clean venv.
test: install
	@mkdir -p out
	@$(MAKE) --no-print-directory lint
	@$(TEST) -m "not soak"

# The full counts of each issue's "done when".
soak: install
	@mkdir -p out
	@$(MAKE) --no-print-directory lint
	@DRILL_HYPOTHESIS=soak $(TEST)

# Pages that are made from the code; the tests compare them.
docs: install
	@mkdir -p out
	@$(BIN)/python docs/make_reference.py >docs/reference.md
	@$(BIN)/python docs/make_components.py >docs/components.md
	@$(BIN)/python docs/make_patients.py >docs/patients.md
	@$(BIN)/python docs/make_alarms.py >docs/alarms.md
	@$(BIN)/python docs/make_targets.py >docs/local-targets.md
	@$(BIN)/python docs/make_drills.py >docs/drills.md
	@$(BIN)/python docs/make_errors.py >docs/practice-errors.md
	@$(BIN)/python docs/make_schema.py docs/schema
	@$(PIP) -e "./[fast,dev,docs]"
	@$(BIN)/python docs/make_plots.py
	@$(BIN)/python docs/make_validation.py >out/validation.md && mv out/validation.md docs/validation.md

clean:
	rm -rf $(VENV) out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
