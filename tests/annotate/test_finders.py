"""Suggestions without code: patterns, dictionaries, and what people marked in other documents."""

from __future__ import annotations

import random
import sys
import unicodedata
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from goldspan.annotate import load_extractor, suggest
from goldspan.annotate.finders.candidates import Candidate, choose_spans
from goldspan.annotate.finders.same_surface import SameSurface
from goldspan.corpus import write_records
from goldspan.schema import DataError, Document, Layer, Metadata, Scheme, UsageError, Zone, load_scheme, parse_scheme
from goldspan.schema.overlap import overlaps
from goldspan.schema.writing.folded_text import fold_surface, fold_text
from goldspan.schema.writing.surface_index import SurfaceIndex
from goldspan.schema.writing.word_scripts import within_word

FIELDS: dict[str, Any] = {
    "HAZARD": {"type": {"type": "choice", "choices": ["flood", "storm"], "cues": {"flood": ["Hochwasser"]}}},
    "STRUCK": {"number": {"type": "interval"}},
    "DATE": {"day": {"type": "edtf"}},
    "PLACE": {"id": {"type": "identifier"}, "point": {"type": "coordinates"}},
    "NOTE": {},
}


def scheme_with(patterns: dict[str, list[Any]] | None = None, **spans: Any) -> Scheme:
    labels = {
        name: {"definition": "-", "fields": fields, "patterns": (patterns or {}).get(name, [])}
        for name, fields in FIELDS.items()
    }
    return parse_scheme({"name": "disaster", "version": 1, "labels": labels, "spans": spans, "zones": {"url": "-"}})


def document(text: str, id: str = "a", language: str | None = "de", **more: Any) -> Document:
    return Document(id=id, text=text, spans=more.pop("spans", ()), meta=Metadata(language=language), **more)


def write(path: Path, documents: list[Document]) -> None:
    write_records(path, documents, scheme_with())


def parts(value: Any) -> dict[str, Any] | None:
    known = {key: getattr(value, key) for key in value.__struct_fields__} if value is not None else None
    return known and {key: part for key, part in known.items() if part not in (None, False)}


def found(layer: Any, text: str) -> list[tuple[str, str, dict[str, Any] | None]]:
    return [(text[span.start : span.end], span.label, parts(span.value)) for span in layer]


PATTERNS = {
    "a word, and constants": ("HAZARD", {"regex": r"\bFlut\b", "value": {"type": "flood"}}, "Die Flut kam.", ("Flut", {"type": "flood"})),
    "a choice by its group": ("HAZARD", r"(?i)(?P<type>flood)", "Ein Flood.", ("Flood", {"type": "flood"})),
    "a choice by its cue": ("HAZARD", r"(?P<type>Hochwasser)", "Das Hochwasser!", ("Hochwasser", {"type": "flood"})),
    "a bound": ("STRUCK", r"(?P<min>\d+) Tote", "Es gab 30 Tote.", ("30 Tote", {"min": 30})),
    "a whole interval": ("STRUCK", r"(?P<number>[\d.]+)(?= Tote)", "Es gab 1.200 Tote.", ("1.200", {"min": 1200, "max": 1200})),
    "a range": ("STRUCK", r"(?P<number>\d+–\d+)", "Es gab 10–12 Tote.", ("10–12", {"min": 10, "max": 12})),
    "a flag": ("STRUCK", r"(?P<approx>rund )?(?P<number>\d+)", "Es gab rund 30.", ("rund 30", {"min": 30, "max": 30, "approx": True})),
    "a group over a constant": ("STRUCK", {"regex": r"(?P<min>\d+)", "value": {"min": 1, "max": 99}}, "Es gab 7.", ("7", {"min": 7, "max": 99})),
    "a span within its context": ("STRUCK", r"starben (?P<span>(?P<number>\d+))", "Da starben 5.", ("5", {"min": 5, "max": 5})),
    "digits of another script": ("STRUCK", r"(?P<number>\d+)", "قتل ٣٠ شخصا", ("٣٠", {"min": 30, "max": 30})),
    "a date": ("DATE", r"(?P<day>\d+\.\d+\.\d+)", "Am 05.03.2024 kam", ("05.03.2024", {"day": "2024-03-05"})),
    "an id": ("PLACE", r"(?P<id>Q\d+)", "In Q64 war", ("Q64", {"id": "Q64"})),
    "edges of lines": ("NOTE", r"^Zwei$", "Eins\nZwei\nDrei", ("Zwei", None)),
    "tokens": ("NOTE", {"tokens": [{"LOWER": "die"}, {"IS_TITLE": True, "OP": "+"}]}, "Es war die Rote Armee hier", ("die Rote Armee", None)),
    "groups of tokens": (
        "STRUCK",
        {"tokens": [{"LOWER": "mehr"}, {"LOWER": "als"}, {"LIKE_NUM": True, "group": "min"}]},
        "Mehr als 30 starben",
        ("Mehr als 30", {"min": 30}),
    ),
    "tokens of a script without spaces": ("NOTE", {"tokens": [{"TEXT": "洪"}, {"TEXT": "水"}]}, "北京洪水来了", ("洪水", None), "zh"),
    "any token": ("NOTE", {"tokens": [{"TEXT": "von"}, {"OP": "{1,2}"}, {"TEXT": "bis"}]}, "von A B bis C", ("von A B bis", None)),
}  # fmt: skip


