"""Value types of other packages, found by entry point: the example of the documents, broken ones and clashes."""

from __future__ import annotations

import importlib
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from goldspan.annotate.adapters.llm_schema import AnswerFormat
from goldspan.annotate.label_studio.mapping.labeling_config import labeling_config
from goldspan.eval import score
from goldspan.schema import DataError, DependencyError, Document, Scheme, parse_scheme
from goldspan.schema.files.installed_types import GROUP, value_type_of
from goldspan.schema.files.scheme_writer import scheme_toml

EXAMPLE = Path(__file__).parents[2] / "docs" / "example-value-type"

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Puts a module with a value type where Python finds it, with the entry point of its package."""

    def put(package: str, module: str, source: str, **entries: str) -> None:
        (tmp_path / f"{module}.py").write_text(source, "utf-8")
        info = tmp_path / f"{package}-1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1\n")
        points = "".join(f"{name} = {value}\n" for name, value in entries.items())
        (info / "entry_points.txt").write_text(f"[{GROUP}]\n{points}")
        importlib.invalidate_caches()

    monkeypatch.syspath_prepend(tmp_path)
    value_type_of.cache_clear()
    yield put
    value_type_of.cache_clear()


def scheme_of(kind: str, **options: object) -> Scheme:
    fields = {"it": {"type": kind, **options}}
    return parse_scheme({"name": "own", "version": 1, "labels": {"A": {"definition": "A.", "fields": fields}}})


def test_the_example_of_the_documents_is_a_type_like_any_other(install: Install) -> None:
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text("utf-8"))
    entries = project["project"]["entry-points"][GROUP]
    install("dockets", "dockets", (EXAMPLE / "dockets.py").read_text("utf-8"), **entries)
    scheme = scheme_of("docket", registers=["ZR", "StR"])
    assert parse_scheme(scheme_toml(scheme)) == scheme and scheme.fingerprint != scheme_of("docket").fingerprint
    gold, system = scheme.span(0, 4, "A", it="I ZR 12/20"), scheme.span(0, 4, "A", it="I  ZR12/20")
    assert gold == system
    with pytest.raises(DataError, match=r"KVR is not one of the registers ZR, StR. Fix: write senate"):
        scheme.value("A", it="I KVR 1/20")
    documents = [Document(id="a", text="word", spans=(span,)).with_hash() for span in (gold, system)]
    scores = score(documents[:1], documents[1:], scheme=scheme, resamples=0).systems[0]
    assert scores.values["A"].fields["it_accuracy"] == 1
    assert 'placeholder="as I ZR 12/20"' in labeling_config(scheme)
    assert "a docket number, such as I ZR 12/20" in AnswerFormat(scheme, {"A": "A"}, values=True).prompt
    with pytest.raises(DataError, match="`registers`: expected `array`, got `str`"):
        scheme_of("docket", registers="ZR")
    with pytest.raises(DataError, match=r"labels.A.fields.it.register: unknown key. Fix: did you mean 'registers'\?"):
        scheme_of("docket", register=["ZR"])
    with pytest.raises(DataError, match=r"unknown value type 'dockt'. Fix: did you mean 'docket'"):
        scheme_of("dockt")


HEAD = """
from dataclasses import dataclass
from goldspan.schema import Key, ValueType
class Base(ValueType):
    name = "mine"
    examples = ("1",)
    def keys(self, field):
        return (Key(field, int, int | None),)
"""
BROKEN = {
    "cannot be imported": ("import nowhere_at_all", "cannot be loaded: ModuleNotFoundError: No module named 'nowhere_at_all'"),
    "is not there": ("", "cannot be loaded: AttributeError"),
    "no class": ("Mine = 3", "is not a class that extends goldspan.schema.ValueType. Fix: tell its authors"),
    "another class": ("class Mine: pass", "is not a class that extends goldspan.schema.ValueType"),
    "lacks a method": (HEAD + "@dataclass(frozen=True)\nclass Mine(ValueType):\n    name = 'mine'", "lacks examples, keys"),
    "another name": (HEAD + "@dataclass(frozen=True)\nclass Mine(Base):\n    name = 'yours'", "has another name, 'yours'"),
    "no dataclass": (HEAD + "class Mine(Base): pass", "is not a frozen dataclass"),
    "can be changed": (HEAD + "@dataclass\nclass Mine(Base): pass", "is not a frozen dataclass"),
    "keys of others": (
        HEAD + "@dataclass(frozen=True)\nclass Mine(Base):\n    def keys(self, field): return (Key('id', str, str | None),)",
        "has the keys id, which must be it and it_…",
    ),
    "keys without names": (HEAD + "@dataclass(frozen=True)\nclass Mine(Base):\n    def keys(self, field): return ()", "has the keys (none)"),
    "an example too many": (HEAD + "@dataclass(frozen=True)\nclass Mine(Base):\n    examples = ('1', '2')", "does not have an example for each key"),
    "a key of another kind": (
        HEAD + "@dataclass(frozen=True)\nclass Mine(Base):\n    def keys(self, field): return (Key(field, dict, dict | None),)",
        "has the key it, which is not a str, int, float, bool or tuple",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_type_is_told_with_its_package(install: Install, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    source, message = BROKEN[name]
    module = f"mine_{list(BROKEN).index(name)}"
    install("mines", module, source, mine=f"{module}:Mine")
    with pytest.raises(DependencyError) as raised:
        scheme_of("mine")
    assert "the value type 'mine'" in str(raised.value) and message in str(raised.value)
    assert scheme_of("boolean")  # which nothing of it concerns


def test_two_types_of_one_name_are_told_with_who_provides_them(install: Install) -> None:
    install("a-money", "a_money", "", money="a_money:Money")
    with pytest.raises(
        DependencyError, match=r"the value type 'money' is provided by goldspan and a-money. Fix: uninstall"
    ):
        scheme_of("money")
    install("one", "one_type", "", both="one_type:A")
    install("two", "two_type", "", both="two_type:A")
    value_type_of.cache_clear()
    with pytest.raises(DependencyError, match=r"is provided by (one and two|two and one)"):
        scheme_of("both")
