# `make run` serves the chat on http://127.0.0.1:8000, `make test` runs the tests.
# Both set up what they need; Python 3.12 or newer is all that must be there.

BIN := .venv/bin
COMPATIBLE := .venv/compatible
MUTATION := .venv/mutation
BUCKET := .venv/bucket
SERVERS := .venv/mcp
CANDIDATES := python3.13 python3.14 python3.12 python3
# A name on the path need not run (version managers leave such names), so each is tried.
PYTHON = $(shell for name in $(CANDIDATES); do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null \
	&& echo "$$name" && break; done)

.PHONY: run test long fuzz mutate lint bench chaos rehearse screens

run: $(BIN)/.installed
	@$(BIN)/python manage.py serve --local

test: $(BIN)/.installed-dev $(COMPATIBLE)/.installed $(BUCKET)/.installed $(SERVERS)/.installed
	$(BIN)/python -m pytest -q -n 4 --dist worksteal --ignore=tests/system
	$(BIN)/python -m pytest -q -n 4 --dist worksteal tests/system

# What `make test` plays in a shorter form: deaths of processes at every point of a call, the person's
# word with Redis and without, long outages, a rolling restart under twenty replies.
long: $(BIN)/.installed-dev
	$(BIN)/python -m pytest -q -m long --ignore=tests/system
	$(BIN)/python -m pytest -q -m long tests/system

# A failure names its seed: FUZZ_SEED=<seed> FUZZ_STREAMS=1 make fuzz plays that stream alone.
# Of pictures: FUZZ_PICTURES, with tests/images/test_fuzz.py. A bomb (a reply that is written to bring
# the server to its knees) that goes off names the command that plays it alone. All of them on a real
# server take an hour, in which nothing else should run.
fuzz: export FUZZ_STREAMS ?= 20000
fuzz: export FUZZ_PICTURES ?= 5000
fuzz: export FUZZ_SIZES ?= 3000,20000,100000,1000000
fuzz: export FUZZ_MIXTURES ?= 200
fuzz: $(BIN)/.installed-dev
	$(BIN)/python -m pytest -q -n 2 tests/inference/test_fuzz.py tests/images/test_fuzz.py \
		tests/rendering/test_bombs.py
	$(BIN)/python -m tests.bench.neighbours --mixtures $(FUZZ_MIXTURES) --sizes $(FUZZ_SIZES)

# Breaks the inference client piece by piece and lists what no test notices, in half an hour.
# MUTANTS='chatapp.inference.sse.*' make mutate tries one module; docs/inference.md has the result.
mutate: $(MUTATION)/.installed
	rm -rf mutants
	nice $(MUTATION)/bin/mutmut run --max-children 2 $(MUTANTS)
	@$(MUTATION)/bin/mutmut results | sed '/: not checked$$/d'

lint: $(BIN)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy chatapp
	$(BIN)/python manage.py makemigrations --check --dry-run
	DYNO=web.1 CI= SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))') \
		DATABASE_URL=postgres://u:p@localhost/db ALLOWED_HOSTS=chat.example.com \
		EMAIL_URL=smtp://u:p@mail.example.com \
		$(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python tests/sizes.py

bench: $(BIN)/.installed-dev
	$(BIN)/python -m tests.bench

# Kills, restarts, stalls and cuts under load, for CHAOS_MINUTES (30) from CHAOS_SEED (1), then 100
# kills in mid-reply and one at every point of a call; writes docs/reliability.md. Needs
# PostgreSQL 15 and Redis.
chaos: $(BIN)/.installed-dev
	$(BIN)/python -m tests.chaos

# Deploys to a stand-in of Heroku with the README's own commands, in ten minutes; see
# tests/rehearsal/rehearsal.py. Needs PostgreSQL 15, Redis and Chromium.
rehearse: $(BIN)/.installed-dev
	$(BIN)/python -m tests.rehearsal

screens: $(BIN)/.installed-dev
	$(BIN)/python -m pytest -q tests/system/screens.py tests/system/screens_setup.py \
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

$(SERVERS)/.installed: tests/connectors/mcp_servers.txt | $(BIN)/python
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
