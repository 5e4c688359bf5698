# `make help` lists the targets. Each sets up what it needs; Python 3.12 or newer must be there.

BIN := .venv/bin
COMPATIBLE := .venv/compatible
MUTATION := .venv/mutation
BUCKET := .venv/bucket
SERVERS := .venv/mcp
PROVIDER := .venv/oidc
PINS := .venv/pins
# Two for each of two cores: tests of processes and of pages wait now and then. A worker costs five
# seconds before its first test.
WORKERS := 4
WITHOUT_BROWSERS := --ignore=tests/system --ignore=tests/engines
INSTALLED_FOR_TESTS := $(BIN)/.installed-dev $(COMPATIBLE)/.installed $(BUCKET)/.installed \
	$(SERVERS)/.installed $(PROVIDER)/.installed
REPORT_SECONDS := 5
CANDIDATES := python3.13 python3.14 python3.12 python3
# Version managers refuse a name when .python-version asks for a version that they don't have, so
# what they installed is tried too.
MANAGED := $(wildcard $(or $(PYENV_ROOT),$(HOME)/.pyenv)/versions/*/bin/python3 \
	$(HOME)/.asdf/installs/python/*/bin/python3 \
	$(HOME)/.local/share/mise/installs/python/*/bin/python3 \
	$(HOME)/.local/share/uv/python/*/bin/python3)
PYTHON = $(shell for name in $(CANDIDATES) $(MANAGED); do \
	"$$name" -c 'import sys; sys.version_info < (3, 12) and sys.exit(1); print(sys.executable)' \
	2>/dev/null && break; done)

# Each of the processes of a test run would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

# An environment is made again when its Python is gone, as after an upgrade of the system, or when
# making it was interrupted.
$(shell test ! -d .venv || .venv/bin/python -c 'import pip' 2>/dev/null || rm -rf .venv)

