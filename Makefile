# The commands that a newcomer needs. Each sets up first what it needs: Python 3.11 or newer, git and make are enough.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.ready
CORE := .venv/.core

.PHONY: setup demo test check bench evidence format requirements migrations

setup: $(STAMP)

$(CORE): requirements/core.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Aftercart needs Python 3.11 or newer: make PYTHON=…")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-compile --require-hashes -r requirements/core.txt
	@echo "$(CURDIR)" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/aftercart.pth"
	@printf '#!/bin/sh\nexec "$(CURDIR)/.venv/bin/python" -m aftercart "$$@"\n' > $(BIN)/aftercart && chmod +x $(BIN)/aftercart
	@$(BIN)/python -m aftercart.look.compile
	@touch $@

$(STAMP): $(CORE) requirements/dev.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

demo: $(CORE)
	@$(BIN)/python -m aftercart.look.compile
	@$(BIN)/python -m aftercart demo $(ARGS)

test: $(STAMP)
	@sh tests/browser/ensure_browser.sh
	@sh tests/flows/ensure_dovecot.sh
	@$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)
	@AFTERCART_POSTGRES_VERSION=16 $(BIN)/python -m pytest tests/flows -n 2 --dist loadfile -q $(ARGS)

check: $(STAMP)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@DATABASE_URL=postgresql:///unused AFTERCART_DATABASE_POOL=0 $(BIN)/mypy
	@$(BIN)/lint-imports
	@find aftercart -name '*.html' | xargs $(BIN)/djade --check --target-version 5.2
	@$(BIN)/python -m pytest tests/house -q

format: $(STAMP)
	@$(BIN)/ruff check --fix -q . || true
	@$(BIN)/ruff format -q .
	@find aftercart -name '*.html' | xargs $(BIN)/djade --target-version 5.2 || true

bench: $(STAMP)
	@$(BIN)/python -m benchmarks $(ARGS)

evidence: $(STAMP)
	@SAMPLE=$(SAMPLE) $(BIN)/python -m benchmarks.evidence

requirements: $(STAMP)
	@for set in core dev; do $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --no-annotate --upgrade requirements/$$set.in -o requirements/$$set.txt; done
