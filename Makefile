# `make demo`: the whole way on real input.  `make test`: every check.  Both do their own set-up.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
WORKERS ?= 2
SHARED_OUT := -n $(WORKERS) --dist loadfile --no-loadscope-reorder
TYPING := build/typing/innosi

.PHONY: demo test install services lint typing tests coverage format clean

demo: install
	@$(BIN)/innosi demo

test: install services lint typing tests

install: $(VENV)/.installed

$(VENV)/.installed: setup.cfg pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "innosi needs Python 3.11 or later; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	@echo "setting up $(VENV) (once; a minute or so)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

# Installs what is missing; does nothing where all is there.
services: install
	@.ci/services $(BIN)/python

lint: install
	@mkdir -p build
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/lint-imports --no-cache > build/lint-imports.txt 2>&1 || { cat build/lint-imports.txt; exit 1; }

# mypy cannot follow an editable install, so it is shown the three floors under their import name.
typing: install
	@mkdir -p $(TYPING)
	@for floor in models scenarios forecast; do ln -sfn $(CURDIR)/$$floor $(TYPING)/$$floor; done
	@MYPYPATH=build/typing $(BIN)/mypy --namespace-packages --explicit-package-bases --no-error-summary \
		-p innosi.models -p innosi.scenarios -p innosi.forecast

# A file is tested by one worker, so that what its tests share is made once.
tests: install services
	@$(BIN)/python -m pytest $(SHARED_OUT)

# The same tests, and how much of the code they reach: half as long again.
coverage: install services
	@mkdir -p build
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest $(SHARED_OUT)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report --format=total > build/coverage.txt || { $(BIN)/coverage report; exit 1; }
	@echo "coverage: $$(cat build/coverage.txt) %"

format: install
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

clean:
	rm -rf build dist $(VENV) *.egg-info innosi-demo