@pytest.mark.parametrize("case", PATTERNS.values(), ids=PATTERNS)
def test_a_pattern_finds_a_span_with_its_value(case: tuple[Any, ...]) -> None:
    label, pattern, text, expected, *language = case
    extractor = load_extractor("patterns", scheme_with({label: [pattern]}, boundaries="any"))
    [layer] = extractor.extract([document(text, language=language[0] if language else "de")])
    assert found(layer, text) == [(expected[0], label, expected[1])]


def test_a_value_that_cannot_be_read_is_counted_and_its_span_stays() -> None:
    patterns = [r"(?P<number>\d+|zwölf) Tote", r"(?P<min>\d+) bis (?P<max>\d+)"]
    tally: Counter[str] = Counter()
    [made] = suggest(
        [document("zwölf Tote, 9 bis 3")], "patterns", scheme=scheme_with({"STRUCK": patterns}), tally=tally
    )
    assert [span.value for span in made.spans] == [None, None]
    assert tally == {
        "values without number of STRUCK, which cannot be read (pattern 1)": 1,
        "values of STRUCK left out, which the scheme refuses (pattern 2)": 1,
    }


def test_a_captured_name_is_looked_up_in_the_table_of_ids(tmp_path: Path) -> None:
    (tmp_path / "rivers.csv").write_text("id,names\nq1,Elbe|Labe\nq2,Aa\nq3,Aa\n")
    (tmp_path / "s.toml").write_text(
        """name = "rivers"
version = 1
[labels.RIVER]
definition = "-"
patterns = ['(?P<id>Labe|Aa|Ilm|q1)']
fields = { id = { type = "identifier", table = "rivers.csv" } }
"""
    )
    scheme = load_scheme(tmp_path / "s.toml")
    tally: Counter[str] = Counter()
    [made] = suggest([document("Labe, Aa, Ilm, q1")], "patterns", scheme=scheme, tally=tally)
    assert [parts(span.value) for span in made.spans] == [{"id": "q1"}, None, None, {"id": "q1"}]
    assert tally == {"values without id of RIVER, which cannot be read (s.toml:5)": 2}
    (tmp_path / "d.csv").write_text("surface,id\nLabe,Elbe\nIlm,q9\n")
    [layer] = load_extractor(f"dictionary:{tmp_path / 'd.csv'}", scheme).extract([document("Labe, Ilm")])
    assert [parts(span.value) for span in layer] == [{"id": "q1"}, {"id": "q9"}]


WRONG = {
    "no regular expression": ("regex = '(a'", 6, "not a regular expression: missing )"),
    "another group": ("regex = '(?P<kind>a)'", 6, "the group 'kind' is not a key of X"),
    "another key": ("regex = 'a'\nvalue = { kind = 'flood' }", 6, "value: "),
    "another choice": ("regex = 'a'\nvalue = { type = 'fire' }", 6, "unknown value 'fire'"),
    "neither": ("value = { type = 'flood' }", 6, "it needs either `regex` or `tokens`"),
    "a typo": ("regexp = 'a'", 6, "unknown key 'regexp'"),
    "an attribute": ("tokens = [{ LOWR = 'a' }]", 6, "spaCy knows no such token"),
    "a trained attribute": ("tokens = [{ LEMMA = 'a' }]", 6, "LEMMA is known to trained pipelines only"),
    "an operator": ("tokens = [{ LOWER = 'a', OP = '!' }]", 6, "unknown operator '!'"),
    "a regular expression in a token": ("tokens = [{ TEXT = { REGEX = 'a' } }]", 6, "REGEX within a token"),
    "groups apart": (
        "tokens = [{ TEXT = 'a', group = 'type' }, { TEXT = 'b' }, { TEXT = 'c', group = 'type' }]",
        6,
        "tokens of one group are apart",
    ),
}


