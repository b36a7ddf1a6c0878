# Every command of the project. `make help` lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help demo test test-all check bench collector docs freeze lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 14

$(STAMP): pyproject.toml .ci/requirements.txt .ci/uv.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "mlflow-usage needs Python 3.10 or newer; set PYTHON=")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .ci/uv.txt
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r .ci/requirements.txt
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(STAMP) ## real MLflow programs → plugin → Collector → Delta table → site, and compare the counts
	$(BIN)/python examples/demo/run.py

test: $(STAMP) ## the first half of `.ci/run`: one MLflow, one Collector, real Delta tables
	$(BIN)/python -m pytest -q -m "not slow"

test-all: $(STAMP) ## also the slow proofs and, for root, an ordinary user's run; needs Chromium (nothing uses Node or a JDK yet)
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit; done; \
		echo "make test-all: Chromium is missing (Debian: apt-get install chromium)" >&2; exit 1
	$(BIN)/python -m pytest -q

check: $(STAMP) ## lint, types, catalogue rules, generated files, locked and audited dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m mlflow_usage.catalogue.build --check
	$(BIN)/python .ci/lock.py --check
	$(BIN)/python .ci/audit.py

bench: $(STAMP) ## benchmarks, each against its peer, into benchmarks/README.md
	$(BIN)/python benchmarks/run.py

collector: $(STAMP) ## build the Collector once into the user's cache
	$(BIN)/mlflow-usage collector build

docs: $(STAMP) ## regenerate everything that comes from the catalogue
	$(BIN)/python -m mlflow_usage.catalogue.build
	$(BIN)/ruff format --quiet src

freeze: $(STAMP) ## at a release: freeze the scope of the catalogue's revision
	$(BIN)/python -m mlflow_usage.catalogue.build --release
	$(BIN)/python -m mlflow_usage.catalogue.build

lock: ## resolve the development dependencies again, with their hashes
	test -x $(BIN)/uv || { $(PYTHON) -m venv $(VENV); $(BIN)/python -m pip install --quiet --disable-pip-version-check uv 'tomli; python_version < "3.11"'; }
	$(BIN)/python .ci/lock.py

clean: ## remove what was built here
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
