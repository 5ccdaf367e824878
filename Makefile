# gradphoto's front door. `make` alone lists what there is. Works with GNU make 3.81 and later (Linux, macOS).

PYTHON ?= python3
OUT    ?= out
UV     ?= uv
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip -qq
# Press photos: they smile, so they pass as drafts only. The other samples can't be placed at all.
SAMPLES := obama.jpg obama2.jpg obama3.jpg

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup setup-dev run test check bench evaluate lock clean

help: ## list the targets
	@echo "make TARGET, where TARGET is:"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' Makefile
	@echo "PYTHON=python3.12 chooses the Python (3.11 or later); your own pip settings are honoured."

setup: $(VENV)/.base ## set up .venv with the locked dependencies

setup-dev: $(VENV)/.dev

run: setup ## standardise sample photos, or yours: make run PHOTO=my.jpg
ifdef PHOTO
	@$(BIN)/gradphoto models fetch
	@$(BIN)/gradphoto standardize "$$PHOTO" --out "$(OUT)"
else
	@$(BIN)/gradphoto models fetch --group engine --group font --group samples
	@folder=$$($(BIN)/python -c 'from gradphoto.portrait.weights import models_folder; print(models_folder())'); \
	set --; for name in $(SAMPLES); do set -- "$$@" "$$folder/$$name"; done; \
	$(BIN)/gradphoto standardize "$$@" --out "$(OUT)" --draft
endif

test: setup-dev ## everything that CI runs: set-up, linters, types, import rules, tests
	@$(BIN)/gradphoto models fetch --group engine --group font --group samples --group compare
	@$(MAKE) --no-print-directory check

check: setup-dev ## the same without fetching models
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@GRADPHOTO_DATA=.cache/test-data $(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo
	@GRADPHOTO_DATA=.cache/test-data $(BIN)/python -m pytest -n 2

bench: setup-dev ## time and measure the engine
	@$(BIN)/gradphoto models fetch --group engine --group font --group samples
	@$(BIN)/python -m bench

evaluate: setup-dev ## hold the rules against labelled photos: make evaluate PHOTOS=folder
ifdef PHOTOS
	@$(BIN)/gradphoto models fetch --group engine
	@$(BIN)/python -m bench evaluate --photos "$$PHOTOS" --out "$(OUT)/evaluation"
else
	@$(BIN)/python -m bench evaluate
endif

# No index address may get into the locks: they serve every mirror.
LOCK = index=$${PIP_INDEX_URL:-$$($(BIN)/python -m pip config get global.index-url 2>/dev/null)}; \
	$${index:+env UV_DEFAULT_INDEX="$$index"} $(UV) pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

lock: setup ## pin the dependencies anew (needs uv); UPGRADE=1 takes the newest
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: pip install uv, or UV=/path/to/uv" >&2; exit 1; }
	@$(LOCK) $(if $(UPGRADE),--upgrade) pyproject.toml requirements/build.in -o requirements/base.txt
	@$(LOCK) $(if $(UPGRADE),--upgrade) --extra server -c requirements/base.txt pyproject.toml requirements/build.in \
		-o requirements/server.txt
	@$(LOCK) $(if $(UPGRADE),--upgrade) --extra dev -c requirements/server.txt pyproject.toml requirements/build.in \
		-o requirements/dev.txt

clean: ## remove .venv, results and caches (not the models)
	rm -rf $(VENV) out .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# Stamps: a second run has nothing to do, a broken-off one starts again where it stopped.
$(VENV)/.created:
	@command -v "$(PYTHON)" >/dev/null || { echo "No $(PYTHON) here. Python 3.11 or later is needed." >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		"$(PYTHON)" --version >&2; \
		echo "Python 3.11 or later is needed: make PYTHON=python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		package=$$("$(PYTHON)" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && apt-get install -y -qq "$$package" >/dev/null; \
		else \
			echo "This Python has no venv. On Debian and Ubuntu: sudo apt-get install $$package" >&2; exit 1; \
		fi; }
	@echo "Setting up $(VENV) ..."
	@"$(PYTHON)" -m venv --clear $(VENV)
	@touch $@

$(VENV)/.base: $(VENV)/.created requirements/base.txt pyproject.toml
	@echo "Installing the locked dependencies ..."
	@$(PIP) install --require-hashes -r requirements/base.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.server: $(VENV)/.base requirements/server.txt
	@echo "Installing what the service needs ..."
	@$(PIP) install --require-hashes -r requirements/server.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.server requirements/dev.txt
	@echo "Installing what the tests need ..."
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@
