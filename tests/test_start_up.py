"""Calls import nothing that they do not use; how long they take is measured by `make bench`."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from pathlib import Path

import pytest

from goldspan.corpus.release.editions import edition
from goldspan.schema import sha256_hex

from .conftest import Run

LARGE = {"datasets", "label_studio_sdk", "matplotlib", "pandas", "pyarrow", "scipy", "sklearn"}
"""Packages that take long to import, and that only some calls use."""

RUN = "from goldspan.cli.main import main\nmain()"

CALLS: dict[str, tuple[str, tuple[str, ...], set[str]]] = {
    "import goldspan": ("import goldspan", (), {"goldspan.schema", "msgspec", "numpy", "spacy", "typer"}),
    "lookup": (RUN, ("lookup", "Kyiv"), {"goldspan.corpus", "goldspan.eval", "numpy", "spacy"}),
    "corpus check": (RUN, ("corpus", "check", "gold.jsonl"), {"goldspan.eval", "numpy", "spacy"}),
    "score without texts": (RUN, ("score", "gold.jsonl", "gold.jsonl"), {"goldspan.annotate", "spacy"}),
    "score": (RUN, ("score", "texts.jsonl", "texts.jsonl"), {"goldspan.annotate"}),
    "rules": (
        "from goldspan.annotate.rules import RULES\nfrom goldspan.schema import conflict_scheme\n"
        "RULES(conflict_scheme())",
        (),
        {"goldspan.annotate.label_studio", "goldspan.corpus.formats", "goldspan.eval"},
    ),
}
"""What is called, with its arguments, and what it does not import besides what is large."""


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("records")
    texts = edition().folder.joinpath("gold.jsonl").read_text("utf-8")
    (folder / "texts.jsonl").write_text(texts, "utf-8")
    with (folder / "gold.jsonl").open("w", encoding="utf-8") as gold:
        for line in texts.splitlines():
            record = json.loads(line)
            text = record.pop("text")
            gold.write(json.dumps({**record, "text_sha256": sha256_hex(text), "text_length": len(text)}) + "\n")
    return folder


@pytest.mark.parametrize("call", CALLS)
def test_a_call_imports_nothing_that_it_does_not_use(call: str, records: Path) -> None:
    code, arguments, others = CALLS[call]
    show = f"print('IMPORTED', sorted(sys.modules.keys() & {LARGE | others!r}), file=sys.stderr)"
    script = f"import atexit, sys\natexit.register(lambda: {show})\n{code}"
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, cwd=records, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and done.stderr.splitlines()[-1] == "IMPORTED []", done.stderr


def test_the_command_looks_for_unreachable_objects_seldom(goldspan: Run) -> None:
    before = gc.get_threshold()
    try:
        gc.set_threshold(700, 10, 10)  # Python's own, by which a start looks a hundred times
        assert goldspan("--version").returncode == 0
        assert gc.get_threshold()[0] >= 100_000
    finally:
        gc.set_threshold(*before)
