"""What is expected after a change of a codebook or of a text: exact offsets, and values only where they are known."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldspan.corpus.probing.build_probes import build_probe
from goldspan.corpus.probing.codebook_names import renamed_scheme, renaming
from goldspan.corpus.probing.codebook_rules import frequent_surfaces
from goldspan.corpus.probing.expectations import Expectation, Probe, ProbedDocument, same_text
from goldspan.corpus.probing.probe_kinds import PROBES, impossible
from goldspan.corpus.probing.text_edits import EditedText, TextEdit
from goldspan.eval.probing.followed_spans import judge_answer, unknown_ids
from goldspan.schema import Document, Metadata, Scheme, Span, Zone, conflict_scheme, parse_scheme

CONFLICT = conflict_scheme()
TEXT = "Kyiv, 3 June 2024. The Iran-backed Hamas struck Iraq on 12 May 2024; at least 40 died near Raqqa."
PLAIN = parse_scheme({"name": "plain", "version": 1, "labels": {"THING": {"definition": "A thing."}}})


def span(surface: str, label: str, **parts: object) -> Span:
    start = TEXT.index(surface)
    return CONFLICT.span(start, start + len(surface), label, **parts)


ANSWER = (
    span("Hamas", "ACTOR", kind="armed_group", id="hamas"),
    span("Iraq", "LOCATION", kind="country", id="IRQ", country="IRQ"),
    span("12 May 2024", "DATE", edtf="2024-05-12"),
    span("at least 40", "COUNT", min=40, unit="killed"),
)
ARTICLE = Document(
    id="a", text=TEXT, meta=Metadata(published="2024-06-03"), zones=(Zone(0, 18, "stamp"),), spans=ANSWER
)
BARE = msgspec.structs.replace(ARTICLE, spans=())


def probed(name: str, *answer: Span, scheme: Scheme = CONFLICT, seed: int = 0) -> tuple[Probe, ProbedDocument]:
    document = msgspec.structs.replace(ARTICLE, spans=answer or ANSWER)
    probe = build_probe(name, scheme, [document], seed)
    return probe, probe.change(BARE, document.spans, document.spans)


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, list[TextEdit]]:
    text = draw(st.text(min_size=1, max_size=30))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8, unique=True)))
    pairs = [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False) if a < b]
    return text, [TextEdit(a, b, draw(st.text(max_size=5))) for a, b in pairs]


@given(edited())
def test_what_no_replacement_cuts_is_found_again_at_its_new_place(case: tuple[str, list[TextEdit]]) -> None:
    text, edits = case
    after = EditedText(text, edits)
    ends = [(0, 0), *((edit.start, edit.end) for edit in edits), (len(text), len(text))]
    for (_, start), (end, _) in pairwise(ends):
        assert after.text[after.at(start) : after.at(end)] == text[start:end]
    for edit in edits:
        moved = after.span(Span(edit.start, edit.end, "X"))
        assert after.text[moved.start : moved.end] == edit.replacement
    whole = after.span(Span(0, len(text), "X"))
    assert (whole.start, whole.end) == (0, len(after.text)) or any(edit.start == 0 for edit in edits)


@pytest.mark.parametrize("name", PROBES)
@pytest.mark.parametrize("seed", range(4))
def test_every_probe_says_what_becomes_of_each_span_in_a_layer_that_is_valid(name: str, seed: int) -> None:
    probe, after = probed(name, seed=seed)
    assert len(after.expected) == len(ANSWER)
    text = after.document.text or ""
    for before, (expected, ignoring, touched, *_) in zip(ANSWER, after.expected, strict=True):
        for one in (expected, ignoring):
            assert one is None or one.label in probe.scheme.labels
        if not touched:
            assert expected is not None
            assert expected == msgspec.structs.replace(before, start=expected.start, end=expected.end)
        if expected is not None:
            label = probe.scheme.labels[expected.label]
            assert label.value_problem(expected.value and msgspec.to_builtins(expected.value)) is None
            assert (
                PROBES[name].changes == "text"
                or name == "reverse"
                or text[expected.start : expected.end] == TEXT[before.start : before.end]
            )
    zone = after.document.zones[0]
    assert text[zone.start : zone.end] == TEXT[:18]
    assert (after.document.text == TEXT) is (PROBES[name].changes != "text")
    assert probed(name, seed=seed)[1] == after


def test_the_control_asks_the_same_in_other_bytes() -> None:
    probe, after = probed("again")
    assert (probe.scheme.labels, after.document) == (CONFLICT.labels, BARE)
    assert probe.scheme.description == f"{CONFLICT.description}\n"


def test_renamed_labels_keep_their_definitions_and_are_named_in_texts_as_in_the_codebook() -> None:
    probe, after = probed("rename")
    assert list(probe.scheme.labels) == ["LABEL_1", "LABEL_2", "LABEL_3", "LABEL_4"]
    assert probe.guidelines("An ACTOR, two ACTORs, REACTORs.") == "An LABEL_1, two LABEL_1s, REACTORs."
    assert "ACTOR" not in probe.scheme.description
    assert [expected.span and expected.span.label for expected in after.expected] == list(probe.scheme.labels)
    assert all(expected.ignoring is None for expected in after.expected)


def test_generic_names_are_other_names_than_those_of_the_scheme() -> None:
    labels = {name: {"definition": "It."} for name in ("LABEL_2", "OTHER_LABEL_1")}
    scheme = parse_scheme({"name": "x", "version": 1, "labels": labels})
    assert not scheme.labels.keys() & build_probe("rename", scheme, [], 0).scheme.labels.keys()


def test_names_are_exchanged_at_once_and_only_where_they_are_in_capitals() -> None:
    rename = renaming({"A": "B", "B": "A", "person": "thing"})
    assert rename("A B, a person") == "B A, a person"
    labels = {"person": {"definition": "A person."}, "thing": {"definition": "No person."}}
    scheme = parse_scheme({"name": "x", "version": 1, "labels": labels})
    swapped = renamed_scheme(scheme, {"person": "thing", "thing": "person"})
    assert {name: label.definition for name, label in swapped.labels.items()} == {
        "thing": "A person.",
        "person": "No person.",
    }


@pytest.mark.parametrize("seed", range(6))
def test_swapped_labels_all_have_another_name_in_the_old_order(seed: int) -> None:
    probe, after = probed("swap", seed=seed)
    assert list(probe.scheme.labels) == list(CONFLICT.labels)
    for before, expected in zip(ANSWER, after.expected, strict=True):
        assert expected.span is not None and expected.ignoring is not None
        assert probe.scheme.labels[expected.span.label].definition == CONFLICT.labels[before.label].definition
        assert expected.ignoring.label == before.label != expected.span.label


def test_labels_come_in_another_order() -> None:
    probe, _ = probed("shuffle")
    assert probe.scheme.labels == CONFLICT.labels and list(probe.scheme.labels) != list(CONFLICT.labels)


def test_the_name_of_most_documents_is_excluded_and_nothing_else() -> None:
    twice = Document(id="b", text="Iran, Iran and Iraq", spans=(Span(0, 4, "ACTOR"), Span(6, 10, "ACTOR")))
    once = [Document(id=name, text="Iraq", spans=(Span(0, 4, "ACTOR"),)) for name in "cd"]
    assert frequent_surfaces([twice, *once]) == {"ACTOR": "Iraq"}
    assert frequent_surfaces([Document(id="q", text='a "b"', spans=(Span(0, 5, "ACTOR"),))]) == {}
    probe, after = probed("exclude", ANSWER[0])
    assert 'Exception: "Hamas" is never marked as ACTOR.' in probe.scheme.labels["ACTOR"].definition
    assert probe.scheme.labels["DATE"] == CONFLICT.labels["DATE"]
    assert after.expected[0][:3] == (None, ANSWER[0], True) and after.gold == ()
    assert probe.guidelines("Rules.").startswith("Rules.\n\n# Changed rules")


def test_spans_take_in_the_article_before_them_and_no_other_word() -> None:
    answer = (span("Iran", "ACTOR"), span("Hamas", "ACTOR"))
    probe, after = probed("reverse", *answer)
    assert [one.span and TEXT[one.span.start : one.span.end] for one in after.expected] == ["The Iran", "Hamas"]
    assert [one.touched for one in after.expected] == [True, False]
    assert not any(label.not_first for label in probe.scheme.labels.values())


NUMBERS = {
    "at least": ("at least 40", {"min": 40}, {"min": 1}),
    "more than": ("more than 1,200", {"min": 1201}, {"min": 1}),
    "exactly": ("7", {"min": 7, "max": 7}, {"min": 1, "max": 1}),
    "in Arabic digits": ("٤٢", {"min": 42, "max": 42}, {"min": 1, "max": 1}),
    "a value that is not the number's": ("40", {"min": 90}, None),
    "without a value": ("40", {}, None),
}
UNCHANGED = {
    "two numbers": "40 to 50",
    "a word": "two dozen",
    "decimals": "2.5",
    "one": "1",
    "part of a word": "T72",
    "leading zeros": "007",
}


@pytest.mark.parametrize(("surface", "value", "followed"), NUMBERS.values(), ids=NUMBERS)
def test_another_number_shifts_the_bounds_that_agreed_with_it(
    surface: str, value: dict[str, int], followed: dict[str, int] | None
) -> None:
    answer = CONFLICT.span(0, len(surface), "COUNT", **value)
    document = Document(id="n", text=f"{surface} died", spans=(answer,))
    probe = build_probe("numbers", CONFLICT, [document], 0)
    after = probe.change(document, (answer,), ())
    [expected] = after.expected
    text = after.document.text or ""
    assert expected.touched and len(text) == len(document.text or "") and text != document.text
    assert expected.has_value is (followed is not None)
    if followed is not None:
        digits = [int("".join(str(int(c)) for c in part if c.isdecimal())) for part in (surface, text)]
        assert expected.span is not None and expected.span.value is not None
        for key in followed:
            assert getattr(expected.span.value, key) - value[key] == digits[1] - digits[0]


@pytest.mark.parametrize("surface", UNCHANGED.values(), ids=UNCHANGED)
def test_what_is_not_one_whole_number_stays(surface: str) -> None:
    answer = CONFLICT.span(0, len(surface), "COUNT", min=40)
    document = Document(id="n", text=f"{surface} died", spans=(answer,))
    after = build_probe("numbers", CONFLICT, [document], 0).change(document, (answer,), ())
    assert after.document.text == document.text and not after.expected[0].touched


DATES = {
    "a year": ("12 May 2021", "2021-05-12", "2024-06-03", "year"),
    "a day of an earlier month": ("12 May", "2024-05-12", "2024-06-03", "day"),
    "a day of the month of publication": ("2 June", "2024-06-02", "2024-06-03", None),
    "a day of a year not stated": ("7 October", "2023-10-07", "2025-06-03", None),
    "a weekday": ("Monday, 3 June 2024", "2024-06-03", "2024-06-04", None),
    "a number that is no day": ("3 days ago", "2024-05-31", "2024-06-03", None),
    "figures alone": ("03/06", "2024-06-03", "2024-06-04", None),
}


@pytest.mark.parametrize(("surface", "edtf", "published", "part"), DATES.values(), ids=DATES)
def test_dates_change_where_it_is_known_what_follows(surface: str, edtf: str, published: str, part: str | None) -> None:
    answer = CONFLICT.span(0, len(surface), "DATE", edtf=edtf)
    document = Document(id="d", text=f"{surface}.", meta=Metadata(published=published), spans=(answer,))
    after = build_probe("numbers", CONFLICT, [document], 0).change(document, (answer,), ())
    [expected] = after.expected
    assert expected.touched is (part is not None)
    if part is not None:
        assert expected.span is not None and expected.span.value is not None
        before, now = (text.split("-") for text in (edtf, expected.span.value.edtf))
        at = 0 if part == "year" else 2
        assert before[at] != now[at] and [*before[:at], *before[at + 1 :]] == [*now[:at], *now[at + 1 :]]
        assert f"{int(now[at])}" in (after.document.text or "")


def test_names_change_to_others_of_their_kind_and_the_values_with_them() -> None:
    _, after = probed("names")
    actor, place, *others = after.expected
    assert [one.identifier for one in after.expected] == [("id", "actors"), ("id", "places"), None, None]
    assert [one.touched for one in after.expected] == [True, True, False, False]
    assert actor.span is not None and actor.span.value is not None and place.span is not None and place.span.value
    assert (actor.span.value.kind, actor.span.value.id != "hamas") == ("armed_group", True)
    assert place.span.value.kind == "country" and place.span.value.id == place.span.value.country != "IRQ"
    text = after.document.text or ""
    assert "Hamas" not in text and "Iraq" not in text and len(text) != len(TEXT)
    assert [one.span and text[one.span.start : one.span.end] for one in others] == ["12 May 2024", "at least 40"]


ANSWERED_IDS = {
    "the other one": ("boko-haram", True, False),
    "the one of before": ("hamas", False, True),
    "a third one": ("hezbollah", False, False),
    "a slug from memory": ("no-such-slug-anywhere", None, None),
    "none": (None, None, None),
}


@pytest.mark.parametrize(("answered", "follows", "as_before"), ANSWERED_IDS.values(), ids=ANSWERED_IDS)
def test_only_an_id_that_is_known_tells_which_name_was_read(
    answered: str | None, follows: bool | None, as_before: bool | None
) -> None:
    before = CONFLICT.span(0, 5, "ACTOR", kind="armed_group", id="hamas")
    after = CONFLICT.span(0, 5, "ACTOR", kind="armed_group", id="boko-haram")
    given = CONFLICT.span(0, 5, "ACTOR", kind="armed_group", id=answered)
    asked = Expectation(after, before, touched=True, identifier=("id", "actors"))
    [judged] = judge_answer([asked], [given], CONFLICT)
    assert (judged.follows, judged.value_follows, judged.value_as_before) == (True, follows, as_before)
    assert unknown_ids([[asked]], [[given]]) == (follows is None)


def test_one_entity_gets_one_other_name_and_two_get_two() -> None:
    text = "Iran said. Iran and Iraq and Turkey. The Iranian side."
    found = [(0, 4, "IRN"), (11, 15, "IRN"), (20, 24, "IRQ"), (29, 35, "TUR"), (41, 48, "IRN")]
    answer = tuple(CONFLICT.span(a, b, "ACTOR", kind="state", id=name) for a, b, name in found)
    document = Document(id="d", text=text, spans=answer)
    for seed in range(8):
        after = build_probe("names", CONFLICT, [document], seed).change(document, answer, answer)
        ids = [one.span.value.id for one in after.expected if one.span is not None and one.span.value is not None]
        assert ids[0] == ids[1] == ids[4] and len({*ids, "IRN", "IRQ", "TUR"}) == 6
        assert [(span.start, span.end) for span in after.gold] == [
            (one.span.start, one.span.end) for one in after.expected if one.span is not None
        ]


def test_no_replacement_cuts_a_span_of_the_gold() -> None:
    answer = (span("Hamas", "ACTOR", kind="armed_group", id="hamas"),)
    crossing = Span(answer[0].start + 2, answer[0].end + 7, "ACTOR")
    after = build_probe("names", CONFLICT, [], 0).change(BARE, answer, (crossing,))
    assert after.document.text == TEXT and after.gold == (crossing,)


def test_what_contains_another_name_has_no_known_value() -> None:
    nested = replace(CONFLICT, overlap=True)
    outer = span("Iran-backed Hamas", "ACTOR", kind="armed_group", id="irn-backed-groups")
    inner = span("Hamas", "ACTOR", kind="armed_group", id="hamas")
    after = build_probe("names", nested, [], 0).change(BARE, (outer, inner), ())
    assert [(one.touched, one.has_value) for one in after.expected] == [(False, False), (True, True)]


@pytest.mark.parametrize("name", PROBES)
def test_a_scheme_may_leave_a_probe_nothing_to_change(name: str) -> None:
    assert bool(impossible(name, PLAIN)) is (name in ("swap", "shuffle", "reverse", "numbers", "names"))
    assert not impossible(name, CONFLICT)


def test_text_probes_leave_the_codebook_alone() -> None:
    for name in ("numbers", "names"):
        probe = build_probe(name, CONFLICT, [ARTICLE], Random(0).randrange(100))
        assert probe.scheme is CONFLICT and probe.guidelines is same_text
