from __future__ import annotations

import random
from pathlib import Path

import pytest
from datasketch import MinHash, MinHashLSH

from goldspan.corpus import check_records
from goldspan.corpus.inspection.near_duplicates import NearDuplicates, _BandIndex
from goldspan.corpus.inspection.record_checks import check_document
from goldspan.schema import Document, Layer, Problem, Scheme, Span, Zone, parse_scheme

from ..conftest import record, span, write_lines

TEXT = "The U.S. military’s base near Kafr-Nabl, Syria’s “Idlib”. Two (2) drones of the U.S."


def place(surface: str, label: str, nth: int = 0) -> Span:
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(surface, start + 1)
    return Span(start, start + len(surface), label)


SOUND = [
    place("U.S. military", "ACTOR"),
    place("Kafr-Nabl", "LOCATION"),
    place("Syria", "LOCATION"),
    place("Idlib", "LOCATION"),
    place("Two", "COUNT"),
    place("U.S.", "ACTOR", 1),
]


def faults(scheme: Scheme, *spans: Span, zones: tuple[Zone, ...] = (), **more: object) -> list[str]:
    document = Document(id="a", text=TEXT, spans=spans, zones=zones, **more)
    return [problem.what for problem in check_document(document, scheme)]


def test_a_sound_layer_has_no_problems(scheme: Scheme) -> None:
    assert faults(scheme, *SOUND, zones=(Zone(0, 3, "byline"),)) == []


