# `make help` lists the targets. Each sets up what it needs; Python 3.12 or newer must be there.

BIN := .venv/bin
COMPATIBLE := .venv/compatible
MUTATION := .venv/mutation
BUCKET := .venv/bucket
SERVERS := .venv/mcp
# Three for each of two cores: tests of processes and of pages mostly wait.
WORKERS := 6
WITHOUT_BROWSERS := --ignore=tests/system --ignore=tests/engines
INSTALLED_FOR_TESTS := $(BIN)/.installed-dev $(COMPATIBLE)/.installed $(BUCKET)/.installed \
	$(SERVERS)/.installed
CANDIDATES := python3.13 python3.14 python3.12 python3
# A name on the path need not run (version managers leave such names), so each is tried.
PYTHON = $(shell for name in $(CANDIDATES); do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null \
	&& echo "$$name" && break; done)

# Each of the processes of a test run would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test long engines fuzz mutate lint lint-templates lint-deploy bench chaos rehearse \
	screens

# The first target is what a bare `make` does.
run: $(BIN)/.installed ## Serve the chat on http://127.0.0.1:8000 (PORT=9000 for another port)
	@$(BIN)/python manage.py serve --local

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

test: $(INSTALLED_FOR_TESTS) ## Run the tests
	@failed=0; \
	$(call run-tests,--dist worksteal,$(WITHOUT_BROWSERS)) || failed=1; \
	$(call run-tests,--dist loadfile --no-loadscope-reorder,tests/system) || failed=1; \
	exit $$failed

# On a loaded machine a test that fails beside five others may be no fault yet: those are run once
# more, alone, and the output shows them. Both halves run in any case.
run-tests = { $(BIN)/python -m pytest -q -n $(WORKERS) $(1) $(2) || { test $$? -eq 1 \
	&& echo "Running what failed once more, alone" \
	&& $(BIN)/python -m pytest -q --last-failed --last-failed-no-failures=none \
	$(filter -m long,$(1)) $(2); }; }

# Variants of what a shorter test shows, process deaths at every point of a tool call, approvals
# with Redis and without, long outages, and a rolling restart under twenty replies.
long: $(INSTALLED_FOR_TESTS) ## Run the long form of the tests that `make test` shortens
	@failed=0; \
	$(call run-tests,-m long --dist worksteal,$(WITHOUT_BROWSERS)) || failed=1; \
	$(call run-tests,-m long --dist loadfile --no-loadscope-reorder,tests/system) || failed=1; \
	exit $$failed

# As Debian packages them; CONTRIBUTING.md names the packages. `make test` has Chromium.
engines: $(BIN)/.installed-dev ## Try the everyday path in Firefox and WebKitGTK (1 minute)
	@$(call run-tests,-n 0,tests/engines)

# A failure reports its seed: FUZZ_SEED=<seed> FUZZ_STREAMS=1 make fuzz plays that stream alone.
# FUZZ_IMAGES does the same for the images of tests/images/test_fuzz.py, FUZZ_MARKDOWN is how many
# mutated texts tests/rendering/test_fuzz.py renders (a million take an hour), and FUZZ_EXAMPLES is how
# often each property of the other tests is tried. A bomb (a reply that is written to overload the
# server) that goes off reports the command that plays it alone. All of them on a real server take
# an hour, in which nothing else should run.
fuzz: export FUZZ_STREAMS ?= 20000
fuzz: export FUZZ_IMAGES ?= 5000
fuzz: export FUZZ_MARKDOWN ?= 100000
fuzz: export FUZZ_SIZES ?= 3000,20000,100000,1000000
fuzz: export FUZZ_MIXTURES ?= 200
fuzz: export FUZZ_EXAMPLES ?= 500
fuzz: $(BIN)/.installed-dev ## Try broken streams, broken images and replies made to overload the server
	$(BIN)/python -m pytest -q -n 2 tests/inference/test_fuzz.py tests/images/test_fuzz.py \
		tests/rendering/test_bombs.py tests/rendering/test_fuzz.py
	$(BIN)/python -m pytest -q -n 2 -m hypothesis --timeout=600 $(WITHOUT_BROWSERS)
	$(BIN)/python -m tests.bench.neighbours --mixtures $(FUZZ_MIXTURES) --sizes $(FUZZ_SIZES)

