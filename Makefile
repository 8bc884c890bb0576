# On a machine with Python 3.11+ and make, two commands do everything:
#   make demo    train the seed networks and print their table
#   make test    run the tests (no PyTorch needed)
# Each installs what it needs into .venv the first time; after that nothing is installed and no
# network is used, until pyproject.toml or the Python version changes.

VENV ?= .venv
PEERS_VENV ?= .venv-peers
# Further arguments for the command behind a target: make demo ARGS="--only S2e".
ARGS ?=

# The first of these that is new enough, unless PYTHON names one. An environment that is there keeps
# its Python, so that `make test PYTHON=python3.13` is not undone by the next `make demo`.
CANDIDATES := $(VENV)/bin/python python3 python3.14 python3.13 python3.12 python3.11
NEW_ENOUGH := import sys; assert sys.version_info >= (3, 11); print("%d.%d" % sys.version_info[:2])
ifndef PYTHON
PYTHON := $(shell for python in $(CANDIDATES); do \
	$$python -c '$(NEW_ENOUGH)' >/dev/null 2>&1 && { echo $$python; break; }; done)
WANTED := none of $(CANDIDATES) is; name one: make PYTHON=path
else
WANTED := PYTHON=$(PYTHON) is not
endif
PYTHON_VERSION := $(if $(PYTHON),$(shell $(PYTHON) -c '$(NEW_ENOUGH)' 2>/dev/null))
# Evaluated where an environment is made: `make clean` and `make help` need no Python.
need_python = $(if $(PYTHON_VERSION),,$(error microgradnn needs Python 3.11 or newer: $(WANTED)))

# A stamp carries what its environment was made from, so neither a checkout that touches
# pyproject.toml nor another branch's visit reinstalls what is there already.
KEY := $(PYTHON_VERSION)-$(firstword $(shell cksum < pyproject.toml))
READY := $(VENV)/ready-$(KEY)
LINT_READY := $(VENV)/lint-ready-$(KEY)
PEERS_READY := $(PEERS_VENV)/ready-$(KEY)

# $(call install,FOLDER,EXTRAS): the stamp comes last, so that an interrupted install starts afresh.
define install
@echo "Installing microgradnn[$(2)] into $(1) (once; this needs the network)"
@$(1)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[$(2)]'
@touch $@
endef

.PHONY: help demo test test-peers peer-programs lint generate clean
.PHONY: environment peers-environment lint-environment print-python

help:
	@echo 'make demo        train the seed networks, print their table, write pictures into out/'
	@echo 'make test        run the tests'
	@echo 'make test-peers  run the tests that need PyTorch, micrograd, dot and Chromium'
	@echo 'make lint        ruff (rules, format) and mypy'
	@echo 'make generate    write again what is made from the table: stubs, the page of derivatives'
	@echo 'make clean       remove environments, caches and what was built'

demo: $(READY)
	$(VENV)/bin/python -m microgradnn $(ARGS)

test: $(READY)
	$(VENV)/bin/python -m pytest -m "not peers" $(ARGS)

test-peers: peer-programs $(PEERS_READY)
	$(PEERS_VENV)/bin/python -m pytest -m peers $(ARGS)

# The peers that pip cannot install. A missing one is a failure, never a skipped test.
peer-programs:
	@command -v dot >/dev/null || { \
		echo "the tests need the program 'dot': install Graphviz (Debian: apt-get install graphviz)" >&2; \
		exit 1; }
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || \
		command -v google-chrome >/dev/null || { \
		echo "the tests need a browser: install Chromium (Debian: apt-get install chromium)" >&2; \
		exit 1; }

lint: $(LINT_READY)
	$(VENV)/bin/python -m ruff check .
	$(VENV)/bin/python -m ruff format --check .
	$(VENV)/bin/python -m mypy

# What `make test` finds out of date. Each says what it wrote.
generate: $(READY)
	$(VENV)/bin/python .ci/write_stubs.py
	$(VENV)/bin/python .ci/write_derivatives.py
	$(VENV)/bin/python .ci/write_numpy.py

# One environment for the demo and the tests: either may come first, the other then works offline.
$(READY):
	$(need_python)@$(PYTHON) -m venv --clear $(VENV)
	$(call install,$(VENV),test)

$(LINT_READY): $(READY)
	$(call install,$(VENV),lint)

$(PEERS_READY):
	$(need_python)@$(PYTHON) -m venv --clear $(PEERS_VENV)
	$(call install,$(PEERS_VENV),$(strip test,peers))

# For .ci/run, which installs with a network and runs the rest without one.
environment: $(READY)
peers-environment: $(PEERS_READY)
lint-environment: $(LINT_READY)
print-python:
	$(need_python)@echo $(PYTHON)

clean:
	rm -rf $(VENV) $(PEERS_VENV) out dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
