"""The extras: the table in the code agrees with the package, and what is missing is said with its fix."""

from __future__ import annotations

import re
import sys
from importlib.metadata import distribution, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from goldspan.schema import DependencyError
from goldspan.schema.extras import (
    EXTRAS,
    OptionalPackages,
    extra_of_module,
    missing_extras,
    require_extras,
    require_file_extras,
)


def packages_of(extra: str) -> list[Requirement]:
    parsed = [Requirement(line) for line in requires("goldspan") or ()]
    return [item for item in parsed if item.marker and not item.marker.evaluate({"extra": ""}) and item.marker.evaluate({"extra": extra})]  # fmt: skip


def hide(monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    for module in modules:
        monkeypatch.setitem(sys.modules, module, None)


@pytest.mark.parametrize("extra", EXTRAS)
def test_an_extra_has_the_packages_that_the_code_looks_for(extra: str) -> None:
    assert {item.name for item in packages_of(extra)} == EXTRAS[extra].modules.keys()


def test_all_is_every_extra_but_the_one_that_brings_torch() -> None:
    provided = distribution("goldspan").metadata.get_all("Provides-Extra") or []
    assert set(provided) == EXTRAS.keys() | {"all"}
    assert {name for item in packages_of("all") for name in item.extras} == EXTRAS.keys() - {
        "dask",
        "postgres",
        "transformers",
    }


def test_the_readme_lists_every_extra() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    [table] = re.findall(r"^\| extra \|.*\n((?:\|.*\n)+)", readme, re.M)
    named = [name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert sorted(named) == sorted(EXTRAS)


def test_what_is_missing_is_told_with_the_command_for_just_that(monkeypatch: pytest.MonkeyPatch) -> None:
    assert missing_extras("it", "rules", "tokens") == ""
    hide(monkeypatch, "sklearn")
    told = "it needs scikit-learn, which is not installed. Fix: pip install 'goldspan[tokens]'"
    assert missing_extras("it", "rules", "tokens") == told
    hide(monkeypatch, "seqeval", "spacy")
    with pytest.raises(DependencyError, match=r"^it needs scikit-learn, seqeval and spacy, which are not installed\. Fix: pip install 'goldspan\[rules,tokens\]'$"):  # fmt: skip
        require_extras("it", "rules", "tokens")


def test_many_are_installed_as_all(monkeypatch: pytest.MonkeyPatch) -> None:
    hide(monkeypatch, "spacy", "sklearn", "matplotlib", "datasketch")
    assert missing_extras("it", "rules", "tokens", "report", "duplicates").endswith("Fix: pip install 'goldspan[all]'")


@pytest.mark.parametrize("name", ["a.parquet", "A.PQ", "a.jsonl.zst", "a.csv.zst"])
def test_a_file_is_refused_by_its_name_and_a_plain_one_never(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hide(monkeypatch, "pyarrow")
    for plain in ("a.jsonl", "a.jsonl.gz", "-", "parquet", "zst.csv"):
        require_file_extras(plain)
    with pytest.raises(DependencyError, match=r"Fix: pip install 'goldspan\[parquet\]'"):
        require_file_extras(name)


def test_a_module_is_of_the_smallest_extra_that_has_it() -> None:
    assert [extra_of_module(name) for name in ("pyarrow", "sklearn", "nothing")] == ["parquet", "tokens", ""]


def test_a_folder_that_has_the_name_of_a_package_is_not_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pipelines_of_mine").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(EXTRAS, "rules", OptionalPackages("the rules", {"spacy": "pipelines_of_mine"}))
    assert "needs spacy, which is not installed" in missing_extras("the extractor rules", "rules")
