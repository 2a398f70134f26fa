# `make` alone lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
SECOND := tests/journeys tests/unit tests/contract tests/house tests/integration/rehearsal
THIRD := tests/integration/referral
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

help: ## this list
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## create .venv with exactly what the lock names

demo: $(READY) ## everything on this machine: make demo [ONCE=1] [KAFKA=apache|dev|HOST:PORT]
	$(BIN)/baton demo $(if $(ONCE),--once) $(if $(KAFKA),--kafka $(KAFKA))

check: $(READY) ## format, lint, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(READY) ## the tests that need nothing but Python
	$(BIN)/pytest tests/unit tests/house

# In three parts, because most tests wait for something most of the time; each part has servers of its own.
test: $(READY) ## the whole suite, on real Kafka and real PostgreSQL
	@mkdir -p build; first=0; second=0; third=0; \
	$(BIN)/pytest $(SECOND) >build/test-second.log 2>&1 & two=$$!; \
	$(BIN)/pytest $(THIRD) >build/test-third.log 2>&1 & three=$$!; \
	trap 'kill $$two $$three' INT TERM; \
	$(BIN)/pytest $(addprefix --ignore=,$(SECOND) $(THIRD)) || first=$$?; \
	wait $$two || second=$$?; \
	wait $$three || third=$$?; \
	cat build/test-second.log build/test-third.log; \
	exit $$((first | second | third))

bench: $(READY) ## figures beside a bare floor program, and build/bench.json: make bench [QUICK=1] [KAFKA=...]
	$(BIN)/python -m bench $(if $(QUICK),--quick) $(if $(KAFKA),--kafka $(KAFKA))

bench-intake: $(READY) ## figures of the intake alone, and build/bench-intake.json: [QUICK=1] [SOAK=N] [MINUTES=M]
	$(BIN)/python -m bench.intake $(if $(QUICK),--quick) $(if $(SOAK),--soak $(SOAK)) $(if $(MINUTES),--minutes $(MINUTES))

bench-worklist: $(READY) ## how fast a long worklist opens among millions of tasks, and build/bench-worklist.json: [TASKS=5000000] [OPEN=10000]
	$(BIN)/python -m bench.worklist $(if $(TASKS),--tasks $(TASKS)) $(if $(OPEN),--open $(OPEN))

bench-deadlines: $(READY) ## deadlines counted in a second, and build/bench-deadlines.json
	$(BIN)/python -m bench.deadlines

bench-timers: $(READY) ## how soon a backlog of passed deadlines is told, and build/bench-timers.json: [TASKS=100000]
	$(BIN)/python -m bench.timers $(if $(TASKS),--tasks $(TASKS))

fuzz: $(READY) build/fuzz/.ready ## mutated messages at every reader, each for so long: make fuzz MINUTES=60
	for each in tests/fuzz/fuzz_*.py; do \
		PYTHONPATH=build/fuzz/site $(BIN)/python -m tests.fuzz.$$(basename $$each .py) $$((60 * $(or $(MINUTES),60))); \
	done

layers: $(READY) ## who may import whom, and whether it is so
	$(BIN)/lint-imports

events: $(READY) ## write contracts and tables of the documents anew from the code
	$(BIN)/python -m schemas.generate
	$(BIN)/python -m services.discharge.inbound.onboarding.conformance

kafka: $(READY) ## fetch Apache Kafka's jars with Maven into build/kafka/libs
	$(BIN)/python -m deploy.local.kafka_jars

format: $(READY) ## put the code in shape
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

lock: $(READY) ## resolve requirements*.in anew into the lock files
	$(COMPILE) --upgrade requirements.in -o requirements.lock
	$(COMPILE) --upgrade -c requirements.lock requirements.in requirements-dev.in -o requirements-dev.lock
	$(COMPILE) --upgrade requirements-fuzz.in -o requirements-fuzz.lock

clean: ## remove what make made
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# uv installs the lock in seconds; it comes from the lock itself, hash checked.
$(READY): requirements-dev.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --require-hashes --no-deps \
		-r <(awk '/^[^ ]/ {mine = /^uv==/} mine' requirements-dev.lock)
	$(BIN)/uv pip sync --quiet --require-hashes requirements-dev.lock
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

# The fuzzer stays out of .venv, which holds what the lock of development names and nothing else.
build/fuzz/.ready: requirements-fuzz.lock $(READY)
	$(BIN)/uv pip install --quiet --target build/fuzz/site --require-hashes --no-deps --requirement requirements-fuzz.lock
	touch $@

.PHONY: help setup demo check unit test bench bench-intake bench-worklist bench-deadlines bench-timers fuzz layers events kafka format lock clean