@pytest.mark.parametrize("pattern, line, told", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("beside", [False, True], ids=["in the scheme", "beside it"])
def test_a_wrong_pattern_is_told_with_its_line(
    pattern: str, line: int, told: str, beside: bool, tmp_path: Path
) -> None:
    head = 'name = "x"\nversion = 1\n[labels.X]\ndefinition = "-"\nfields.type = { type = "choice", choices = ["flood"] }\n'
    listed = f"[[labels.X.patterns]]\n{pattern}\n"
    file, scheme = tmp_path / "p.toml", tmp_path / "s.toml"
    file.write_text("\n" * 5 + listed)
    scheme.write_text(head if beside else head + listed)
    spec = f"patterns:{file}" if beside else "patterns"
    with pytest.raises(DataError) as caught:
        load_extractor(spec, load_scheme(scheme))
    problem = caught.value.problems[0]
    assert (problem.path, problem.line) == (str(file if beside else scheme), line)
    assert told in problem.what


def test_the_check_of_a_scheme_reads_its_patterns(goldspan: Any, tmp_path: Path) -> None:
    scheme = tmp_path / "s.toml"
    scheme.write_text(
        'name = "x"\nversion = 1\n[labels.X]\ndefinition = "-"\npatterns = ["(a"]\n'
        '[zones.note]\ndefinition = "-"\npatterns = ["b)"]\n'
    )
    ended = goldspan("schema", "check", "s.toml", cwd=tmp_path)
    assert ended.returncode == 1
    assert [line.partition(" not")[0] for line in ended.stderr.splitlines()] == ["error: s.toml:5:", "error: s.toml:8:"]


def test_a_pattern_without_end_fails_its_documents_and_at_the_third_the_run() -> None:
    scheme = scheme_with({"NOTE": [r"(?:x+x+)+y", "gut"]})
    bad, good = "x" * 4000, "Alles gut."
    documents = [document(text, id=str(number)) for number, text in enumerate([good, bad, good, bad, bad, good])]
    extractor = load_extractor("patterns:timeout=0.02", scheme)
    results = extractor.extract_each(documents)  # type: ignore[attr-defined]
    assert [type(result).__name__ for result in results] == ["list", "PatternTimeoutError", "list", "PatternTimeoutError", "UsageError", "UsageError"]  # fmt: skip
    assert "the pattern (?:x+x+)+y takes more than 0.02 s for this text" in str(results[1])
    problems: list[Any] = []
    kept = [made.id for made in suggest(documents[:3], "patterns:timeout=0.02", scheme=scheme, lenient=problems.append)]
    assert (kept, [problem.document for problem in problems]) == (["0", "2"], ["1"])


def test_at_the_third_timeout_the_run_ends_at_once_and_tells_of_those_before() -> None:
    scheme = scheme_with({"NOTE": [r"(?:x+x+)+y"]})
    spec = "patterns:timeout=0.02"
    documents = [document("gut", id="good"), *(document("x" * 4000, id=str(number)) for number in range(100))]
    extractor = load_extractor(spec, scheme)
    read: list[str] = []
    spans_of = extractor._spans  # type: ignore[attr-defined]

    def recorded(item: Document) -> Any:
        read.append(item.id)
        return spans_of(item)

    extractor._spans = recorded  # type: ignore[attr-defined]
    results = extractor.extract_each(documents)  # type: ignore[attr-defined]
    assert read == ["good", "0", "1", "2"] and len(results) == 101 and results[3] is results[100]
    for executor in (None, ThreadPoolExecutor(1)):
        problems: list[Any] = []
        with pytest.raises(UsageError, match="as for 2 others"):
            list(suggest(documents, spec, scheme=scheme, executor=executor, workers=1, lenient=problems.append))
        assert [problem.document for problem in problems] == ["0", "1"]


def test_of_equally_long_stretches_the_first_line_is_taken_whichever_its_label(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    lines = [("PLACE", "Au"), ("NOTE", "Ulm|Au"), ("PLACE", "Ulm|Bern"), ("NOTE", "Bern")]
    versions, text = [], "Au Ulm Bern"
    for order in (lines, lines[::-1]):
        path.write_text("".join(f"[[labels.{label}.patterns]]\nregex = '{regex}'\n" for label, regex in order))
        extractor = load_extractor(f"patterns:{path}", scheme_with())
        versions.append(extractor.version)
        [layer] = extractor.extract([document(text)])
        assert [span.label for span in layer] == (["PLACE", "NOTE", "PLACE"] if order is lines else ["NOTE", "PLACE", "NOTE"])  # fmt: skip
    assert versions[0] != versions[1]


def test_nothing_is_marked_if_the_group_span_is_missing() -> None:
    extractor = load_extractor("patterns", scheme_with({"NOTE": ["Stadt (?P<span>Ulm)?"]}))
    text = "Stadt Bern, Stadt Ulm"
    [layer] = extractor.extract([document(text)])
    assert found(layer, text) == [("Ulm", "NOTE", None)]


stretches = st.tuples(st.integers(0, 12), st.integers(1, 6), st.sampled_from(["NOTE", "PLACE"]), st.integers(0, 3))


@given(st.lists(stretches, max_size=12), st.booleans(), st.randoms())
def test_of_overlapping_candidates_the_longest_then_the_first_in_the_file_is_taken(
    drawn: list[Any], overlap: bool, shuffler: random.Random
) -> None:
    candidates = [Candidate(start, start + length, label, rank) for start, length, label, rank in drawn]
    given_document = document("x" * 20, zones=(Zone(0, 2, "url"),))
    scheme = scheme_with(overlap=overlap)
    chosen = choose_spans(candidates, given_document, scheme, Counter())
    shuffled = list(candidates)
    shuffler.shuffle(shuffled)
    assert choose_spans(shuffled, given_document, scheme, Counter()) == chosen
    assert all(span.start >= 2 for span in chosen)
    keys = {(span.start, span.end, span.label) for span in chosen}
    for item in candidates:
        if item.start < 2 or (item.start, item.end, item.label) in keys:
            continue
        assert not overlap
        rivals = [c for c in candidates if (c.start, c.end, c.label) in keys and overlaps(c, item)]
        assert any((c.start - c.end, c.rank, c.start, c.label) <= (item.start - item.end, item.rank, item.start, item.label) for c in rivals)  # fmt: skip
    if not overlap:
        assert not any(overlaps(a, b) for a in chosen for b in chosen if a is not b)


LETTERS = st.text(st.sampled_from("abAB ßéİ1-’'北京မြန်हिن\u0301\u00a0\n가"), max_size=14)


@settings(max_examples=150)
@given(LETTERS, st.lists(LETTERS, max_size=6), st.booleans(), st.sampled_from(["NFC", "NFD"]))
def test_the_index_finds_what_a_search_at_every_place_finds(text: str, names: list[str], case: bool, form: str) -> None:
    text = unicodedata.normalize(form, text)
    surfaces = {fold_surface(name, case=case) for name in names} - {""}
    folded = fold_text(text, case=case)
    bounds = {
        (*original, surface)
        for surface in surfaces
        for start in range(len(folded.text))
        if folded.text.startswith(surface, start) and (original := folded.original(start, start + len(surface)))
        if not within_word(folded.text, start) and not within_word(folded.text, start + len(surface))
    }
    listed = list(SurfaceIndex(surfaces).find(folded))
    assert set(listed) == bounds and len(listed) == len(bounds)
    for start, end, surface in listed:
        assert fold_surface(text[start:end], case=case) == surface.strip() or "\n" in text or "\u00a0" in text


DICTIONARIES = {
    "surfaces": ("d.csv", "surface,label,type\nFlut,HAZARD,flood\n", [("Flut", "HAZARD", {"type": "flood"})]),
    "other columns of people": ("d.csv", "surface,label,count\nFlut,NOTE,12\n", [("Flut", "NOTE", None)]),
    "semicolons": ("d.csv", "surface;label\nFlut;NOTE\n", [("Flut", "NOTE", None)]),
    "names": ("d.tsv", "id\tnames\tkind\tlabel\nq1\tBad Au|Flut\triver\tPLACE\n", [("Flut", "PLACE", {"id": "q1"}), ("Bad Au", "PLACE", {"id": "q1"})]),
    "a value": ("d.csv", 'surface,label,value\nFlut,STRUCK,"{""min"": 3}"\n', [("Flut", "STRUCK", {"min": 3})]),
    "lines of JSON": (
        "d.jsonl",
        '{"names": ["Flut", "Bad Au"], "label": "PLACE", "value": {"lat": 1.5, "lon": 2}}\n',
        [("Flut", "PLACE", {"lat": 1.5, "lon": 2.0}), ("Bad Au", "PLACE", {"lat": 1.5, "lon": 2.0})],
    ),
    "the longest": ("d.csv", "surface,label\nBad,NOTE\nBad Au,PLACE\n", [("Bad Au", "PLACE", None)]),
    "the first of two": ("d.csv", "surface,label,id\nAu,PLACE,q1\nFlut,PLACE,q2\nflut,PLACE,q3\n", [("Flut", "PLACE", {"id": "q2"}), ("Au", "PLACE", {"id": "q1"})]),
    "no part of a word": ("d.csv", "surface,label\nFlu,NOTE\nUS,NOTE\n", []),
}  # fmt: skip


@pytest.mark.parametrize("name, content, expected", DICTIONARIES.values(), ids=DICTIONARIES)
def test_a_dictionary_finds_its_surfaces(name: str, content: str, expected: Any, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)
    text = "Die Flut riss us in Bad Au alles fort."
    [layer] = load_extractor(f"dictionary:{tmp_path / name}", scheme_with()).extract([document(text)])
    assert found(layer, text) == expected


def test_surfaces_are_found_in_any_case_and_form_and_in_scripts_without_spaces(tmp_path: Path) -> None:
    names = ["Łódź", "İzmir", "Straße", "北京", "မန္တလေး", "O'Hara"]
    (tmp_path / "d.csv").write_text("surface\n" + "\n".join(names) + "\n")
    text = unicodedata.normalize("NFD", "ŁÓDŹ, İZMIR, STRASSE; 我在北京住, မန္တလေးမြို့, O’HARA, Łódźka")
    spec = f"dictionary:{tmp_path / 'd.csv'},label=NOTE"
    [layer] = load_extractor(spec, scheme_with()).extract([document(text)])
    surfaces = [unicodedata.normalize("NFC", text[span.start : span.end]) for span in layer]
    assert surfaces == ["ŁÓDŹ", "İZMIR", "STRASSE", "北京", "မန္တလေး", "O’HARA"]
    [exact] = load_extractor(f"{spec},case=match", scheme_with()).extract([document(text)])
    assert [text[span.start : span.end] for span in exact] == ["北京", "မန္တလေး"]


def test_capitals_and_turkish_letters_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("surface\nIğdır\nİzmir\nWHO\nWHO's\n")
    dictionary = load_extractor(f"dictionary:{tmp_path / 'd.csv'},label=NOTE", scheme_with())
    text = "IĞDIR, iğdır, İZMİR; WHO who WHO’s who’s"
    [turkish, german] = dictionary.extract([document(text, language="tr"), document(text)])
    assert [text[span.start : span.end] for span in turkish] == ["IĞDIR", "İZMİR", "WHO", "WHO’s"]
    assert [text[span.start : span.end] for span in german] == ["iğdır", "WHO", "WHO’s"]
    write(tmp_path / "gold.jsonl", [marked("a", "WHO, who, who, who", ("WHO", "NOTE", {})), marked("b", "Die Iga IGA", ("Iga", "NOTE", {}), ("IGA", "PLACE", {}))])  # fmt: skip
    extractor = load_extractor(f"same-surface:{tmp_path / 'gold.jsonl'},min_share=0", scheme_with())
    [[span], none] = extractor.extract([document("who WHO", id="c"), document("Iga IGA", id="d")])
    assert (span.start, span.score, none) == (4, 1, [])  # marked with two labels


WRONG_ROWS = {
    "no surface": ("surface,label\n,NOTE\n", 2, "the row has no surface"),
    "no label": ("surface\nFlut\n", 2, "the row has no label"),
    "another label": ("surface,label\nFlut,NOTES\n", 2, "unknown label 'NOTES'"),
    "another column": ("surface,label,art\nFlut,HAZARD,flood\n", 2, "the column 'art' is not a key of HAZARD"),
    "another choice": (
        "surface,label,type\nFlut,NOTE,\nFlut,HAZARD,fire\n",
        3,
        "type: 'fire' cannot be read as choice",
    ),
    "a key of another label": ("surface,label,type\nFlut,NOTE,flood\n", 2, "the column 'type' is not a key of NOTE"),
    "no JSON": ("surface,label,value\nFlut,NOTE,{\n", 2, "value: '{' is not JSON"),
    "a number in words": ("surface,label,min\nFlut,STRUCK,zwei\n", 2, "min: 'zwei' cannot be read as interval"),
    "an invalid value": ("surface,label,min,max\nFlut,STRUCK,3,2\n", 2, "min 3 is greater than max 2"),
    "nothing": ("surface,label\n", 0, "no entries"),
}


@pytest.mark.parametrize("content, line, told", WRONG_ROWS.values(), ids=WRONG_ROWS)
def test_a_wrong_row_is_told_with_its_line(content: str, line: int, told: str, tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text(content)
    with pytest.raises(DataError) as caught:
        load_extractor(f"dictionary:{path}", scheme_with())
    [problem] = caught.value.problems
    assert (problem.path, problem.line) == (str(path), line) and told in problem.what


def test_a_dictionary_that_cannot_be_read_is_mended_as_it_can_be(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    for content, told in {
        "surface\nKöln\n".encode("latin-1"): "byte 10 is not utf-8. Fix: save the file as UTF-8",
        "surface\nKoln\n".encode("utf-16-le"): "the file contains a NUL character. Fix: save the file as UTF-8",
        b"": "the file is empty. Fix: write a header, and a row for each surface",
    }.items():
        path.write_bytes(content)
        with pytest.raises(DataError) as caught:
            load_extractor(f"dictionary:{path},label=NOTE", scheme_with())
        assert str(caught.value).endswith(told)


def test_other_files_and_options_out_of_range_are_refused(tmp_path: Path) -> None:
    (tmp_path / "d.xml").write_text("<a/>")
    gold = tmp_path / "gold.jsonl"
    unmarked = tmp_path / "unmarked.jsonl"
    write(unmarked, [document("Flut")])
    write(gold, GOLD)
    with pytest.raises(DataError, match=r"unmarked\.jsonl: nothing is marked in any document"):
        load_extractor(f"same-surface:{unmarked}", scheme_with())
    for spec, told in {
        "patterns": "scheme disaster@1 has no patterns",
        f"dictionary:{tmp_path / 'd.xml'}": "unknown kind of dictionary",
        f"same-surface:{gold},min_count=0": "min_count 0 is less than 1",
        f"same-surface:{gold},min_share=2": "min_share 2 is not a share",
    }.items():
        with pytest.raises(UsageError, match=told):
            load_extractor(spec, scheme_with())
    with pytest.raises(UsageError, match="timeout 0 is not positive"):
        load_extractor("patterns:timeout=0", scheme_with({"NOTE": ["a"]}))


def marked(id: str, text: str, *surfaces: tuple[str, str, dict[str, Any]]) -> Document:
    scheme = scheme_with()
    spans = [
        scheme.span(at := text.index(surface), at + len(surface), label, **value) for surface, label, value in surfaces
    ]
    return document(text, id=id, spans=tuple(spans))


GOLD = [
    marked("a", "Flut in Au. Die Stadt Au.", ("Flut", "HAZARD", {"type": "flood"}), ("Au", "PLACE", {"id": "q1"})),
    marked("b", "Die Flut kam nach Au.", ("Flut", "HAZARD", {"type": "flood"}), ("Au", "PLACE", {"id": "q2"})),
    marked("c", "Sturm und Flut in Bergen.", ("Sturm", "HAZARD", {"type": "storm"}), ("Bergen", "PLACE", {})),
    marked("d", "Die Flut. Der Sturm. Bergen.", ("Flut", "HAZARD", {"type": "storm"}), ("Bergen", "NOTE", {})),
]


def test_what_is_marked_elsewhere_is_marked_with_the_value_that_most_have(tmp_path: Path) -> None:
    write(tmp_path / "gold.jsonl", GOLD)
    text = "FLUT, Sturm, Au, Bergen, Kassel"
    spec = f"same-surface:{tmp_path / 'gold.jsonl'}"
    [layer] = load_extractor(f"{spec},min_share=0.6", scheme_with()).extract([document(text, id="new")])
    # Sturm is marked in one of two places, Au in two of three with two values, Bergen with two labels
    assert found(layer, text) == [("FLUT", "HAZARD", {"type": "flood"}), ("Au", "PLACE", None)]
    assert [span.score for span in layer] == [0.75, 0.6667]
    [often] = load_extractor(f"{spec},min_count=3", scheme_with()).extract([document(text, id="new")])
    assert found(often, text) == [("FLUT", "HAZARD", {"type": "flood"})]
    versions = {load_extractor(s, scheme_with()).version for s in (spec, f"{spec},min_count=3", f"{spec},min_share=1")}
    assert len(versions) == 3 and len({version.split("+")[1] for version in versions}) == 1


@pytest.mark.parametrize("min_share", [0, 0.5, 1])
def test_a_documents_own_marks_never_count_for_it(min_share: float, tmp_path: Path) -> None:
    scheme = scheme_with()
    whole, rest = tmp_path / "gold.jsonl", tmp_path / "rest.jsonl"
    write(whole, GOLD)
    extractor = SameSurface(scheme, file=whole, min_share=min_share)
    for own in GOLD:
        write(rest, [other for other in GOLD if other is not own])
        without = SameSurface(scheme, file=rest, min_share=min_share).extract([own])
        assert extractor.extract([own]) == without
        renamed = document(own.text or "", id="renamed")
        assert extractor.extract([renamed]) == without  # the same text by another id
    alone = tmp_path / "alone.jsonl"
    write(alone, GOLD[:1])
    assert SameSurface(scheme, file=alone, min_share=0).extract(GOLD[:1]) == [[]]


def test_documents_that_nobody_has_submitted_are_no_evidence(tmp_path: Path) -> None:
    layer = Layer(annotator="ada", scheme="disaster@1")
    more = [
        *(replace(item, layer=layer) for item in (*GOLD[:2], document("Auch hier keine Flut.", id="e"))),
        *(document(f"Flut {n}", id=f"open{n}") for n in range(5)),
        replace(marked("f", "Die Flut", ("Flut", "NOTE", {})), layer=replace(layer, draft=True)),
        document("Flut", id="skipped", layer=replace(layer, skipped=True)),
    ]
    write(tmp_path / "gold.jsonl", more)
    extractor = load_extractor(f"same-surface:{tmp_path / 'gold.jsonl'}", scheme_with())
    [[span]] = extractor.extract([document("Die Flut", id="new")])
    assert (span.label, span.score) == ("HAZARD", 0.6667)
    told = "left out 1 draft and 6 documents that nobody has submitted"
    assert extractor.warning == f"{tmp_path / 'gold.jsonl'}: {told}"  # type: ignore[attr-defined]
    write(tmp_path / "whole.jsonl", GOLD)
    assert load_extractor(f"same-surface:{tmp_path / 'whole.jsonl'}", scheme_with()).warning == ""  # type: ignore[attr-defined]


def test_suggestions_are_the_same_in_workers_and_name_what_they_rest_on(tmp_path: Path) -> None:
    scheme = scheme_with({"HAZARD": [{"tokens": [{"LOWER": "flut"}]}]})
    write(tmp_path / "gold.jsonl", GOLD)
    (tmp_path / "d.csv").write_text("surface,label\nAu,PLACE\n")
    texts = [document(f"Die Flut in Au {n}.", id=str(n)) for n in range(260)]
    for spec in ("patterns", f"dictionary:{tmp_path / 'd.csv'}", f"same-surface:{tmp_path / 'gold.jsonl'}"):
        alone = list(suggest(texts, spec, scheme=scheme))
        assert all(made.spans for made in alone)
        assert {made.layer.extractor_version for made in alone if made.layer} == {load_extractor(spec, scheme).version}
        with ThreadPoolExecutor(2) as executor:
            before = sys.stdout
            assert list(suggest(texts, spec, scheme=scheme, executor=executor, workers=2)) == alone
            assert sys.stdout is before  # which threads would not give back in turn


def test_a_change_of_a_file_is_another_version(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    versions = []
    for content in ("surface,label\nAu,PLACE\n", "surface,label\nAu,NOTE\n", "surface,label,id\nAu,PLACE,q1\n"):
        path.write_text(content)
        versions.append(load_extractor(f"dictionary:{path}", scheme_with()).version)
    assert len(set(versions)) == 3
    assert load_extractor("patterns", scheme_with({"NOTE": ["a"]})).version != load_extractor("patterns", scheme_with({"NOTE": ["b"]})).version  # fmt: skip
