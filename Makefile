# Every command a person needs. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
export RASA_TELEMETRY_ENABLED := false
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export TF_CPP_MIN_LOG_LEVEL := 2
export PYTHONWARNINGS := ignore
# Compiled modules are kept: without them every start of every process compiles its packages anew, seconds each time.
unexport PYTHONDONTWRITEBYTECODE

PY := .venv/bin/python
MODEL := models/assistant.tar.gz
UV_VERSION := 0.13.9
# What a trained model depends on: content, the pipeline's code, the safety floor.
TRAINED_FROM := config.yml domain.yml data/rules.yml data/vocabulary.yml $(wildcard data/nlu/*.yml) $(wildcard data/risk/*.yml) \
	nlu/classifier.py nlu/encoder.py nlu/encoder_graph.py nlu/head.py nlu/head_graph.py nlu/language.py nlu/risk.py

.PHONY: help
help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

# --- set-up ------------------------------------------------------------------------------------------------------------
# uv from PATH where it runs, else our own copy in .tools, fetched with the machine's Python.
UV := $(shell uv --version >/dev/null 2>&1 && echo uv || echo $(CURDIR)/.tools/bin/uv)

.tools/bin/uv:
	@echo "Installing uv $(UV_VERSION) into .tools ..."
	@python3 -m venv .tools >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "This machine's Python lacks venv: installing python3-venv ..."; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null && rm -rf .tools && python3 -m venv .tools; \
	  else echo "This machine's Python lacks venv. Run: sudo apt-get install python3-venv, then make again." >&2; rm -rf .tools; exit 1; fi; }
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION) || { \
	  echo "uv could not be installed: is there a network? Then run make again." >&2; rm -rf .tools; exit 1; }

.venv/synced: requirements.lock $(if $(filter %.tools/bin/uv,$(UV)),.tools/bin/uv)
	@checks/machine.sh disk
	@echo "Installing the assistant's environment (Python 3.10, about 2.3 GB; a minute or two) ..."
	@$(UV) venv --quiet --allow-existing --python 3.10 .venv || { \
	  echo "Python 3.10 was not found and could not be fetched. Install it (for example with pyenv) and run make again." >&2; exit 1; }
	@$(UV) pip sync --quiet --require-hashes --python $(PY) requirements.lock
	@touch $@

web/.venv/synced: web/requirements.lock $(if $(filter %.tools/bin/uv,$(UV)),.tools/bin/uv)
	@echo "Installing the door's environment (Python 3.12) ..."
	@cd web && $(UV) venv --quiet --allow-existing --python 3.12 .venv || { \
	  echo "Python 3.12 was not found and could not be fetched. Install it (for example with pyenv) and run make again." >&2; exit 1; }
	@$(UV) pip sync --quiet --require-hashes --python web/.venv/bin/python web/requirements.lock
	@touch $@

.PHONY: setup
setup: .venv/synced web/.venv/synced  ## install what is needed

$(MODEL): $(TRAINED_FROM) | .venv/synced
	@$(PY) -m checks.start files
	@echo "Training the assistant (about six minutes) ..."
	@mkdir -p models var
	@.venv/bin/rasa train --quiet --skip-validation --fixed-model-name assistant >var/train.log 2>&1 || { \
	  echo "Training failed. The end of var/train.log says why:" >&2; tail -n 15 var/train.log >&2; exit 1; }
	@touch $(MODEL)

.PHONY: train
train: .venv/synced $(MODEL)  ## train the assistant, if its data changed

# --- use ---------------------------------------------------------------------------------------------------------------
.PHONY: run
run: setup train  ## start everything and say where to chat; Ctrl-C ends it
	@$(PY) -m checks.start ports
	@exec .venv/bin/honcho start --no-prefix

.PHONY: chat
chat: setup  ## chat in the terminal with what `make run` started
	@$(PY) -m checks.chat

# --- the staff console ---------------------------------------------------------------------------------------------------
MANAGE := web/.venv/bin/python web/manage.py

.PHONY: staff
staff: setup  ## invite somebody to the console: make staff NAME=maria [ROLE=manager, reviewer or reader]
	@test -n "$(NAME)" || { echo "Say who: make staff NAME=maria" >&2; exit 1; }
	@$(MANAGE) migrate --no-input --verbosity 0 && $(MANAGE) staff "$(NAME)" $(if $(ROLE),--role $(ROLE))

.PHONY: demo-data
demo-data: setup  ## fill the console with a month of made-up conversations while `make run` runs (REMOVE=1 deletes them)
	@$(MANAGE) demo_data $(if $(REMOVE),--remove)

.PHONY: learn
learn: setup train  ## learn the corrections that reviewers accepted, unless something would get worse
	@mkdir -p var && $(MANAGE) corrections --out >var/corrections.jsonl && rm -f var/learned.jsonl
	@$(PY) -m checks.learn var/corrections.jsonl var/learned.jsonl; status=$$?; \
	  if [ -f var/learned.jsonl ]; then $(MANAGE) corrections --in <var/learned.jsonl; fi; \
	  rm -f var/corrections.jsonl var/learned.jsonl; exit $$status

.PHONY: lacking
lacking: setup  ## group what people ask that the page lacks, for the insight page
	@mkdir -p var && $(MANAGE) lacking --out >var/open.jsonl && $(PY) -m nlu.grouping <var/open.jsonl >var/groups.jsonl
	@$(MANAGE) lacking --in <var/groups.jsonl; rm -f var/open.jsonl var/groups.jsonl

# --- hold it to its promises ---------------------------------------------------------------------------------------------
# The checks are apart from each other: two at a time, the longest first; each says all it has to say when it ends.
CHECKS := check-rasa check-content check-types check-settings check-format
.PHONY: check $(CHECKS)
check: setup  ## content, format, lint, types
	@echo "Checking content, types, settings, format ..."
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target $(CHECKS)
check-content: setup
	@$(PY) -m checks.content
check-format: setup
	@.venv/bin/ruff format --check --quiet . && .venv/bin/ruff check --quiet .
	@.venv/bin/ruff format --check --quiet --config web/pyproject.toml web tests/web tests/widget && .venv/bin/ruff check --quiet --config web/pyproject.toml web tests/web tests/widget
check-settings: setup
	@web/.venv/bin/python web/manage.py check --fail-level WARNING >/dev/null
check-types: setup
	@$(PY) -m mypy && web/.venv/bin/mypy --config-file web/pyproject.toml web tests/web
check-rasa: setup
	@mkdir -p var && { .venv/bin/rasa data validate -c config.yml --fail-on-warnings >var/validate.log 2>&1 || { tail -n 20 var/validate.log; exit 1; }; }

.PHONY: test
test: check train  ## everything: checks, unit tests, understanding, conversations over HTTP, the door, the widget
	@checks/machine.sh chromium
	@echo "Tests of the assistant ..." && $(PY) -m pytest -n 2 --dist loadfile tests
	@echo "Tests of the door ..." && web/.venv/bin/python -m pytest -q -n 2 --dist loadfile tests/web
	@echo "Tests of the widget ..." && web/.venv/bin/python -m pytest -q -n 2 --dist loadfile tests/widget

.PHONY: evaluate
evaluate: train  ## measure understanding on the held-out sentences (WRONG=1 lists what was missed)
	@$(PY) -m benchmarks.evaluate $(if $(WRONG),--wrong)

.PHONY: safety-report
safety-report: train  ## measure how danger is found, by family, beside floor, screen and keywords alone
	@$(PY) -m benchmarks.safety

.PHONY: experiments
experiments: setup  ## compare heads, features and amounts of examples on the same sentences (half an hour; EPOCHS=0 leaves DIET out)
	@$(PY) -m benchmarks.experiments $(if $(EPOCHS),--epochs $(EPOCHS))

.PHONY: masking-report
masking-report: setup  ## measure what masking finds and what it hides without need, beside presidio alone
	@web/.venv/bin/python -m benchmarks.masking

benchmarks/.venv/synced: benchmarks/requirements.lock $(if $(filter %.tools/bin/uv,$(UV)),.tools/bin/uv)
	@echo "Installing the load tool's environment (Python 3.12) ..."
	@cd benchmarks && $(UV) venv --quiet --allow-existing --python 3.12 .venv || { \
	  echo "Python 3.12 was not found and could not be fetched. Install it (for example with pyenv) and run make again." >&2; exit 1; }
	@$(UV) pip sync --quiet --require-hashes --python benchmarks/.venv/bin/python benchmarks/requirements.lock
	@touch $@

.PHONY: bench
bench: setup train benchmarks/.venv/synced  ## measure speed and memory beside a stock Rasa assistant (QUICK=1: a minute; see benchmarks/README.md)
	@$(PY) -m benchmarks.load.bench $(if $(QUICK),--quick)

.PHONY: bench-scale
bench-scale: setup train benchmarks/.venv/synced  ## measure one and two Rasas with PostgreSQL, Redis, nginx, and kill parts meanwhile (QUICK=1)
	@benchmarks/scale/engines.sh && $(PY) -m benchmarks.scale.bench $(if $(QUICK),--quick)

.PHONY: chaos
chaos: setup train  ## kill, starve and cut off every part in turn, and say what was lost (five minutes; QUICK=1)
	@$(PY) -m benchmarks.chaos $(if $(QUICK),--quick)

.PHONY: fuzz
fuzz: setup train  ## send bad input of every kind to door, console, floor and masking, and count it (five minutes; QUICK=1)
	@QUICK=$(QUICK) $(PY) -m benchmarks.fuzz

.PHONY: soak
soak: setup train benchmarks/.venv/synced  ## ten minutes at 80 % of capacity, then a flood at five times it (MINUTES=2, QUICK=1)
	@QUICK=$(QUICK) MINUTES=$(MINUTES) $(PY) -m benchmarks.soak

.PHONY: bench-console
bench-console: setup  ## time console, search and retention up to a million messages, SQLite and PostgreSQL (half an hour; MESSAGES=10000 ENGINES=sqlite)
	@benchmarks/scale/engines.sh && $(PY) -m benchmarks.console

# Bills of materials in CycloneDX, of what is installed and of the widget's lock (whose package has no version of its own).
.PHONY: sbom
sbom: setup benchmarks/.venv/synced  ## write bills of materials to var/sbom, and list every licence in docs/licences.md
	@rm -rf var/sbom && mkdir -p var/sbom/widget && cp widget/package.json widget/package-lock.json var/sbom/widget/
	@echo "Bill of materials of the assistant ..." && benchmarks/.venv/bin/cyclonedx-py environment --output-reproducible -o var/sbom/assistant.cdx.json $(PY)
	@echo "Bill of materials of the door ..." && benchmarks/.venv/bin/cyclonedx-py environment --output-reproducible -o var/sbom/door.cdx.json web/.venv/bin/python
	@echo "Bill of materials of the widget ..." && cd var/sbom/widget && npm pkg set version=0.0.0 --loglevel error && \
	  npm sbom --sbom-format cyclonedx --package-lock-only --loglevel error >../widget.cdx.json && cd .. && rm -r widget
	@$(PY) -m checks.licences
	@echo "They are in var/sbom. docs/supply.md says how to look for advisories."

# --- keep it up ----------------------------------------------------------------------------------------------------------
.PHONY: backup
backup:  ## save the log and its keys: make backup TO=/mnt/backup/chat
	@test -n "$(TO)" || { echo "Say where to: make backup TO=/mnt/backup/chat" >&2; exit 1; }
	@python3 -m checks.backup save "$(TO)"

.PHONY: format
format: setup  ## put the code into its format
	@.venv/bin/ruff format --quiet . && .venv/bin/ruff check --fix --quiet .

.PHONY: widget
widget:  ## build the widget anew from its source (needs Node 20)
	@cd widget && npm ci --no-audit --no-fund && npm run check && npm run build

.PHONY: lock
lock: $(if $(filter %.tools/bin/uv,$(UV)),.tools/bin/uv)  ## resolve requirements.in anew into the lock files
	@$(UV) pip compile --quiet --python-version 3.10 --python-platform x86_64-manylinux_2_28 --generate-hashes \
	  --no-annotate --no-header requirements.in -o requirements.lock
	@$(UV) pip compile --quiet --python-version 3.12 --python-platform x86_64-manylinux_2_28 --generate-hashes \
	  --no-annotate --no-header web/requirements.in -o web/requirements.lock
	@$(UV) pip compile --quiet --python-version 3.12 --python-platform x86_64-manylinux_2_28 --generate-hashes \
	  --no-annotate --no-header benchmarks/requirements.in -o benchmarks/requirements.lock

.PHONY: clean
clean:  ## remove models and environments (logs and data in var/ stay)
	@rm -rf models .rasa .venv web/.venv benchmarks/.venv .tools results
