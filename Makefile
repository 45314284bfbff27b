# Needs a Python of 3.11 to 3.13 and make; everything else comes from requirements.lock into .venv.
.DEFAULT_GOAL := help
.PHONY: help install up down status logs test lint bench memory week audit sites crash mutants

# PYTHON=/path/to/python3.12 chooses another Python than the first one that works.
PYTHON ?=
BIN := .venv/bin

help:  ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

install:  ## Make the environment .venv, when the lock has changed
	@PYTHON="$(PYTHON)" .ci/install

up: install  ## Start PostgreSQL, the newspaper and Airflow; harvest; return with all of it running
	@$(BIN)/lumbung up

down:  ## Stop everything that `make up` started; the data stay
	@if [ -x $(BIN)/lumbung ]; then $(BIN)/lumbung down; else echo "nothing to stop: there is no .venv"; fi

status: install  ## Show the services
	@$(BIN)/lumbung status

logs: install  ## Follow the logs of all services and tasks
	@$(BIN)/lumbung logs

lint: install  ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint  ## lint, then every test
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

bench: install  ## Measure the crawl, the loader, exports, deduplication and URLs against floors or peers; prints ratios
	PYTHONPATH=tests $(BIN)/python tests/benchmarks/crawl.py
	PYTHONPATH=tests $(BIN)/python tests/benchmarks/loader.py
	PYTHONPATH=tests $(BIN)/python tests/benchmarks/feed.py
	PYTHONPATH=tests $(BIN)/python tests/benchmarks/exports.py
	PYTHONPATH=tests $(BIN)/python tests/benchmarks/deduplication.py
	PYTHONPATH=tests $(BIN)/python tests/benchmarks/urls.py
	PYTHONPATH=tests $(BIN)/python tests/benchmarks/dag_parsing.py

memory: install  ## Measure the memory of a crawl of 100,000 pages and beside a million known URLs; half an hour
	PYTHONPATH=tests $(BIN)/python tests/benchmarks/memory.py

crash: install  ## kill -9, Postgres stopped, disk full, network cut over 10,000 articles, beside Scrapy with JOBDIR; half an hour
	PYTHONPATH=tests $(BIN)/python tests/crash/harness.py
	PYTHONPATH=tests $(BIN)/python tests/crash/feed.py

mutants: install  ## Plant small faults, run the tests that must notice: share killed by module. MUTANTS="--module guard --sample 5"
	PYTHONPATH=tests $(BIN)/python tests/mutants/run.py $(MUTANTS)

week: install  ## Harvest a simulated week of every publisher; prints what was stored, asked for and waited for
	PYTHONPATH=tests $(BIN)/python tests/benchmarks/week.py

sites: install  ## Build sites with Pelican, Nikola and Hexo from their registries, describe and crawl them; prints a table
	PYTHONPATH=tests $(BIN)/python tests/benchmarks/generated_sites.py

audit: install  ## Known weaknesses of what the lock installs, and careless code; needs PyPI itself, no mirror
	$(BIN)/uvx bandit --quiet -ll --recursive seeds spiders pipelines dags
	$(BIN)/uvx pip-audit --strict --disable-pip --require-hashes --requirement requirements.lock
