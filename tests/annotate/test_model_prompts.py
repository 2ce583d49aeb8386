"""What a chat model is told holds against the answer that it can give, and what it leaves open is looked up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from goldspan.annotate.adapters.llm_prompt import system_prompt
from goldspan.annotate.adapters.llm_schema import AnswerFormat
from goldspan.annotate.adapters.normalisation import ForeignSpan, PredictionNormalizer
from goldspan.annotate.model_guidelines import guidelines_section
from goldspan.schema import Document, Metadata, Scheme, conflict_scheme, load_scheme, parse_scheme
from tests.schema.test_scheme_file import DISASTER

ROOT = Path(__file__).parents[2]
FLOODS = ROOT / "goldspan" / "workflows" / "new_project" / "disaster"
PLAIN = {"name": "own", "version": 1, "labels": {"WHO": {"definition": "Who acts."}}}

CASES: Mapping[str, tuple[Scheme, Path | None]] = {
    "conflict news": (conflict_scheme(), None),
    "a copy of its guidelines": (conflict_scheme(), ROOT / "docs" / "guidelines.md"),
    "another field": (load_scheme(str(FLOODS / "scheme.toml")), FLOODS / "guidelines.md"),
    "without guidelines": (parse_scheme(DISASTER), None),
    "without values": (parse_scheme(PLAIN), None),
}

SAID_BY_EXAMPLES = {"rus", "taliban", "ukrainians", "cm", "evakuiert", "obdachlos", "sturm", "hochwasser"}
"""Words in code style that are values, not fields."""


def prompt(scheme: Scheme, guidelines: Path | None, values: bool) -> tuple[str, dict[str, Any]]:
    answers = AnswerFormat(scheme, {name: name for name in scheme.labels}, values=values)
    return system_prompt(scheme, answers, values=values, guidelines=guidelines), answers.schema


def answerable(part: Any) -> Iterator[str]:
    """Yield the keys and the choices of an answer."""
    if isinstance(part, dict):
        yield from part.get("properties", {})
        yield from (choice for choice in part.get("enum", []) if choice is not None)
        for below in part.values():
            yield from answerable(below)
    elif isinstance(part, list):
        for below in part:
            yield from answerable(below)


@pytest.mark.parametrize(("scheme", "guidelines"), CASES.values(), ids=CASES)
def test_a_model_is_told_of_no_field_that_its_answer_lacks(scheme: Scheme, guidelines: Path | None) -> None:
    told, schema = prompt(scheme, guidelines, values=True)
    named = set(re.findall(r"`([a-z_]+)`", told))
    explained = re.findall(r"together they are (\w+)", told)
    assert named <= {*answerable(schema), *explained, *scheme.zones, *SAID_BY_EXAMPLES}


@pytest.mark.parametrize("values", [True, False])
@pytest.mark.parametrize(("scheme", "guidelines"), CASES.values(), ids=CASES)
def test_a_model_is_told_of_no_command_and_no_step_of_a_person(
    scheme: Scheme, guidelines: Path | None, values: bool
) -> None:
    told, _ = prompt(scheme, guidelines, values)
    assert not re.search(r"\bgoldspan\b|\bunsure\b|\blook (it|them) up|the note\b|kebab", told)
    headings = re.findall(r"^# .*", told, re.MULTILINE)
    assert headings == [f"# {scheme.title}", *(["# Guidelines"] if "# Guidelines" in told else [])]
    has_ids = any(authority != "iso-3166-1" for *_, authority in scheme.identifiers())
    assert ("never made up" in told) == (values and has_ids)


def test_guidelines_for_people_are_said_to_be_for_people() -> None:
    own = "\ufeff# Rules of ours\n\nAsk Ann, then press F2.\n"
    for values in (True, False):
        section = guidelines_section(own, values=values)
        assert section.count("\n# ") == 0 and section.endswith("\n\nAsk Ann, then press F2.\n")
        assert "no other keys than those named above" in section
        assert ("not asked for values" in section) is not values


@pytest.mark.parametrize(("scheme", "guidelines"), CASES.values(), ids=CASES)
def test_what_is_true_or_false_is_never_blank(scheme: Scheme, guidelines: Path | None) -> None:
    told, _ = prompt(scheme, guidelines, values=True)
    flags = {
        key.name
        for label in scheme.labels.values()
        for field in label.fields.values()
        for key in field.keys
        if key.base is bool
    }
    assert set(re.findall(r"In its value, (\w+): true or false", told)) == flags


OPEN_IDS = {
    "the only one": ("LOCATION", "Kabul", {"kind": "settlement"}, "geonames:1138958"),
    "by its country": ("LOCATION", "Tripoli", {"country": "LBY"}, "geonames:2210247"),
    "by its point": ("LOCATION", "Tripoli", {"kind": "settlement", "lat": 34.4, "lon": 35.8}, "geonames:266826"),
    "far from all": ("LOCATION", "Tripoli", {"kind": "settlement", "lat": 0.0, "lon": 0.0}, None),
    "in no such country": ("LOCATION", "Kabul", {"country": "FRA"}, None),
    "an actor": ("ACTOR", "Hamas", {"kind": "armed_group"}, "hamas"),
    "no such kind": ("ACTOR", "Hamas", {"kind": "media"}, None),
    "unknown to all": ("LOCATION", "Zzyzx", {"kind": "settlement"}, None),
    "new, by the rules": ("ACTOR", "Zzyzx Front", {"kind": "armed_group"}, "zzyzx-front"),
    "one from memory": ("ACTOR", "Hamas", {"kind": "armed_group", "id": "hamas-movement"}, "hamas-movement"),
}
POINT: dict[str, Any] = {"lat": 34.52813, "lon": 69.17233, "country": "AFG"}


@pytest.mark.parametrize(("label", "name", "stated", "expected"), OPEN_IDS.values(), ids=OPEN_IDS)
def test_an_id_that_a_model_leaves_open_is_looked_up_if_only_one_fits(
    label: str, name: str, stated: dict[str, Any], expected: str | None
) -> None:
    scheme = conflict_scheme()
    document = Document(id="a", text=f"{name}.", meta=Metadata(language="en"), spans=())
    spans = [ForeignSpan(0, len(name), label, value=scheme.value(label, **stated))]
    found = {}
    for complete in (True, False):
        [span] = PredictionNormalizer(scheme, complete=complete).layer(document, spans)
        assert span.value is not None
        assert {key: getattr(span.value, key) for key in stated} == stated  # what the model says stays
        found[complete] = getattr(span.value, "id")  # noqa: B009 - values have the fields of a scheme
    assert found == {True: expected, False: stated.get("id")}


def test_a_document_in_another_language_is_said_to_lack_values_only_if_it_does() -> None:
    scheme = conflict_scheme()
    document = Document(id="a", text="Kabul am Freitag.", meta=Metadata(language="de"), spans=())
    normalizer = PredictionNormalizer(scheme, complete=True)
    place = ForeignSpan(0, 5, "LOCATION", value=scheme.value("LOCATION", kind="settlement"))
    [span] = normalizer.layer(document, [place])
    assert span.value == scheme.value("LOCATION", kind="settlement", id="geonames:1138958", **POINT)
    assert not normalizer.tally
    normalizer.layer(document, [place, ForeignSpan(9, 16, "DATE")])
    assert normalizer.tally == {"documents in de, whose dates and counts got no values by rules": 1}
