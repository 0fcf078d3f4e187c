# Everything sets itself up: a virtual environment in .venv, from the locked versions.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

# How many inputs each target of fuzzing gets.
RUNS ?= 1000000

.PHONY: help run demo test check coverage bench soak fuzz audit docs dist sbom lock clean

help:
	@echo "make run    run the newsroom on http://127.0.0.1:8000"
	@echo "make demo   the same on a bundled newsroom, without a network"
	@echo "make test   run every test"
	@echo "make check  lint, types, imports"
	@echo "make coverage  every test, and which lines and branches none of them runs, in build/coverage"
	@echo "make bench  the figures of polling, reading, making and serving (some minutes)"
	@echo "make soak   two weeks in fast time, a kill at each write, power cuts (about an hour)"
	@echo "make fuzz   look for inputs that break what must hold (RUNS=1000000 of each kind; hours)"
	@echo "make audit  ask PyPI whether a locked version has a known vulnerability"
	@echo "make docs   the documents as pages, in build/docs"
	@echo "make dist   the source distribution and the wheel, in dist"
	@echo "make sbom   what the program consists of, in build/sbom.json (CycloneDX)"
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

# TESTS="tests/wire tests/stories": only these. All of them together must run what there is.
coverage: $(VENV)/test.stamp
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest $(TESTS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage html --quiet
	$(BIN)/coverage report $(if $(TESTS),,--fail-under=95)

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

fuzz: $(VENV)/test.stamp
	@set -e; for target in parser splitter address markdown config; do \
	  $(BIN)/python -m tests.fuzz $$target --runs $(RUNS); done
	FUZZ_RUNS=$$(( $(RUNS) / 100 )) $(BIN)/python -m pytest tests/feeds/test_any_request.py

# Its own environment: what it needs is none of ours. --strict: what cannot be looked up fails.
audit:
	@test -x build/audit/bin/pip-audit || { $(PYTHON) -m venv build/audit && build/audit/bin/pip install --quiet pip-audit; }
	build/audit/bin/pip-audit --strict --disable-pip --require-hashes -r requirements/build.txt -r requirements/test.txt

# The pictures of the desk and of the tour are in it once `python -m benchmarks.tour` has made them.
docs: $(VENV)/docs.stamp
	$(BIN)/mkdocs build --strict

dist: $(VENV)/run.stamp
	@rm -rf dist
	@$(BIN)/python -c 'from setuptools.build_meta import build_sdist; build_sdist("dist")' > /dev/null
	@$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation -w dist dist/*.tar.gz
	@ls dist

# The tool wants to know what all this is of, in a file of its own kind.
sbom: $(VENV)/sbom.stamp
	@mkdir -p build
	@printf '[project]\nname = "aggregator"\nversion = "%s"\nlicense = "MIT"\n' \
	  `$(BIN)/python -c 'import aggregator; print(aggregator.__version__)'` > build/sbom.toml
	$(BIN)/cyclonedx-py requirements requirements/run.txt --pyproject build/sbom.toml \
	  --output-reproducible -o build/sbom.json

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

$(VENV)/sbom.stamp: $(VENV)/run.stamp requirements/sbom.txt
	@$(PIP) --require-hashes -r requirements/sbom.txt
	@touch $@

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade
lock: $(VENV)/run.stamp
	@$(PIP) uv
	$(COMPILE) requirements/build.in -o requirements/build.txt
	$(COMPILE) --extra multilingual --extra postgres --extra queue --extra test setup.cfg -o requirements/test.txt
	$(COMPILE) -c requirements/test.txt --extra bench setup.cfg -o requirements/bench.txt
	$(COMPILE) -c requirements/test.txt --extra docs setup.cfg -o requirements/docs.txt
	$(COMPILE) -c requirements/test.txt --extra multilingual setup.cfg -o requirements/run.txt
	$(COMPILE) -c requirements/test.txt requirements/sbom.in -o requirements/sbom.txt

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache *.egg-info
