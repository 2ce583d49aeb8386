from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldspan.schema import DataError, DependencyError, Scheme, conflict_scheme, load_scheme, parse_scheme, save_scheme
from goldspan.schema.files.scheme_writer import scheme_toml

from .test_scheme_file import DISASTER

prose = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).map(str.strip).filter(bool)
names = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,8}", fullmatch=True)
fields = st.one_of(
    st.fixed_dictionaries({"type": st.just("choice"), "choices": st.lists(prose, min_size=1, unique=True)}),
    st.fixed_dictionaries({"type": st.sampled_from(["text", "edtf", "identifier"]), "definition": prose}),
    st.fixed_dictionaries({"type": st.just("identifier"), "authority": st.sampled_from(["actors", "iso-3166-1"])}),
)
parts = st.dictionaries(prose, st.one_of(prose, st.integers(), st.booleans(), st.floats(-90, 90)), min_size=1)
tokens = st.lists(st.dictionaries(st.sampled_from(["LOWER", "OP"]), prose, min_size=1), min_size=1)
patterns = st.one_of(
    prose,
    st.fixed_dictionaries({"regex": prose}, optional={"value": parts}),
    st.fixed_dictionaries({"tokens": tokens}, optional={"value": parts}),
)
labels = st.fixed_dictionaries(
    {"definition": prose},
    optional={
        "colour": st.from_regex(r"#[0-9a-f]{6}", fullmatch=True),
        "not_first": st.lists(prose, unique=True),
        "examples": st.lists(prose, unique=True),
        "patterns": st.lists(patterns, max_size=3),
        "fields": st.dictionaries(st.from_regex(r"[a-z][a-z_]{0,5}", fullmatch=True).filter(lambda name: name not in ("value", "interval")), fields, max_size=3),
    },
)  # fmt: skip
schemes = st.fixed_dictionaries(
    {"name": names, "version": st.integers(1, 99), "labels": st.dictionaries(names, labels, min_size=1, max_size=3)},
    optional={
        "title": prose,
        "description": prose,
        "guidelines": prose,
        "spans": st.fixed_dictionaries({"overlap": st.booleans(), "boundaries": st.sampled_from(["word", "any"])}),
        "zones": st.dictionaries(
            prose,
            st.one_of(prose, st.fixed_dictionaries({"definition": prose, "patterns": st.lists(prose, max_size=2)})),
        ),
    },
)


@settings(max_examples=50)
@given(schemes)
def test_any_scheme_is_the_same_after_writing_and_reading(data: dict[str, object]) -> None:
    scheme = parse_scheme(data)
    assert parse_scheme(scheme_toml(scheme)) == scheme


@pytest.mark.parametrize("scheme", [conflict_scheme(), parse_scheme(DISASTER)], ids=lambda scheme: scheme.ref)
def test_a_saved_scheme_is_loaded_as_the_same(scheme: Scheme, tmp_path: Path) -> None:
    save_scheme(scheme, tmp_path / "scheme.toml")
    assert load_scheme(tmp_path / "scheme.toml") == scheme


def test_a_scheme_that_cannot_be_saved_says_why(scheme: Scheme, tmp_path: Path) -> None:
    with pytest.raises(DependencyError, match="create the folder first"):
        save_scheme(scheme, tmp_path / "nowhere" / "scheme.toml")


def test_problems_of_a_mapping_name_the_key_and_no_line() -> None:
    with pytest.raises(DataError) as raised:
        parse_scheme({"name": "d", "version": 1, "labels": {"A": {"definiton": "x"}}})
    assert "labels.A.definiton: unknown key" in str(raised.value)
    assert {problem.line for problem in raised.value.problems} == {0}
