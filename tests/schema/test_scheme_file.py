from __future__ import annotations

from pathlib import Path

import pytest

from goldspan.schema import DataError, Scheme, load_scheme, parse_scheme, scheme_changes, span_incompatibility

from ..conftest import Run

DISASTER = """\
name = "disaster"
version = 2
title = "Disaster news"

[spans]
overlap = true
boundaries = "any"

[labels.HAZARD]
definition = "What struck."
colour = "#aa0000"
hotkey = "h"
correct = [["type"]]

[labels.HAZARD.fields]
type = { type = "choice", choices = ["flood", "storm", "quake"] }
strength = { type = "text", definition = "As the text gives it." }

[labels.LOSS]
definition = "What was lost."

[labels.LOSS.fields.amount]
type = "interval"

[zones]
url = "a web address"
"""


def test_the_shipped_scheme_has_the_four_labels_and_nine_zone_kinds(scheme: Scheme) -> None:
    assert scheme.ref == "conflict-news@1"
    assert list(scheme.labels) == ["ACTOR", "LOCATION", "DATE", "COUNT"]
    keys = {
        name: [key.name for item in label.fields.values() for key in item.keys] for name, label in scheme.labels.items()
    }
    assert keys == {
        "ACTOR": ["kind", "id"],
        "LOCATION": ["kind", "id", "lat", "lon", "country"],
        "DATE": ["edtf"],
        "COUNT": ["min", "max", "approx", "unit"],
    }
    kinds = ["stamp", "url", "byline", "section", "time", "credit", "notice", "related", "disclaimer"]
    assert list(scheme.zones) == kinds
    assert (
        len({label.hotkey for label in scheme.labels.values()}) == len({x.colour for x in scheme.labels.values()}) == 4
    )


def test_a_scheme_of_ones_own_is_read() -> None:
    scheme = parse_scheme(DISASTER)
    assert scheme.ref == "disaster@2"
    assert scheme.overlap and not scheme.word_boundaries
    value = scheme.value("HAZARD", type="flood", strength="6 m")
    assert (value.type, value.strength) == ("flood", "6 m")
    assert scheme.label("HAZARD").same(value, scheme.value("HAZARD", type="flood"))


def test_colours_and_prose_do_not_change_the_fingerprint_but_fields_do() -> None:
    base = parse_scheme(DISASTER).fingerprint
    assert (
        parse_scheme(DISASTER.replace("#aa0000", "#0000aa").replace("What struck.", "The hazard.")).fingerprint == base
    )
    reordered = DISASTER.replace('"flood", "storm", "quake"', '"storm", "quake", "flood"')
    assert parse_scheme(reordered).fingerprint == base
    assert parse_scheme(DISASTER.replace('"quake"', '"fire"')).fingerprint != base
    assert parse_scheme(DISASTER.replace('url = "a', 'link = "a')).fingerprint != base