# Installs with the Python $(1) what $(2) names, and reports every tenth package, what is large to
# download, and every few seconds how much is unpacked. The reports end with the shell that waits
# for pip, also after Ctrl+C, which a shell's background jobs ignore.
define install
@rm -f $@
@{ $(1) -m pip install --no-input --disable-pip-version-check --progress-bar off $(2) \
	&& touch $@; } | { count=0; ticker=; while read -r line; do case "$$line" in \
	Collecting*) count=$$((count + 1)); test $$((count % 10)) -ne 0 || echo "  $$count packages";; \
	Downloading*MB\)*) echo "  downloading $${line#* }";; \
	Installing*) echo "  unpacking $$count packages"; \
		while sleep $(REPORT_SECONDS) >&- 2>&- && kill -0 $$$$ 2>&-; do \
			set -- $(1:/bin/python=)/lib/python*/site-packages/*.dist-info; \
			echo "  $$# unpacked"; \
		done & ticker=$$!;; esac; done; test -z "$$ticker" || kill $$ticker; }
@test -f $@
endef


.PHONY: help run test long engines fuzz mutate lint lint-templates lint-deploy bench chaos rehearse \
	screens pins

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
fuzz: export FUZZ_IMPORTS ?= 5000
fuzz: export FUZZ_DOCUMENTS ?= 5000
fuzz: export FUZZ_MARKDOWN ?= 100000
fuzz: export FUZZ_SIZES ?= 3000,20000,100000,1000000
fuzz: export FUZZ_MIXTURES ?= 200
fuzz: export FUZZ_EXAMPLES ?= 500
fuzz: $(BIN)/.installed-dev ## Try broken streams, broken images and replies made to overload the server
	$(BIN)/python -m pytest -q -n 2 tests/inference/test_fuzz.py tests/images/test_fuzz.py \
		tests/rendering/test_bombs.py tests/rendering/test_fuzz.py \
		tests/transfer/importing/test_fuzz.py
	$(BIN)/python -m pytest -q --timeout=3600 tests/documents/test_hostile.py
	$(BIN)/python -m pytest -q -n 2 -m hypothesis --timeout=600 $(WITHOUT_BROWSERS)
	$(BIN)/python -m tests.bench.neighbours --mixtures $(FUZZ_MIXTURES) --sizes $(FUZZ_SIZES)

# Changes the inference client in one place at a time and lists what no test notices.
# MUTANTS='chatapp.inference.sse.*' make mutate tries one module.
mutate: $(MUTATION)/.installed ## Find code of the inference client that no test covers
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
rehearse: $(BIN)/.installed-dev ## Deploy to a stand-in of Heroku (4 minutes)
	$(BIN)/python -m tests.rehearsal

screens: $(BIN)/.installed-dev ## Take screenshots of every state into screens/
	$(BIN)/python -m pytest -q tests/system/screens.py tests/system/screens_setup.py \
		tests/system/screens_windows.py tests/system/screens_keeping.py \
		tests/system/screens_documents.py tests/system/screens_projects.py \
		tests/system/screens_people.py tests/system/screens_prompts.py \
		tests/system/tools/screens.py

# Another version of a package: change it in requirements.in (or -dev.in), then run this. Newer ones
# of what those bring along: make pins UPGRADE=--upgrade
PIN = $(PINS)/bin/uv pip compile --quiet --universal --python-version 3.12 --generate-hashes \
	--no-annotate --custom-compile-command "make pins" $(UPGRADE)
pins: $(PINS)/.installed ## Write requirements.txt and requirements-dev.txt, with hashes
	$(PIN) requirements.in -o requirements.txt
	$(PIN) requirements-dev.in -c requirements.txt -o requirements-dev.txt

$(BIN)/.installed: requirements.txt | $(BIN)/python
	@echo "Installing the packages (once, a minute or two)…"
	$(call install,$(BIN)/python,--require-hashes -r requirements.txt)

$(BIN)/.installed-dev: requirements-dev.txt | $(BIN)/python
	@echo "Installing the packages for tests (once, a minute or two)…"
	$(call install,$(BIN)/python,--require-hashes -r requirements-dev.txt)
	@touch $(BIN)/.installed

# An environment of its own: this server brings other web packages than the app's.
$(COMPATIBLE)/.installed: tests/inference/compatible_server.txt | $(BIN)/python
	@echo "Installing a compatible server for tests (once)…"
	@$(BIN)/python -m venv $(COMPATIBLE)
	$(call install,$(COMPATIBLE)/bin/python,-r $<)

$(BUCKET)/.installed: tests/images/bucket_server.txt | $(BIN)/python
	@echo "Installing an S3-compatible server for tests (once)…"
	@$(BIN)/python -m venv $(BUCKET)
	$(call install,$(BUCKET)/bin/python,-r $<)

$(SERVERS)/.installed: tests/mcp/mcp_servers.txt | $(BIN)/python
	@echo "Installing MCP servers for tests (once)…"
	@$(BIN)/python -m venv $(SERVERS)
	$(call install,$(SERVERS)/bin/python,-r $<)

$(PROVIDER)/.installed: tests/accounts/oidc_provider.txt | $(BIN)/python
	@echo "Installing an OpenID Connect provider for tests (once)…"
	@$(BIN)/python -m venv $(PROVIDER)
	$(call install,$(PROVIDER)/bin/python,-r $<)

# An environment of its own: it brings a terminal interface and a parser that nothing else needs.
$(MUTATION)/.installed: requirements-dev.txt tests/inference/mutation.txt | $(BIN)/python
	@echo "Installing the packages for mutation (once)…"
	@$(BIN)/python -m venv $(MUTATION)
	$(call install,$(MUTATION)/bin/python,--require-hashes -r requirements-dev.txt)
	$(call install,$(MUTATION)/bin/python,-r tests/inference/mutation.txt)

$(PINS)/.installed: | $(BIN)/python
	@$(BIN)/python -m venv $(PINS)
	$(call install,$(PINS)/bin/python,uv==0.13.9)

$(BIN)/python:
	@test -w . || { echo "This folder can't be written to: $(CURDIR). Copy it to one of your own.";\
 exit 1; }
	@test -n "$(PYTHON)" || { echo "This needs Python 3.12 or newer, and none was found\
 (looked for: $(CANDIDATES)). Get it from https://www.python.org/downloads/."; exit 1; }
	@echo "Making an environment with $(PYTHON)…"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "$(PYTHON) can't make a virtual environment.\
 On Debian and Ubuntu: apt install python3-venv"; exit 1; }