BROKEN = {
    "outer blank": (place("Two ", "COUNT"), "has leading or trailing white space"),
    "article": (place("The U.S. military", "ACTOR"), "starts with 'The'"),
    "possessive": (place("Syria’s", "LOCATION"), "ends with a possessive 's"),
    "closing quote": (place("Idlib”", "LOCATION"), "ends with '”'"),
    "opening quote": (place("“Idlib", "LOCATION"), "starts with '“'"),
    "bracket": (place("Two (2)", "COUNT"), "ends with ')'"),
    "starts within a word": (place("dlib", "LOCATION"), "starts within a word"),
    "ends within a word": (place("Syri", "LOCATION"), "ends within a word"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_span_that_breaks_the_rules_of_boundaries_is_named(name: str, scheme: Scheme) -> None:
    bad, message = BROKEN[name]
    assert any(message in fault and repr(TEXT[bad.start : bad.end]) in fault for fault in faults(scheme, bad))


def test_a_full_stop_stays_only_in_abbreviations(scheme: Scheme) -> None:
    text = "Troops left Damascus."
    [fault] = check_document(Document(id="a", text=text, spans=(Span(12, 21, "LOCATION"),)), scheme)
    assert "ends with '.'" in fault.what


def test_overlaps_and_doubles_are_named_where_the_scheme_knows_none(scheme: Scheme) -> None:
    outer, inner, again = place("U.S. military", "ACTOR"), place("military", "ACTOR"), place("U.S. military", "ACTOR")
    assert ["overlaps [4, 17) ACTOR" in fault for fault in faults(scheme, inner, outer)] == [True]
    assert ["is a duplicate" in fault for fault in faults(scheme, outer, again)] == [True]
    # one long span over several short ones: each of them overlaps it
    long, short = Span(4, 60, "ACTOR"), [place("Syria", "LOCATION"), place("Idlib", "LOCATION")]
    assert sum("overlaps [4, 60)" in fault for fault in faults(scheme, long, *short)) == 2


def test_zones_are_trimmed_apart_and_without_spans(scheme: Scheme) -> None:
    assert "has leading or trailing white space" in faults(scheme, zones=(Zone(3, 8, "byline"),))[0]
    assert "overlaps zone [0, 8)" in faults(scheme, zones=(Zone(0, 8, "byline"), Zone(4, 17, "url")))[0]
    assert "overlaps a zone (byline)" in faults(scheme, SOUND[0], zones=(Zone(0, 8, "byline"),))[0]


def test_a_layer_of_another_scheme_is_named(scheme: Scheme) -> None:
    assert "whose fingerprint differs from" in faults(scheme, layer=Layer(scheme="x@1", scheme_sha256="00"))[0]
    assert faults(scheme, layer=Layer(scheme=scheme.ref, scheme_sha256=scheme.fingerprint)) == []


def test_every_line_is_checked_whatever_the_others_hold(tmp_path: Path, scheme: Scheme) -> None:
    path = write_lines(
        tmp_path / "gold.jsonl",
        record("a", TEXT, spans=[span(0, 17, "ACTOR")]),
        record("b", spans=[span(0, 99, "ACTOR"), span(2, 1, "ACTOR")]),
        record("a"),
        record("c"),
    )
    problems: list[Problem] = []
    assert check_records(path, scheme, problems.append) == 4
    assert [(problem.line, problem.document) for problem in problems] == [(1, "a"), (2, "b"), (2, "b"), (3, "a")]


def test_a_scheme_may_free_spans_from_words(tmp_path: Path) -> None:
    scheme = parse_scheme(
        'name = "x"\nversion = 1\n[spans]\nboundaries = "any"\noverlap = true\n[labels.A]\ndefinition = "d"\n'
    )
    document = Document(id="a", text="Kyiv-based.", spans=(Span(0, 3, "A"), Span(1, 11, "A")))
    assert check_document(document, scheme) == []


def test_near_duplicates_are_found_and_their_likeness_said() -> None:
    words = [f"word{n}" for n in range(300)]
    near = NearDuplicates(0.8)
    texts = {
        "one": words,
        "copy": words,
        "edited": [*words[:290], "other", "end"],
        "else": [f"x{n}" for n in range(300)],
    }
    for name, text in texts.items():
        near.add(Document(id=name, text=" ".join(text), spans=()))
    assert [(pair.earlier, pair.later) for pair in near.pairs] == [
        ("one", "copy"),
        ("one", "edited"),  # of copies to the word the first stands for all
    ]
    assert near.pairs[0].similarity == 1.0 > near.pairs[1].similarity > 0.8


def test_the_index_of_near_duplicates_finds_what_datasketch_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its index of dictionaries is a peer, which holds thirty times as much; most of ours is sorted, as in a corpus."""
    monkeypatch.setattr(_BandIndex, "_RECENT", 7)
    draw = random.Random(5)
    texts: dict[str, list[str]] = {}
    for number in range(200):
        words = list(draw.choice([*texts.values()])) if number % 2 else [f"w{draw.randrange(900)}" for _ in range(60)]
        for _ in range(draw.randrange(1, 4)):
            words[draw.randrange(len(words))] = f"w{draw.randrange(900)}"
        texts[f"{draw.random()}"] = words
    near, peer = NearDuplicates(0.5), MinHashLSH(threshold=0.5, num_perm=128)
    hashes: dict[str, MinHash] = {}
    expected = []
    for name, words in texts.items():
        near.add(Document(id=name, text=" ".join(words), spans=()))
        hashed = MinHash(num_perm=128)
        hashed.update_batch({" ".join(words[i : i + 5]).encode() for i in range(len(words) - 4)})
        similar = {other: hashed.jaccard(hashes[other]) for other in sorted(peer.query(hashed))}
        expected += [(other, name, likeness) for other, likeness in similar.items() if likeness >= 0.5]
        peer.insert(name, hashed)
        hashes[name] = hashed
    assert [(pair.earlier, pair.later, pair.similarity) for pair in near.pairs] == expected
    assert len(expected) > 20


def test_near_duplicates_are_found_where_no_spaces_part_words() -> None:
    near = NearDuplicates(0.8)
    text = "三月三日洪水在白石镇冲毁了许多房屋当地居民连夜转移到高处的学校里等待救援人员到达"
    for name, own in (("a", text), ("b", text[:-1] + "来"), ("c", text[20:] + text[:20])):
        near.add(Document(id=name, text=own, spans=()))
    assert ("a", "b") in [(pair.earlier, pair.later) for pair in near.pairs]
