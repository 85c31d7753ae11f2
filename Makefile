# Everything a newcomer needs: `make run` and `make test` do all the set-up by themselves.
.DEFAULT_GOAL := help
VENV   := .venv
BIN    := $(VENV)/bin
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v "$$p"; break; }; done)
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
ARGS   ?=

.PHONY: help run demo test test-fast coverage check docs format bench chaos chaos-alerts fuzz lock clean setup setup-dev

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

run: setup ## install into .venv and start Steppewatch (Ctrl-C ends it); more options: make run ARGS="--port 8080"
	@exec $(BIN)/steppewatch up $(ARGS)

demo: setup ## start with a small invented web instead of the real one; needs no network
	@exec $(BIN)/steppewatch demo $(ARGS)

test: setup-dev ## install and run all tests (SQLite, PostgreSQL, Redis protocol)
	@$(BIN)/python -m pytest $(ARGS)

test-fast: setup-dev ## the quick ones of the tests that need no server
	@$(BIN)/python -m pytest tests/unit -m "not slow" $(ARGS)

coverage: setup-dev ## branch coverage of the pure packages by their unit tests, with the least it may be (two minutes)
	@$(BIN)/python -m coverage run -m pytest -q -n 0 -m "not slow" tests/unit/worker tests/unit/crawlers/scheduling $(ARGS)
	@$(BIN)/python -m coverage report

check: setup-dev ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: setup-dev ## write the generated pages of docs/ anew: commands, columns of exports, settings
	@$(BIN)/python -m cli.docs.pages

format: setup-dev ## rewrite the code in house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup-dev ## measure the chain: make bench PAGES=folder-of-html
	@$(BIN)/python -m benchmarks.chain $(if $(PAGES),--pages "$(PAGES)") $(ARGS)

chaos: setup-dev ## kill everything at random and compare the exports: make chaos SEED=1..10 ON=postgresql
	@STEPPEWATCH_TEST_CHAOS_SEED=$(or $(SEED),1) STEPPEWATCH_TEST_CHAOS_ON=$(ON) \
		$(BIN)/python -m pytest -n 0 -s tests/faults/test_chaos.py $(ARGS)

chaos-alerts: setup-dev ## kill worker, beat and broker while alerts are delivered: make chaos-alerts SEED=1 ON=sqlite
	@STEPPEWATCH_TEST_CHAOS_SEED=$(or $(SEED),1) STEPPEWATCH_TEST_CHAOS_ON=$(ON) \
		$(BIN)/python -m pytest -n 0 -s tests/faults/test_alerts_chaos.py $(ARGS)

fuzz: setup-dev ## change inputs at random and look for crashes and hangs: make fuzz MINUTES=60 SEED=1
	@STEPPEWATCH_TEST_FUZZ_SEED=$(or $(SEED),1) STEPPEWATCH_TEST_FUZZ_MINUTES=$(MINUTES) \
		$(BIN)/python -m pytest -n 0 -s tests/fuzz $(ARGS)

lock: ## resolve all dependencies anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-header --upgrade --quiet pyproject.toml requirements/build.in -o requirements/run.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-header --upgrade --quiet --extra dev pyproject.toml requirements/build.in -c requirements/run.txt -o requirements/dev.txt

clean: ## remove everything that make created
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage dist

setup: $(VENV)/.run
setup-dev: $(VENV)/.dev

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Steppewatch needs Python 3.11 or newer on the PATH (apt-get install python3 python3-venv)." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments; install them with: apt-get install python3-venv" >&2; exit 1; }
	@echo "creating $(VENV) with $$($(PYTHON) --version)" >&2
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(BIN)/python requirements/run.txt pyproject.toml
	@echo "installing Steppewatch (about a minute the first time)" >&2
	@$(PIP) --require-hashes -r requirements/run.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@echo "installing what the tests and checks need" >&2
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@
