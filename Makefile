# Bare `make` prints this help. Everything that these commands write lies in the state folder:
# WAREHOUSE_STATE, by default .warehouse in this clone.

export WAREHOUSE_STATE ?= $(CURDIR)/.warehouse
BIN := $(WAREHOUSE_STATE)/venv/bin
CACHE := $(WAREHOUSE_STATE)/cache
PYTEST := $(BIN)/python -m pytest -o cache_dir=$(CACHE)/pytest
export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := false
# Each task is a process of its own: compiled byte code (ignored by git) halves its start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo up down status test test-on-18 test-on-16 soak check fix bench recall lock runtime dev containers benchmarks

help: ## print this help
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: runtime ## from nothing to a published release of a small synthetic province, by the real scheduler
	@$(BIN)/warehouse demo

up: runtime ## start the services: Postgres and Airflow
	@$(BIN)/warehouse up

down: ## stop the services; data stay
	@if [ -x $(BIN)/warehouse ]; then $(BIN)/warehouse down; else echo "nothing is installed, nothing runs"; fi

status: runtime ## what runs, and where to look
	@$(BIN)/warehouse status

# What depends on the server's version: the schema, loading, publishing, the models. Its start is
# tested on both versions at once.
ON_POSTGRES_16 := tests/integration/database/test_access.py tests/integration/database/test_migrate.py \
	tests/integration/database/test_upgrade.py tests/integration/landing/test_landing_load.py \
	tests/integration/release/test_publish.py tests/dbt/test_dbt_project.py::test_unit_tests_pass

# Both at once, for much of the time is waiting: for servers, kills, schedules.
test: dev ## all tests but the long ones, on Postgres 18.4; what depends on it again on 16.14
	@$(MAKE) --no-print-directory -j 2 test-on-18 test-on-16

# In order of their paths, so that the start of Airflow (e2e), which takes longest, is not the last.
test-on-18:
	$(PYTEST) -m "not soak" -n 3 --dist loadfile --no-loadscope-reorder

test-on-16: # shown when it is over, not among the dots of the other
	@WAREHOUSE_TEST_POSTGRES_VERSION=16 $(PYTEST) -m "not soak" $(ON_POSTGRES_16) \
		-o cache_dir=$(CACHE)/pytest-16 > $(CACHE)/test-on-16.log 2>&1; \
		status=$$?; echo "On Postgres 16:"; cat $(CACHE)/test-on-16.log; exit $$status

soak: dev ## the long versions of the tests
	$(PYTEST) -m soak --timeout 7200

check: dev ## lint, format, types, imports, style of SQL and YAML, stale documents; changes nothing
	$(BIN)/ruff check --cache-dir $(CACHE)/ruff
	$(BIN)/ruff format --check --cache-dir $(CACHE)/ruff
	$(BIN)/mypy --cache-dir $(CACHE)/mypy
	$(BIN)/lint-imports --cache-dir $(CACHE)/imports
	$(BIN)/yamllint --strict .
	$(BIN)/sqlfluff lint --disable-progress-bar --processes 2 dbt_project
	$(PYTEST) -q tests/dags/test_dags_page.py tests/dbt/test_data_pages.py

fix: dev ## format, and mend what the linters can mend
	$(BIN)/ruff check --fix --cache-dir $(CACHE)/ruff
	$(BIN)/ruff format --cache-dir $(CACHE)/ruff
	$(BIN)/sqlfluff fix --disable-progress-bar dbt_project
	$(BIN)/python scripts/write_dags_page.py
	$(BIN)/python scripts/write_data_pages.py

# The last number is the larger warehouse; with 10,000,000 lines it is built in a quarter of an hour.
BENCH_LINES := 100000 1000000

bench: dev benchmarks ## measure, and print the tables; for more lines: BENCH_LINES="1000000 10000000"
	$(BIN)/python -m benchmarks.generator
	$(BIN)/python -m benchmarks.loading
	$(BIN)/python -m benchmarks.pandas_load
	$(BIN)/python -m benchmarks.dlt_load
	$(BIN)/python -m benchmarks.increments --lines $(BENCH_LINES)
	$(BIN)/python -m benchmarks.bi_queries --lines $(lastword $(BENCH_LINES))
	$(BIN)/python -m benchmarks.airflow_overhead --demo

recall: dev ## how many injected defects the rules find, and their false alarms; about 15 minutes
	$(BIN)/python -m benchmarks.recall
	$(BIN)/python -m benchmarks.recall_of_lists

lock: dev ## write requirements/*.txt anew from requirements/*.in, with hashes
	$(call compile,bootstrap,)
	$(call compile,dev,)
	$(call compile,runtime,-c requirements/dev.txt) # what runs is what was tested
	$(call compile,containers,)
	$(call compile,benchmarks,)

compile = UV_CACHE_DIR=$(CACHE)/uv $(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-header \
	--python-version 3.11 $(2) requirements/$(1).in -o requirements/$(1).txt

runtime dev containers benchmarks:
	@scripts/environment.sh $@
