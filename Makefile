# Every target sets up what it needs. PYTHON names the interpreter (3.11 or later) that the environment is made with.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: install demo ready test coverage soak fuzz others lint docs bench pictures reference reference-check release-check lock \
	audit clean

install: .venv/.developing

# What users have: goldspan[all]. Python compiles what it uses of it.
.venv/.installed: pyproject.toml requirements/all.txt requirements/uv.txt requirements/install.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "goldspan needs Python 3.11 or later. Fix: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python requirements/install.py requirements/all.txt
	$(PIP) --no-build-isolation --no-deps -e .
	@touch $@

# And what developers need. The tests of the extractor transformers install torch for themselves.
.venv/.developing: .venv/.installed requirements/dev.txt
	$(BIN)/python requirements/install.py requirements/dev.txt
	@touch $@

# Type checker and import linter cannot follow an editable install through the folder mapping; links show it to them.
.links: .venv/.developing Makefile
	@mkdir -p .links/goldspan
	@for package in annotate cli corpus eval schema seeds; do ln -sfn ../../$$package .links/goldspan/$$package; done
	@for part in __init__.py lazy_names.py py.typed workflows; do ln -sfn ../../goldspan/$$part .links/goldspan/$$part; done
	@touch $@

# Python keeps what it compiles, whatever is set: the packages come without, and the demo starts several processes.
demo: export PYTHONDONTWRITEBYTECODE =

demo: .venv/.installed
	$(BIN)/goldspan demo --out demo

# Python keeps what it compiles, whatever is set: the tests start hundreds of processes that would compile it again.
ready test coverage: export PYTHONDONTWRITEBYTECODE =

# What the first tests would install and compile while others wait for it, done beside other work.
ready: .venv/.developing
	@tests/install-browser
	$(BIN)/python -m tests.ready

# Files are handed out in their order, in which the longest come first.
TOGETHER := -n auto --no-loadscope-reorder

test: .venv/.developing
	@tests/install-browser
	$(BIN)/python -m pytest $(TOGETHER)

# The same tests, slower, and then the lines and branches of each module that none of them ran.
coverage: .venv/.developing
	@tests/install-browser
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest $(TOGETHER) -m "not unmeasured"
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

# Fifty times the runs with faults of `make test`, on SQLite and on a PostgreSQL that a package brings. The account of
# each is at its end. On both, the life of a gold with an upgrade between two releases. Then runs over shards, in which
# processes are killed.
RUNS ?= 500
SHARD_RUNS ?= 50
soak: .venv/.developing
	@status=0; for database in sqlite postgresql; do \
		$(BIN)/python -m pytest -n auto tests/annotate/label_studio/test_faults.py --fault-runs $(RUNS) \
			--database $$database || status=1; \
		$(BIN)/python -m pytest tests/annotate/label_studio/test_whole_life.py --database $$database || status=1; \
	done; \
	$(BIN)/python -m pytest tests/annotate/test_shard_faults.py -k killed --shard-fault-runs $(SHARD_RUNS) || status=1; \
	exit $$status

# A thousand files of all formats with seeded faults: offsets, encodings, line ends, truncation, doubled ids and others.
# The account by format and by fault is at its end. And ten thousand
# fuzzed texts for the rules.
FILES ?= 1000
fuzz: .venv/.developing
	$(BIN)/python -m pytest tests/corpus/test_fuzz.py tests/annotate/test_rules.py -k fuzz \
		--fuzz-files $(FILES) --fuzz-texts 10000

# The extractors for packages of others, with these packages, in an environment of their own: their pins do not go with
# those of Label Studio's SDK. torch is outside the lock, because its files differ by processor and graphics card.
OTHERS := .cache/others/bin/python
OTHERS_PIP := $(OTHERS) -m pip install --quiet --disable-pip-version-check
others: pyproject.toml requirements/others.txt
	$(PYTHON) -m venv --clear .cache/others
	$(OTHERS_PIP) --no-deps --require-hashes -r requirements/others.txt
	$(OTHERS_PIP) --no-build-isolation --no-deps -e .
	$(OTHERS_PIP) --group others
	$(OTHERS) -m pytest tests/annotate/test_installed_packages.py

