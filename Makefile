# Everything runs in .venv, with the versions of constraints.txt.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# pip's own notices have no place in the output of demo and test
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install

.PHONY: demo test lint types mypy pyright contract unit long docs screens console-screens dist extras bench growth mutants engines bulk-engines compat fuzz faults soak large-bills schemas tables examples clean

NIGHT ?= 2000

demo: $(VENV)/hub ## sign the shipped parcels, have the simulated office release them, and let a night of a hub pass
	@rm -rf demo && mkdir demo
	@$(BIN)/customs keygen --out demo/key
	@for mode in 1210 9610; do \
	  $(BIN)/customs declare examples/parcels-$$mode.jsonl --area unified --key demo/key/test.key \
	    --cert demo/key/test.crt --out demo/$$mode --on 2026-11-11 --clock 2026-11-11T08:00:00 --guid-seed $$mode || exit $$?; \
	  $(BIN)/customs verify demo/$$mode/*.xml || exit $$?; \
	done
	@mkdir -p demo/customs/out && cp demo/1210/*.xml demo/9610/*.xml demo/customs/out/
	@$(BIN)/customs office --dir demo/customs --seed 1 --pass 60
	@cp demo/1210/*.xml demo/9610/*.xml demo/customs/in/
	@$(BIN)/customs health demo/customs/in
	@$(BIN)/customs track demo/customs/in --order EX121000110000001
	@$(BIN)/customs hub rehearse --count $(NIGHT) --seed 1 --out demo/hub
	@echo "The messages are in demo/1210 and demo/9610, the receipts of the simulated office in demo/customs/in, the hub's report in demo/hub."

test: $(VENV)/dev ## everything that CI asks for; the checks two at a time, the longest first
	@$(MAKE) --jobs=2 pyright mypy lint contract
	@$(MAKE) unit

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .

types: mypy pyright

mypy: $(VENV)/dev
	$(BIN)/mypy

pyright: $(VENV)/dev
	$(BIN)/pyright --level error

contract: $(VENV)/dev
	$(BIN)/lint-imports

# compiled once, by whichever of the many processes of the tests comes first
unit: export PYTHONDONTWRITEBYTECODE :=
unit: $(VENV)/dev
	$(BIN)/pytest -n auto $(if $(CUSTOMS_REQUIRE_COMPONENTS),,-m "not long")

long: $(VENV)/dev ## the tests that take half a second or more each, and those over PostgreSQL, which CI runs with all others
	$(BIN)/pytest -n auto -m long

SPHINX = $(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --fresh-env --conf-dir docs/website

docs: $(VENV)/docs ## the site in both languages, in site/
	rm -rf site
	$(SPHINX) --doctree-dir build/pages/en docs site
	$(SPHINX) --doctree-dir build/pages/zh --tag zh docs/zh site/zh
	$(BIN)/python docs/website/search_data.py site

screens: docs ## 50 searches in Chromium, and pictures of 12 pages in build/screens/
	@$(PIP) -c constraints.txt playwright
	$(BIN)/python docs/website/screens.py site build/screens

console-screens: $(VENV)/dev ## the console in Chromium: every page, light and dark, two sizes, two languages, in build/console/
	@$(PIP) -c constraints.txt playwright axe-playwright-python
	PYTHONPATH=src:tests $(BIN)/python -m console_screens build/console

console-pictures: $(VENV)/dev ## the pictures of the console in the documentation, anew
	@$(PIP) -c constraints.txt playwright
	PYTHONPATH=src:tests $(BIN)/python -m console_screens build/console docs/images

dist: $(VENV)/dev ## wheel and sdist in dist/, checked, and the wheel tried with each extra
	@$(PIP) -c constraints.txt build check-wheel-contents twine
	rm -rf dist
	$(BIN)/python -m build --outdir dist .
	$(BIN)/twine check --strict dist/*
	$(BIN)/check-wheel-contents dist/*.whl
	$(MAKE) extras

extras: $(VENV)/dev ## the wheel of dist/ in a clean environment for each extra
	PYTHONPATH=tests $(BIN)/python -m wheels

MOST ?= 1000000

bench: $(VENV)/dev ## the scoreboard: speed and scale in one run, up to MOST parcels, saved under benchmarks/results/
	PYTHONPATH=tests $(BIN)/python -m benchmarks.board $(MOST)

growth: $(VENV)/dev ## what hostile inputs cost as they grow, beside the bare parse of the same bytes
	$(BIN)/python -m benchmarks.growth

COUNT ?= 100
SEED ?= 1

mutants: $(VENV)/dev ## the share of COUNT small mistakes in the code, drawn by SEED, that the tests notice (ONLY=customs/hub for one room)
	PYTHONPATH=tests $(BIN)/python -m mutants --count $(COUNT) --seed $(SEED) $(ONLY:%=--only %)

engines: COUNT = 100000
engines: $(VENV)/dev ## COUNT changes of signed messages, drawn by SEED: nothing accepted that xmlsec1 refuses
	CUSTOMS_MUTATIONS=$(COUNT) CUSTOMS_SEED=$(SEED) CUSTOMS_REQUIRE_COMPONENTS=1 $(BIN)/pytest -n auto tests/signing/test_engines.py

bulk-engines: $(VENV)/engines ## Ray and Spark give the messages of one process, to the byte; some 1.1 GB are installed
	CUSTOMS_REQUIRE_ENGINES=1 $(BIN)/pytest tests/bulk/test_engines.py
	PYSPARK_PYTHON=$(abspath $(BIN)/python) $(BIN)/pytest -W ignore tests/docs/test_docs.py -k cluster

compat: $(VENV)/dev ## all tests with the lowest and with the newest versions, on every Python that is installed (PYTHONS="3.11 3.13")
	PYTHONPATH=tests $(BIN)/python -m compat $(PYTHONS:%=--python %)

MINUTES ?= 10

fuzz: $(VENV)/fuzz ## what others send, changed at random for MINUTES (ONLY=explain for one target); what is new joins fuzz/corpus/
	$(BIN)/python -m fuzz --minutes $(MINUTES) --seed $(SEED) $(ONLY:%=--only %)

# every test that draws faults draws many of them here
FAULTS = $(shell grep -rlE 'support\.faults import|CUSTOMS_FAULTS' tests --include='test_*.py')

faults: $(VENV)/dev ## declarations killed at 30 moments, full disks at 50 points, 2 to 8 runs at once, 2,000 parcels end to end
	CUSTOMS_FAULTS=30 $(BIN)/pytest -n auto $(FAULTS)

soak: MINUTES = 10
soak: $(VENV)/dev ## a hub of three workers for MINUTES while processes fall, clocks are set back and disks are full
	CUSTOMS_SOAK=$(MINUTES) $(BIN)/pytest -s tests/hub/test_soak.py

ROWS ?= 1000000

large-bills: $(VENV)/dev ## ROWS rows of a bill of WeChat Pay and of Alipay taken and compared, with memory and rows a second
	CUSTOMS_FAULTS=1 CUSTOMS_ROWS=$(ROWS) $(BIN)/pytest -s tests/ledger/settlements/test_large_bills.py

schemas: $(VENV)/dev ## write schemas/ anew from the documents
	$(BIN)/customs schema --out schemas

tables: $(VENV)/dev ## write the tables of docs/ anew from the code
	$(BIN)/python docs/generate.py

examples: $(VENV)/run ## write examples/ anew
	for mode in 1210 9610; do $(BIN)/customs sample --count 120 --seed 11 --mode $$mode > examples/parcels-$$mode.jsonl; done

clean:
	rm -rf $(VENV) demo site build dist docs/api .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/run: pyproject.toml constraints.txt
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) -c constraints.txt -e ".[cli]"
	@touch $@

$(VENV)/hub: $(VENV)/run
	@$(PIP) -c constraints.txt -e ".[cli,hub,ledger,remote,serve,xlsx]"
	@touch $@

$(VENV)/dev: $(VENV)/run
	@$(PIP) -c constraints.txt -r requirements-dev.txt
	@touch $@

$(VENV)/engines: $(VENV)/dev requirements-engines.txt
	@$(PIP) -c constraints.txt -r requirements-engines.txt
	@touch $@

$(VENV)/fuzz: $(VENV)/dev
	@$(PIP) -c constraints.txt atheris
	@touch $@

$(VENV)/docs: $(VENV)/run docs/website/requirements.txt
	@$(PIP) -c constraints.txt -r docs/website/requirements.txt
	@touch $@
