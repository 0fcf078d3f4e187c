# Everything sets itself up: a virtual environment in .venv, from the locked versions.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: help run demo test check bench soak docs lock clean

help:
	@echo "make run    run the newsroom on http://127.0.0.1:8000"
	@echo "make demo   the same on a bundled newsroom, without a network"
	@echo "make test   run every test"
	@echo "make check  lint, types, imports"
	@echo "make bench  the figures of polling, reading, making and serving (some minutes)"
	@echo "make soak   two weeks in fast time, a kill at each write, power cuts (about an hour)"
	@echo "make docs   the documents as pages, in build/docs"
	@echo "make lock   choose the newest allowed versions of all dependencies (for maintainers)"

run: $(VENV)/run.stamp
	@$(BIN)/aggregator db upgrade
	@exec $(BIN)/aggregator run

demo: $(VENV)/run.stamp
	@exec $(BIN)/python -m aggregator.demo

test: $(VENV)/test.stamp
	$(BIN)/python -m pytest

check: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/bench.stamp
	$(BIN)/python -m benchmarks.parse
	$(BIN)/python -m benchmarks.poll --beside reader,newsboat,sfeed
	$(BIN)/python -m benchmarks.render
	$(BIN)/python -m benchmarks.serve

# The short forms of these are tests.
soak: $(VENV)/test.stamp
	$(BIN)/python -m tests.journeys.soak
	$(BIN)/python -m tests.journeys.killing --kills 100 --rounds 60
	$(BIN)/python -m tests.faults.power
	$(BIN)/python -m tests.faults.writes

# The pictures of the tour are in it once `python -m benchmarks.tour` has made them.
docs: $(VENV)/docs.stamp
	$(BIN)/mkdocs build --strict

# A stamp is as old as the files that it was installed from.
$(VENV)/run.stamp: requirements/build.txt requirements/run.txt setup.cfg pyproject.toml
	@echo "Setting up $(VENV) (once; about a minute) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "This needs Python 3.11 or newer; name one with: make PYTHON=python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python's venv is missing: apt-get install python3-venv"; exit 1; }
	@$(PIP) --require-hashes -r requirements/build.txt
	@$(PIP) --require-hashes --no-build-isolation -r requirements/run.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp requirements/test.txt
	@echo "Installing what the tests need ..."
	@$(PIP) --require-hashes --no-build-isolation -r requirements/test.txt
	@touch $@

$(VENV)/bench.stamp: $(VENV)/test.stamp requirements/bench.txt
	@$(PIP) --require-hashes --no-build-isolation -r requirements/bench.txt
	@touch $@

$(VENV)/docs.stamp: $(VENV)/run.stamp requirements/docs.txt
	@$(PIP) --require-hashes --no-build-isolation -r requirements/docs.txt
	@touch $@

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade
lock: $(VENV)/run.stamp
	@$(PIP) uv
	$(COMPILE) requirements/build.in -o requirements/build.txt
	$(COMPILE) --extra multilingual --extra postgres --extra queue --extra test setup.cfg -o requirements/test.txt
	$(COMPILE) -c requirements/test.txt --extra bench setup.cfg -o requirements/bench.txt
	$(COMPILE) -c requirements/test.txt --extra docs setup.cfg -o requirements/docs.txt
	$(COMPILE) -c requirements/test.txt --extra multilingual setup.cfg -o requirements/run.txt

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache *.egg-info