FAULTS = {
    "not TOML": (DISASTER.replace("version = 2", "version = "), 2, "not TOML"),
    "no name": (DISASTER.replace('name = "disaster"', ""), 1, "name: missing"),
    "version is text": (DISASTER.replace("version = 2", 'version = "2"'), 2, "expected int, got str"),
    "unknown key": (DISASTER.replace("title =", "titel ="), 3, "did you mean 'title'"),
    "unknown key of a label": (DISASTER.replace("hotkey", "hot_key"), 12, "labels.HAZARD.hot_key: unknown key"),
    "bad colour": (DISASTER.replace("#aa0000", "red"), 11, "'red' is not a valid colour"),
    "unknown type": (DISASTER.replace('type = "interval"', 'type = "intervall"'), 23, "did you mean 'interval'"),
    "no definition": (DISASTER.replace('definition = "What was lost."', ""), 19, "labels.LOSS.definition: missing"),
    "choice without choices": (DISASTER.replace(', choices = ["flood", "storm", "quake"]', ""), 16, "choices"),
    "correct names no field": (DISASTER.replace('[["type"]]', '[["typ"]]'), 13, "did you mean 'type'"),
    "a key filled twice": (
        DISASTER.replace('strength = { type = "text"', 'point = { type = "coordinates" }\nlon = { type = "text"'),
        18,
        "uses the key 'lon'",
    ),
    "doubled hotkey": (DISASTER.replace('"What was lost."', '"What was lost."\nhotkey = "h"'), 21, "hotkey of HAZARD"),
    "boundaries": (DISASTER.replace('"any"', '"words"'), 7, "unknown value 'words'"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_a_scheme_file_is_named_with_its_line(name: str, tmp_path: Path) -> None:
    text, line, message = FAULTS[name]
    path = tmp_path / "scheme.toml"
    path.write_text(text)
    with pytest.raises(DataError) as refusal:
        load_scheme(path)
    assert any(problem.line == line and message in str(problem) for problem in refusal.value.problems), str(
        refusal.value
    )
    assert f"{path}:{line}: " in str(refusal.value)


def test_every_fault_of_a_file_is_told_at_once() -> None:
    with pytest.raises(DataError) as refusal:
        parse_scheme(
            DISASTER.replace("#aa0000", "red").replace('"any"', '"words"').replace("version = 2", "version = 0")
        )
    assert len(refusal.value.problems) == 3


def test_a_missing_or_foreign_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere\.toml"):
        load_scheme(tmp_path / "nowhere.toml")
    latin = tmp_path / "latin.toml"
    latin.write_bytes("name = 'é'".encode("latin-1"))
    with pytest.raises(DataError, match="not UTF-8"):
        load_scheme(latin)


def test_a_changed_scheme_says_what_changed_and_which_spans_feel_it() -> None:
    old = parse_scheme(DISASTER)
    new = parse_scheme(DISASTER.replace(', "quake"', ', "fire"').replace("[labels.LOSS", "[labels.DAMAGE"))
    changes = scheme_changes(old, new)
    assert "label LOSS was removed" in changes and "label DAMAGE was added" in changes
    assert "HAZARD.type changed from a choice of flood, storm, quake to a choice of flood, storm, fire" in changes
    assert span_incompatibility(old.span(0, 1, "HAZARD", type="flood"), old, new) is None
    assert "quake" in str(span_incompatibility(old.span(0, 1, "HAZARD", type="quake"), old, new))
    assert span_incompatibility(old.span(0, 1, "LOSS", min=3), old, new) == "label LOSS was removed"
    assert scheme_changes(old, parse_scheme(DISASTER.replace("#aa0000", "#00aa00"))) == []


def test_changed_patterns_are_told_of_and_change_no_span(goldspan: Run, tmp_path: Path) -> None:
    text = DISASTER.replace("[labels.HAZARD]\n", "[labels.HAZARD]\npatterns = ['Flut']\n")
    assert text != DISASTER
    (tmp_path / "a.toml").write_text(text)
    (tmp_path / "b.toml").write_text(text.replace("Flut", "Sturm"))
    done = goldspan("schema", "diff", "a.toml", "b.toml", cwd=tmp_path)
    assert done.stdout.splitlines() == ["no change that affects spans or zones", "HAZARD: the patterns changed"]


LAYOUTS = {
    "rows of correct over lines": 'correct = [\n  ["id"],\n  ["kind"],\n]\ncolour = "red"\n[labels.A.fields]\nid = { type = "text" }\nkind = { type = "text" }\n',
    "a bracket in a comment": 'hotkey = "a" # see [1\ncolour = "red"\n',
    "a bracket in a string": "hotkey = '['\ncolour = \"red\"\n",
    "quotes in a comment": 'hotkey = "a" # """\ncolour = "red"\n',
    "a string of several lines": 'examples = ["""one\ncolour = "blue"\n"""]\ncolour = "red"\n',
    "dotted keys": 'fields.id.type = "text"\ncolour = "red"\n',
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_lines_are_right_in_every_layout(name: str) -> None:
    text = 'name = "x"\nversion = 1\n[labels.A]\ndefinition = "d"\n' + LAYOUTS[name]
    with pytest.raises(DataError) as refusal:
        parse_scheme(text)
    expected = text[: text.rindex("colour")].count("\n") + 1
    assert [problem.line for problem in refusal.value.problems] == [expected]


ODD = {
    "nested correct": 'correct = [[["id"]]]\n[labels.A.fields]\nid = { type = "text" }\n',
    "a field whose name reports use": '[labels.A.fields]\nvalue = { type = "text" }\n',
    "a field with two underscores": '[labels.A.fields]\n__init__ = { type = "text" }\n',
}


@pytest.mark.parametrize("name", ODD)
def test_what_cannot_work_is_refused_by_the_check(name: str) -> None:
    with pytest.raises(DataError):
        parse_scheme('name = "x"\nversion = 1\n[labels.A]\ndefinition = "d"\n' + ODD[name])


def test_labels_and_fields_may_be_called_like_our_own_things(tmp_path: Path) -> None:
    from goldspan.schema import record_json_schema

    fields = "".join(f'{name} = {{ type = "text" }}\n' for name in ("label", "start", "self", "end"))
    path = tmp_path / "scheme.toml"
    path.write_text(f'\ufeffname = "x"\nversion = 1\n[labels.Span]\ndefinition = "d"\n[labels.Span.fields]\n{fields}')
    scheme = load_scheme(str(path))
    span = scheme.span(0, 1, "Span", label="a", start="b", self="c", end="d")
    assert span.value is not None and span.value.label == "a"
    assert "SpanValue" in record_json_schema(scheme)["$defs"]


def test_schemes_are_copied_pickled_and_hashed(scheme: Scheme) -> None:
    import copy
    import pickle

    value = scheme.value("COUNT", min=3, unit="attack")
    for other in (copy.deepcopy(scheme), pickle.loads(pickle.dumps(scheme))):
        assert other == scheme and hash(other) == hash(scheme)
        assert other.value("COUNT", min=3, unit="attack") == value
    assert {scheme: 1}[scheme] == 1
    old, new = parse_scheme(DISASTER), parse_scheme(DISASTER.replace('"flood", "storm"', '"storm", "flood"'))
    assert old.value("HAZARD", type="flood") == new.value("HAZARD", type="flood")