lint: .venv/.developing .links
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	MYPYPATH=.links $(BIN)/mypy -p goldspan
	MYPYPATH=.links $(BIN)/mypy tests benchmarks docs/reference
	@rm -rf .links/copy && mkdir .links/copy && cp -RL .links/goldspan .links/copy # the linter does not follow links
	cd .links/copy && $(CURDIR)/$(BIN)/lint-imports --config $(CURDIR)/pyproject.toml

# A link, an anchor or a page of the navigation that leads nowhere fails the build, as does a page left out of it.
docs: .venv/.developing .links
	$(BIN)/python -m docs.reference build/docs
	$(BIN)/zensical build --clean --strict
	$(BIN)/python -m docs.reference.site site

bench: .venv/.developing
	$(BIN)/python -m benchmarks

# The pictures of the documents, of the real Label Studio and a real report, into docs/images.
pictures: .venv/.developing
	@tests/install-browser
	$(BIN)/python -m tests.pictures

# The tables in schema/data that are taken from other packages: settlements and divisions, codes.
reference: .venv/.developing
	$(BIN)/python -m goldspan.schema.reference_tables

reference-check: .venv/.developing
	$(BIN)/python -m goldspan.schema.reference_tables --check

# Whether the repository can be released as it stands; with TRIAL=1 what is not ready yet is said, and the rest checked.
release-check: .venv/.developing
	$(BIN)/python -m tests.release $(if $(TRIAL),--trial)

# Pins for every platform and Python from 3.11 on, with hashes and without the address they came from.
COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	--quiet --upgrade
SAME := --constraint requirements/all.txt
lock: .venv/.developing
	$(PIP) --require-hashes -r requirements/uv.txt
	$(COMPILE) --group install -o requirements/uv.txt
	$(COMPILE) pyproject.toml --extra all -o requirements/all.txt
	$(COMPILE) --group dev --group docs $(SAME) -o requirements/dev.txt
	$(COMPILE) pyproject.toml --extra transformers $(SAME) --no-emit-package torch -o requirements/transformers.txt
	$(COMPILE) pyproject.toml --group others --no-emit-package torch -o requirements/others.txt
	$(COMPILE) --group audit $(SAME) --constraint requirements/dev.txt -o requirements/audit.txt
	$(COMPILE) annotate/label_studio/server/requirements.in -o annotate/label_studio/server/requirements.txt

# Known vulnerabilities of every pinned package. Asks PyPI, or OSV with `make audit SERVICE=osv`; a service that does not
# answer, or does not know a package, is a failure: nothing was learned then.
SERVICE ?= pypi
audit: .venv/.developing
	$(PIP) --require-hashes -r requirements/audit.txt
	@for lock in requirements/*.txt annotate/label_studio/server/requirements.txt; do \
		said=$$($(BIN)/pip-audit --vulnerability-service $(SERVICE) --strict --disable-pip --require-hashes \
			--progress-spinner off --requirement $$lock 2>&1) && { echo "$$lock: $$said"; continue; }; \
		echo "$$said" | tail -n 50 >&2; \
		echo "$$said" | grep -q '^Found [0-9]* known vulnerabilit' && \
			{ echo "$$lock: vulnerabilities are known, see above. Fix: make lock, or weigh them" >&2; exit 1; }; \
		echo "$$lock: NOT AUDITED: $(SERVICE) could not be asked about every package, so nothing is known." \
			"Fix: a network that reaches it, or make audit SERVICE=osv" >&2; exit 3; \
	done

clean:
	rm -rf .venv .links .cache demo build site dist *.egg-info
