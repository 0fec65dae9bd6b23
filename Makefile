SHELL := /bin/sh
.SHELLFLAGS := -eu -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

BIN := .venv/bin
VENV := .venv/.created.stamp
PACKAGES := .venv/.packages.stamp
POOLPROOF := .venv/.poolproof.stamp
FOUNDRY := .foundry/.stamp
NODE_PACKAGES := node_modules/.stamp
SETUP := $(POOLPROOF) $(NODE_PACKAGES)
PIP_INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check
PIP_COMPILE := $(BIN)/pip-compile --quiet --strip-extras --no-header --no-emit-index-url \
    --no-emit-trusted-host --no-emit-find-links
JOBS ?= 2
export PYTHON

.PHONY: help setup verify test sabotage foundry lint format bench mutants docs lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(SETUP) ## Set everything up in .venv and node_modules; a second run does nothing
	@echo "poolproof is set up: make verify, make test, or $(BIN)/poolproof --help"

verify: $(SETUP) ## Prove, fuzz and audit every target of pyproject.toml (ARGS="v3 --quiet" passes arguments)
	@$(BIN)/poolproof verify $(ARGS)

test: $(SETUP) ## Run the tests (ARGS="-k name" passes arguments)
	@$(BIN)/python -m pytest -q -n $(JOBS) $(ARGS)

sabotage: $(SETUP) ## Change models and contracts in one token each and see that equiv executes the difference
	@$(BIN)/python -m pytest -q -m sabotage -n $(JOBS) $(ARGS)

foundry: $(SETUP) $(FOUNDRY) ## Install forge and anvil in .foundry and test what is exported to them
	@PATH="$$PWD/.foundry/node_modules/.bin:$$PATH" $(BIN)/python -m pytest -q -m forge $(ARGS)

lint: $(SETUP) ## Check style, types, the import rules and the Solidity
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	PATH="$$PATH:$$PWD/$(BIN)" node_modules/.bin/solhint --disc --noPoster --max-warnings 0 'contracts/**/*.sol'

format: $(SETUP) ## Format the Python and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

mutants: $(SETUP) ## Put known bugs into the contracts and see who notices (ARGS="v3 --by proof" passes arguments)
	@$(BIN)/poolproof mutants $(ARGS)

bench: $(SETUP) ## Measure the chain, the campaign, the prover, the comparison and the search (ARGS="v3" names targets)
	@$(BIN)/python -m benchmarks.evm
	@$(BIN)/python -m benchmarks.campaign $(or $(ARGS),v1 v2 v3)
	@$(BIN)/python -m benchmarks.prove $(ARGS)
	@$(BIN)/python -m benchmarks.equiv $(ARGS)
	@$(BIN)/python -m benchmarks.reach

docs: $(SETUP) ## Write the generated tables of the documentation anew
	@$(BIN)/poolproof tables README.md $(wildcard docs/*.md specs/*.md)

lock: $(PACKAGES) ## Renew the locks of the Python packages from pyproject.toml
	$(PIP_COMPILE) --extra dev --output-file requirements.lock pyproject.toml

clean: ## Remove what setup and the runs left behind
	rm -rf .venv .foundry node_modules build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV): scripts/find-python
	@python=$$(scripts/find-python); \
	echo "Setting up .venv with $$("$$python" --version)"; \
	"$$python" -m venv --clear .venv
	@touch $@

$(PACKAGES): requirements.lock $(VENV)
	@echo "Installing the locked Python packages"
	@$(PIP_INSTALL) --requirement requirements.lock
	@touch $@

$(POOLPROOF): pyproject.toml $(PACKAGES)
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(FOUNDRY): $(PACKAGES)
	@echo "Installing forge and anvil"
	@npm install --prefix .foundry --no-save --no-audit --no-fund --loglevel=error \
	    @foundry-rs/forge@1.7.1 @foundry-rs/anvil@1.7.1
	@touch $@

$(NODE_PACKAGES): package.json package-lock.json scripts/install-node-packages $(PACKAGES)
	@echo "Installing the locked npm packages"
	@scripts/install-node-packages
	@touch $@
