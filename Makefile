# Everything a contributor or CI needs; each target sets up what it uses.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
PEERS := .venv-peers/.ready
KEEP ?=

.PHONY: help demo test check lint serve bench peers clean
help:
	@echo "make demo    two servers on this machine: follow, publish, like, reply, edit, delete (KEEP=1 leaves them running)"
	@echo "make serve   one server on http://localhost:8080 with its data in ./data"
	@echo "make check   lint, types, layers and the quick tests (make test has those between servers)"
	@echo "make test    all tests, with real peers (Fedify and others) and a real PostgreSQL"
	@echo "make bench   measure, with ratios against baselines of the same run"

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "FediArt needs Python 3.11 or newer, this is $$($(PYTHON) --version)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "setting up $(VENV) …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --requirement requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

peers: $(STAMP)
	@$(BIN)/python tests/peers/setup.py

demo: $(STAMP)
	@$(BIN)/python examples/demo.py $(if $(KEEP),--keep)

serve: $(STAMP)
	@test -f fediart.toml || $(BIN)/fediart init --domain localhost:8080 --artist me --email me@localhost.localdomain --loopback
	@$(BIN)/fediart serve

lint: $(STAMP)
	@$(BIN)/ruff format --check --quiet . || { echo "run: .venv/bin/ruff format ."; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

check: lint
	@$(BIN)/pytest -m "not slow and not peer" -n auto --dist worksteal --ignore tests/federation

test: lint peers
	@$(BIN)/pytest -n auto --dist worksteal

bench: $(STAMP)
	@$(BIN)/python -m bench

clean:
	rm -rf $(VENV) .venv-peers data demo-data .mypy_cache .ruff_cache .pytest_cache
