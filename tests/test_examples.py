"""The examples in docstrings, which the API pages show, run as they stand there."""

from __future__ import annotations

import doctest
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from .document_blocks import blocks
from .studio_server import Studio
from .test_structure import PUBLIC

ROOT = Path(__file__).parents[1]
FACE = importlib.import_module("goldspan")
EXAMPLES = {
    **{
        f"goldspan.{package}".rstrip("."): importlib.import_module(f"goldspan.{package}".rstrip("."))
        for package in PUBLIC
    },
    **{f"goldspan.{name}()": getattr(FACE, name) for name in PUBLIC[""] if name != "__version__"},
}
ON_A_SERVER = ("goldspan.annotate.label_studio", "goldspan.push()", "goldspan.pull()")


def played(name: str) -> tuple[int, str]:
    """How many lines of an example were run, and what failed."""
    test = doctest.DocTestParser().get_doctest(EXAMPLES[name].__doc__ or "", {}, name, None, 0)
    told: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(test, out=told.append)
    return result.attempted, "".join(told)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with the file that the examples are about: that of docs/python.md."""
    page = blocks((ROOT / "docs" / "python.md").read_text("utf-8"))
    [gold] = [block.body for block in page if block.title == "gold.jsonl"]
    (tmp_path / "gold.jsonl").write_text(gold, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.filterwarnings("ignore:1 undecided conflict:UserWarning")
@pytest.mark.parametrize("name", [name for name in EXAMPLES if name not in ON_A_SERVER])
def test_an_example_prints_what_it_shows(name: str, folder: Path) -> None:
    lines, failures = played(name)
    assert failures == "" and lines > 1


@pytest.mark.server
def test_examples_on_a_server_print_what_they_show(
    folder: Path, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("GOLDSPAN_HOME", "GOLDSPAN_SERVER_ENV"):
        monkeypatch.setenv(variable, studio.surroundings[variable])
    for name in ON_A_SERVER:
        lines, failures = played(name)
        assert failures == "" and lines > 1, name


def test_the_face_imports_nothing_until_it_is_used() -> None:
    code = "import sys, goldspan; print(*(name for name in sys.modules if name.startswith(('goldspan', 'msgspec'))))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["goldspan"]


def test_the_face_names_what_it_has() -> None:
    assert dir(FACE) == sorted(dir(FACE)) and set(PUBLIC[""]) <= set(dir(FACE))
    with pytest.raises(AttributeError, match="no attribute 'laod'"):
        FACE.laod  # noqa: B018
