# Two commands matter: `make run` and `make test`. Everything else serves them.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: run test test-peers lint types contracts unit install install-dev peers schemas clean

run: $(VENV)/.installed
	@$(BIN)/steelyard run

test: $(VENV)/.installed-dev lint types contracts unit

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev
	$(BIN)/mypy

contracts: $(VENV)/.installed-dev
	$(BIN)/lint-imports

unit: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -m "not peers" -n 3 --dist loadgroup

test-peers: $(VENV)/.installed-dev peers
	bash tests/peers/run.sh $(BIN)/python

peers: $(VENV)/.installed-dev
	bash tests/peers/install.sh $(BIN)/python

install: $(VENV)/.installed
install-dev: $(VENV)/.installed-dev

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Steelyard needs Python 3.11 or newer: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing (the first time takes a few minutes; torch is the largest part)"
	$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --constraint constraints.txt --editable ".[dev]"
	@touch $@ $(VENV)/.installed

schemas: $(VENV)/.installed-dev
	$(BIN)/python -c "import pathlib; from bot.doors.cli.contracts import write_schemas; write_schemas(pathlib.Path('docs'))"

clean:
	rm -rf $(VENV) .peers .mypy_cache .ruff_cache .pytest_cache .hypothesis
