"""What the documents show is what the program does."""

from __future__ import annotations

import ast
import importlib
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from docs.reference.formats import PAGE, updated
from docs.reference.gold_sets import BENCHMARKS, with_gold_sets
from goldspan.schema import conflict_scheme, parse_scheme

from .command import command_tree
from .conftest import Shared
from .document_blocks import blocks, lay_out_pages, played
from .studio_server import Studio

ROOT = Path(__file__).parents[1]
PLAYED = tuple(
    "index tutorial python own-scheme another-field another-language score-others publish from-elsewhere formats text-free articles corpus estimate probe a-scheme-that-changes privacy withdrawal versions open power".split()
)
ON_A_SERVER = {"python": "## Make a scheme and push it"}
"""Where the part of a document begins that needs Label Studio."""
PAGES = sorted((ROOT / "docs").glob("*.md"))


@pytest.fixture(scope="module")
def laid_out(shared: Shared) -> Path:
    return shared("pages", lay_out_pages)


@pytest.mark.slow
@pytest.mark.parametrize("name", PLAYED)
def test_what_a_document_shows_is_what_its_blocks_print(
    name: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOLDSPAN_HOME", str(tmp_path_factory.mktemp("home")))  # in which no server is searched
    text = (ROOT / "docs" / f"{name}.md").read_text("utf-8")
    for shown, printed in played(text.partition(ON_A_SERVER.get(name, "\0"))[0], tmp_path):
        assert shown.body == printed


@pytest.mark.server
def test_what_a_document_shows_on_a_server_is_what_its_blocks_print(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GOLDSPAN_HOME", "GOLDSPAN_SERVER_ENV"):
        monkeypatch.setenv(name, studio.surroundings[name])
    for name, heading in ON_A_SERVER.items():
        text = (ROOT / "docs" / f"{name}.md").read_text("utf-8")
        for shown, printed in played(text.partition(heading)[2], tmp_path):
            assert "URL" in _anywhere(shown.body) == _anywhere(printed)


def _anywhere(output: str) -> str:
    """What is printed, whatever the port of the server and the number of the project."""
    return re.sub(r"http://\S+", "URL", output)


@pytest.mark.parametrize("path", [ROOT / "README.md", *PAGES], ids=lambda path: path.name)
def test_scripts_of_a_document_import_public_names_only(path: Path) -> None:
    for block in blocks(path.read_text("utf-8")):
        if block.language != "python":
            continue
        for node in ast.walk(ast.parse(block.body)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "goldspan":
                public = importlib.import_module(str(node.module)).__all__
                assert [name.name for name in node.names if name.name not in public] == [], node.module


@pytest.mark.parametrize("path", [ROOT / "README.md", *PAGES], ids=lambda path: path.name)
def test_every_call_that_a_document_shows_is_one(path: Path) -> None:
    for block in blocks(path.read_text("utf-8")):
        if block.language in ("sh", "console"):
            for line in block.body.replace("\\\n", " ").splitlines():
                words = _words(line)
                if words[:1] == ["goldspan"] and "--version" not in words:
                    command, arguments = _command(words[1:])
                    command.make_context(command.name, arguments)


def _command(words: list[str]) -> tuple[Any, list[str]]:
    command: Any = command_tree()
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]
    return command, words


def _words(line: str) -> list[str]:
    """A call as the shell takes it apart, up to where its output goes elsewhere."""
    lexer = shlex.shlex(line.removeprefix("$ "), posix=True, punctuation_chars=";|>")
    lexer.whitespace_split = True
    words = list(lexer)
    return words[: next((at for at, word in enumerate(words) if word in (";", "|", ">")), len(words))]


def test_the_reference_has_every_command(laid_out: Path) -> None:
    page = (laid_out / "reference" / "commands.md").read_text("utf-8")

    def every(command: Any, path: str) -> list[str]:
        below = getattr(command, "commands", {})
        return [path, *(line for name, each in below.items() for line in every(each, f"{path} {name}"))]

    names = every(command_tree(), "goldspan")
    assert "goldspan studio push" in names
    assert not [name for name in names if not re.search(rf"^##+ {re.escape(name)}$", page, re.M)]


def test_the_reference_has_every_public_name(laid_out: Path) -> None:
    inits = [path.parent for package in ("annotate", "corpus", "eval", "schema")
             for path in (ROOT / package).rglob("__init__.py")]  # fmt: skip
    packages = [".".join(path.relative_to(ROOT).parts) for path in inits]
    for package in packages:
        names = getattr(importlib.import_module(f"goldspan.{package}"), "__all__", ())
        if names:
            page = (laid_out / "reference" / "api" / f"{package}.md").read_text("utf-8")
            assert not [name for name in names if f"\n## {name} {{" not in page], package


def test_the_scheme_file_of_the_documents_is_one() -> None:
    section = (ROOT / "docs" / "records.md").read_text("utf-8").partition("## The scheme file")[2]
    [toml] = re.findall(r"```toml\n(.*?)```", section, re.S)
    assert parse_scheme(toml).ref == "disaster@1"


def test_the_guidelines_are_those_of_the_scheme() -> None:
    guidelines = (ROOT / "docs" / "guidelines.md").read_text("utf-8")
    scheme = conflict_scheme()
    assert f"Version {scheme.guidelines}, for the scheme `{scheme.ref}`" in guidelines
    for kind in scheme.zones:
        assert f"| `{kind}` |" in guidelines
    for label in scheme.labels.values():
        for item in label.fields.values():
            for choice in getattr(item.type, "choices", ()):
                assert choice in guidelines


def test_the_page_on_formats_has_those_of_the_program() -> None:
    fix = "run python -m docs.reference.formats"
    assert PAGE.read_text("utf-8") == updated(PAGE.read_text("utf-8")), fix


def test_the_page_on_benchmarks_has_the_sets_of_the_catalogue() -> None:
    page = BENCHMARKS.read_text("utf-8")
    assert page == with_gold_sets(page), "run python -m docs.reference.gold_sets"


def test_links_of_the_documents_lead_somewhere() -> None:
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text("utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"