# Changes the inference client in one place at a time and lists what no test notices.
# MUTANTS='chatapp.inference.sse.*' make mutate tries one module; docs/inference.md has the result.
mutate: $(MUTATION)/.installed ## Find code of the inference client that no test covers (30 minutes)
	rm -rf mutants
	nice $(MUTATION)/bin/mutmut run --max-children 2 $(MUTANTS)
	@$(MUTATION)/bin/mutmut results | sed '/: not checked$$/d'

lint: $(BIN)/.installed-dev ## Check format, style, imports, types, migrations, settings and sizes
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(MAKE) --no-print-directory lint-templates
	$(BIN)/lint-imports
	$(BIN)/mypy chatapp
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(MAKE) --no-print-directory lint-deploy
	$(BIN)/python tests/sizes.py

lint-templates: $(BIN)/.installed-dev
	$(BIN)/djhtml --check --tabwidth 2 templates

lint-deploy: $(BIN)/.installed-dev
	DYNO=web.1 CI= SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))') \
		DATABASE_URL=postgres://u:p@localhost/db ALLOWED_HOSTS=chat.example.com \
		EMAIL_URL=smtp://u:p@mail.example.com \
		$(BIN)/python manage.py check --deploy --fail-level WARNING

bench: $(BIN)/.installed-dev ## Measure and write docs/performance.md
	$(BIN)/python -m tests.bench

# Lasts CHAOS_MINUTES (30) from CHAOS_SEED (1), then kills 100 processes in mid-reply and one at
# every point of a tool call. Needs PostgreSQL 15 and Redis.
chaos: $(BIN)/.installed-dev ## Kill, restart and cut everything under load; write docs/reliability.md
	$(BIN)/python -m tests.chaos

# Types the commands of README.md and docs/deploy.md; see tests/rehearsal/rehearsal.py. Needs
# PostgreSQL 15, Redis and Chromium.
rehearse: $(BIN)/.installed-dev ## Deploy to a stand-in of Heroku (10 minutes)
	$(BIN)/python -m tests.rehearsal

screens: $(BIN)/.installed-dev ## Take screenshots of every state into screens/
	$(BIN)/python -m pytest -q tests/system/screens.py tests/system/screens_setup.py \
		tests/system/screens_windows.py \
		tests/system/tools/screens.py

$(BIN)/.installed: requirements.txt | $(BIN)/python
	@echo "Installing the packages (once)…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(BIN)/.installed-dev: requirements.txt requirements-dev.txt | $(BIN)/python
	@echo "Installing the packages for tests (once)…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(BIN)/.installed

# An environment of its own: this server brings other web packages than the app's.
$(COMPATIBLE)/.installed: tests/inference/compatible_server.txt | $(BIN)/python
	@echo "Installing a compatible server for tests (once)…"
	@$(BIN)/python -m venv $(COMPATIBLE)
	@$(COMPATIBLE)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

$(BUCKET)/.installed: tests/images/bucket_server.txt | $(BIN)/python
	@echo "Installing an S3-compatible server for tests (once)…"
	@$(BIN)/python -m venv $(BUCKET)
	@$(BUCKET)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

$(SERVERS)/.installed: tests/mcp/mcp_servers.txt | $(BIN)/python
	@echo "Installing MCP servers for tests (once)…"
	@$(BIN)/python -m venv $(SERVERS)
	@$(SERVERS)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

# An environment of its own: it brings a terminal interface and a parser that nothing else needs.
$(MUTATION)/.installed: requirements.txt requirements-dev.txt tests/inference/mutation.txt | $(BIN)/python
	@echo "Installing the packages for mutation (once)…"
	@$(BIN)/python -m venv $(MUTATION)
	@$(MUTATION)/bin/python -m pip install --quiet --disable-pip-version-check \
		-r tests/inference/mutation.txt
	@touch $@

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "This needs Python 3.12 or newer, and none was found\
 (looked for: $(CANDIDATES)). Get it from https://www.python.org/downloads/."; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "$(PYTHON) can't make a virtual environment.\
 On Debian and Ubuntu: apt install python3-venv"; exit 1; }
