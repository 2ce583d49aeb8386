"""brat's folders: its own, changed ones, broken ones."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from msgspec.structs import replace

from goldspan.corpus.formats import AuditRow, ReadOptions, ReadReport, ReadRequest, detect_format, load_reader
from goldspan.corpus.formats.brat.annotation_file import line_fragments
from goldspan.corpus.formats.foreign.attribute_values import held_attributes
from goldspan.corpus.formats.foreign.document_builder import FRAGMENT_RULES
from goldspan.corpus.spans.offset_units import OffsetUnit
from goldspan.corpus.spans.quoted_words import same_words
from goldspan.schema import DataError, Document, Span, UsageError

from .counting import marked_texts, stated_in, trimmed
from .written import ACROSS, NESTED, SCHEME, TEXT, brat_folder, doc, read, written

# brat


def test_brat_has_its_own_lines(tmp_path: Path) -> None:
    out, _ = written("brat", tmp_path, [ACROSS, doc(NESTED.spans[0], id="b")], SCHEME)
    lines = (out / "a.ann").read_text("utf-8").splitlines()
    assert lines[0] == "T1\tLOCATION 18 23;25 41\tbases in eastern Syria"
    assert lines[1] == "N1\tReference T1 iso-3166-1:SYR\tbases in eastern Syria"
    assert lines[2].startswith('#1\tAnnotatorNotes T1\tgoldspan {"label":"LOCATION"')
    assert "N1\tReference T1 actors:IRN\tIran" in (out / "b.ann").read_text("utf-8")
    assert (out / "a.txt").read_bytes() == TEXT.encode()


def test_what_is_changed_in_brat_wins(tmp_path: Path) -> None:
    out, _ = written("brat", tmp_path, [NESTED], SCHEME)
    ann = (out / "a.ann").read_text("utf-8")
    mended = ann.replace("actors:IRN", "actors:IRQ").replace("COUNT 12 17\tthree", "DATE 12 23\tthree bases")
    (out / "a.ann").write_text(mended + "T9\tACTOR 5 11\tstruck\n#9\tAnnotatorNotes T9\twhy?\n", "utf-8")
    (found,) = read("brat", out, SCHEME)
    assert found.spans == (
        SCHEME.span(0, 4, "ACTOR", id="IRQ"),
        NESTED.spans[1],
        Span(12, 23, "DATE"),
        Span(5, 11, "ACTOR", note="why?"),
    )


def test_an_identifier_changed_in_brat_leaves_the_other_one(tmp_path: Path) -> None:
    place = SCHEME.span(0, 4, "LOCATION", id="1", lat=33.0, lon=44.0, country="IRQ")
    out, _ = written("brat", tmp_path, [doc(place)], SCHEME)
    ann = (out / "a.ann").read_text("utf-8")
    (out / "a.ann").write_text(ann.replace(":1\t", ":2\t"), "utf-8")
    (found,) = read("brat", out, SCHEME)
    assert found.spans == (SCHEME.span(0, 4, "LOCATION", id="2", country="IRQ"),)


def test_folders_of_brat_itself_are_read(tmp_path: Path) -> None:
    ann = (
        b"#1\tAnnotatorNotes T1\tsure\nT1\tACTOR 0 4\tIran\r\nT2\tLOCATION 18 23;25 27\tbases in\n\n"
        b"N1\tReference T1 actors:IRN\tIran\nN2\tReference T1 Wikidata:Q794\tIran\n"
        b"R1\tNear Arg1:T1 Arg2:T2\nE1\tACTOR:T1 Place:T2\nA1\tNegated E1\nM1\tOld T1\n*\tEquiv T1 T2\n#2\tNote E1\tx\n"
    )
    (found,) = read("brat", brat_folder(tmp_path, ann), SCHEME)
    assert found.id == "sub/x" and found.text == TEXT
    assert found.spans == (replace(SCHEME.span(0, 4, "ACTOR", id="IRN"), note="sure"), Span(18, 27, "LOCATION"))


def account_of(folder: Path) -> tuple[list[Document], ReadReport]:
    account = ReadReport()
    return list(load_reader("brat").read(folder, ReadRequest(SCHEME, account))), account


GOMA = b"Goma fell.\r\nM23 came to\r\nGoma."
FOREIGN: dict[str, tuple[bytes, bytes, list[tuple[str, str]], list[str]]] = {
    "a byte order mark": (b"\xef\xbb\xbfT1\tLOCATION 0 4\tGoma\n", GOMA, [("Goma", "LOCATION")], []),
    "a tab behind the text": (b"T1\tLOCATION 0 4\tGoma\t\n", GOMA, [("Goma", "LOCATION")], []),
    "line ends that count as one": (
        b"T1\tLOCATION 0 4\tGoma\r\nT2\tACTOR 11 14\tM23\r\nT3\tLOCATION 23 27\tGoma\r\n",
        GOMA,
        [("Goma", "LOCATION"), ("M23", "ACTOR"), ("Goma", "LOCATION")],
        ["offsets in code points with CRLF as one character converted to code points: 2 spans in 1 document (first in 'sub/x')"],
    ),
    "a span over a line end that counts as one": (
        b"T1\tACTOR 11 22;23 27\tM23 came to Goma\n",
        GOMA,
        [("M23 came to\r\nGoma", "ACTOR")],
        ["offsets in code points with CRLF as one character converted to code points: 1 span in 1 document (first in 'sub/x')"],
    ),
    "UTF-16": (
        b"T1\tLOCATION 3 7\tGoma\n",
        "😀 Goma".encode(),
        [("Goma", "LOCATION")],
        ["offsets in UTF-16 code units converted to code points: 1 span in 1 document (first in 'sub/x')"],
    ),
    "lines that mark no text": (
        b"T1\tLOCATION 0 4\tGoma\nT2\tACTOR 12 15\tM23\nR1\tIn Arg1:T2 Arg2:T1\n*\tEquiv T1 T2\nE1\tACTOR:T2\nA1\tNegated E1\n"
        b"M1\tOld T1\n#1\tNote E1\tx\n# by hand\nN1\tReference E1 actors:M23\tM23\nN2\tReference T1 http://www.wikidata.org/entity/Q1\tGoma\n",
        GOMA,
        [("Goma", "LOCATION"), ("M23", "ACTOR")],
        ["changed: triggers of events read as spans: 1 (in 'sub/x')"]
        + [
            f"left out: {what} (in 'sub/x')"
            for what in (
                "attributes: 1",
                "attributes 'Old' that no field holds: 1",
                "comments: 1",
                "equivalences: 1",
                "events: 1",
                "links that no field holds: 1",
                "normalisations of events and relations: 1",
                "notes on events, relations and attributes: 1",
                "relations: 1",
            )
        ],
    ),
    "two identifiers of one authority": (
        b"T1\tACTOR 12 15\tM23\nN1\tReference T1 actors:m23\tM23\nN2\tReference T1 actors:COD\tM23\n",
        GOMA,
        [("M23", "ACTOR")],
        ["left out: links that no field holds: 1 (in 'sub/x')"],
    ),
    "an identifier that is none": (
        b"T1\tLOCATION 0 4\tGoma\nN1\tReference T1 iso-3166-1:Congo\tGoma\n",
        GOMA,
        [("Goma", "LOCATION")],
        ["left out: links that no field holds: 1 (in 'sub/x')"],
    ),
    "a byte order mark before the text": (b"T1\tLOCATION 0 4\tGoma\n", b"\xef\xbb\xbf" + GOMA, [("Goma", "LOCATION")], []),
    "an event with its trigger": (
        b"T1\tLOCATION 0 4\tGoma\nT2\tACTOR 5 9\tfell\nE1\tACTOR:T2 Place:T1\n",
        GOMA,
        [("Goma", "LOCATION"), ("fell", "ACTOR")],
        ["changed: triggers of events read as spans: 1 (in 'sub/x')", "left out: events: 1 (in 'sub/x')"],
    ),
    "nothing but an event": (
        b"A1\tNegated\n",
        GOMA,
        [],
        [
            "left out: attributes: 1 (in 'sub/x')",
            "read without spans: documents whose annotations mark no text: 1 (in 'sub/x')",
        ],
    ),
    "nothing": (b"", GOMA, [], []),
}  # fmt: skip


@pytest.mark.parametrize(("ann", "text", "found", "told"), FOREIGN.values(), ids=FOREIGN)
def test_what_others_write_is_read_and_told(
    ann: bytes, text: bytes, found: list[tuple[str, str]], told: list[str], tmp_path: Path
) -> None:
    [document], account = account_of(brat_folder(tmp_path, ann, text))
    assert [(document.surface(span), span.label) for span in document.spans] == found
    assert account.summary() == told


@given(drawn=marked_texts())
@example(drawn=("\ufeffaa", [(1, 2)], OffsetUnit(inclusive=True)))  # the other letter, if the mark does not count
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_words_lead_to_the_very_spans_or_a_refusal(drawn: Any, tmp_path: Path) -> None:
    text, spans, unit = drawn
    lines = []
    for number, (start, end) in enumerate(spans, 1):
        parts = [stated_in(unit, text, *part) for part in line_fragments(text, start, end)]
        words = " ".join(text[slice(*part)] for part in line_fragments(text, start, end))
        lines.append(f"T{number}\tACTOR {';'.join(f'{first} {last}' for first, last in parts)}\t{words}\n")
    (tmp_path / "x.txt").write_bytes(text.encode())
    (tmp_path / "x.ann").write_bytes("".join(lines).encode())
    try:
        [document], account = account_of(tmp_path)
    except DataError:
        return
    assert len(document.spans) == len(spans)
    unmarked = len(text) - len(document.text)
    for span, (start, end) in zip(document.spans, spans, strict=True):
        assert same_words(document.surface(span), text[start:end])
        at = span.start + unmarked, span.end + unmarked
        assert not account.moved or trimmed(text, *at) == (start, end)


def test_all_spans_of_a_folder_that_do_not_fit_are_named_with_their_lines(tmp_path: Path) -> None:
    folder = brat_folder(tmp_path, b"T1\tACTOR 0 4\tIraq\nT2\tACTOR 5 11\tstruck\nT3\tACTOR 900 904\tIran\n")
    (folder / "y.txt").write_bytes(b"Goma")
    (folder / "y.ann").write_bytes(b"T1\tLOCATION 0 4\tSake\n")
    with pytest.raises(DataError) as refused:
        account_of(folder)
    places = [(Path(problem.path).name, problem.line) for problem in refused.value.problems]
    assert places == [("x.ann", 1), ("x.ann", 3), ("y.ann", 1)]


def test_all_discontinuous_spans_of_a_file_are_named(tmp_path: Path) -> None:
    folder = brat_folder(
        tmp_path, b"T1\tACTOR 0 4;12 17\tIran three\nT2\tACTOR 0 4\tIran\nT3\tACTOR 0 4;18 23\tIran bases\n"
    )
    with pytest.raises(DataError) as refused:
        account_of(folder)
    assert [problem.line for problem in refused.value.problems] == [1, 3]


SPLIT = (
    b"T1\tLOCATION 0 8;22 26\tNorthern Kivu\nT2\tLOCATION 13 26\tsouthern Kivu\nT3\tACTOR 38 44;45 51\tallied rebels\n"
)
KIVU = b"Northern and southern Kivu saw M23 and allied\nrebels."
RULES = {
    "hull": ["Northern and southern Kivu", "southern Kivu"],
    "first": ["Northern", "southern Kivu"],
    "parts": ["Northern", "southern Kivu", "Kivu"],
    "skip": ["southern Kivu"],
}


@pytest.mark.parametrize("own", [False, True], ids=["of brat", "of goldspan"])
@pytest.mark.parametrize(("rule", "found"), RULES.items(), ids=RULES)
def test_discontinuous_spans_follow_the_rule_and_are_counted(
    rule: str, found: list[str], own: bool, tmp_path: Path
) -> None:
    folder = brat_folder(tmp_path, SPLIT.replace(b"38 44;45 51", b"39 45;46 52"), KIVU)
    if own:
        (folder / "goldspan.jsonl").write_text('{"file": "x", "record": {"id": "x", "meta": {"title": "t"}}}\n')
        for name in ("x.ann", "x.txt"):
            (folder / "sub" / name).rename(folder / name)
    rows: list[AuditRow] = []
    report = ReadReport(audit=rows.append)
    request = ReadRequest(SCHEME, report, options=ReadOptions(fragments=rule))
    [document] = load_reader("brat").read(folder, request)
    assert sorted(map(document.surface, document.spans)) == sorted([*found, "allied\nrebels"])
    said = f"left out: discontinuous spans: 1 (in {document.id!r})"
    if rule != "skip":
        said = f"changed: discontinuous spans read as {FRAGMENT_RULES[rule]}: 1 (in {document.id!r})"
    assert report.summary() == [said]
    assert len(rows) == len(found) + 1 + (rule == "skip")
    assert {(row.span, row.stated) for row in rows} == {("T1", "0-8 22-26"), ("T2", "13-26"), ("T3", "39-45 46-52")}


def test_an_attribute_that_a_field_holds_is_its_value(tmp_path: Path) -> None:
    ann = b"T1\tACTOR 12 15\tM23\nA1\tkind T1 armed_group\nA2\tkind T1 state\nA3\tOld T1\n"
    [document], account = account_of(brat_folder(tmp_path, ann, GOMA))
    assert document.spans == (SCHEME.span(12, 15, "ACTOR", kind="armed_group"),)
    assert sorted(account.left_out.counts) == [
        "attributes 'Old' that no field holds",
        "further values of an attribute 'kind'",
    ]


NUMBERS = {
    # (language, as written): the whole number, or None where it could be another one
    ("de", "12.000"): 12000,
    ("de", "1.234"): 1234,
    ("en", "1,234"): 1234,
    ("hi", "12,34,567"): 1234567,
    ("ar", "\u0661\u066c\u0662\u0663\u0664"): 1234,
    (None, "12.000"): None,
    (None, "1.234"): None,
    (None, "12"): 12,
    ("de", "12.0"): None,
}


@pytest.mark.parametrize(("written", "number"), NUMBERS.items(), ids=[f"{n} {tag}" for tag, n in NUMBERS])
def test_a_number_is_read_as_the_language_writes_it_or_left_out(
    written: tuple[str | None, str], number: int | None
) -> None:
    tag, text = written
    assert held_attributes(SCHEME.labels["COUNT"], {"min": text}, tag) == ({} if number is None else {"min": number})
    # coordinates are written by programs
    place = held_attributes(SCHEME.labels["LOCATION"], {"lat": "48.125", "lon": "9.5"}, tag)
    assert place == {"lat": 48.125, "lon": 9.5}


def test_annotations_in_two_files_are_those_of_one_text(tmp_path: Path) -> None:
    (tmp_path / "d.txt").write_bytes(GOMA)
    (tmp_path / "d.a1").write_bytes(b"T1\tLOCATION 0 4\tGoma\n")
    (tmp_path / "d.a2").write_bytes(b"T2\tACTOR 5 9\tfell\nE1\tACTOR:T2 Theme:T1\nM1\tNegation E1\n*\tEquiv T1 T2\n")
    [document], account = account_of(tmp_path)
    assert [(document.surface(span), span.label) for span in document.spans] == [
        ("Goma", "LOCATION"),
        ("fell", "ACTOR"),
    ]
    assert account.left_out.counts == {"events": 1, "attributes": 1, "equivalences": 1}
    (tmp_path / "d.a2").write_bytes(b"T2\tACTOR 5 9\tfall\n")
    with pytest.raises(DataError, match=r"d\.a1: .*T2 \(d\.a2:1\) says 'fall'"):
        account_of(tmp_path)
    (tmp_path / "d.a2").write_bytes(b"\nT2 fell\n")
    with pytest.raises(DataError, match=r"d\.a2:2: T2 fell is not a valid"):
        account_of(tmp_path)
    (tmp_path / "d.ann").touch()
    with pytest.raises(DataError, match=r"there are annotations in \.ann and \.a1 and \.a2"):
        account_of(tmp_path)


def test_a_folder_or_file_of_annotations_is_recognised_and_read(tmp_path: Path) -> None:
    folder = brat_folder(tmp_path, b"\xef\xbb\xbfT1\tLOCATION 0 4\tGoma\n", GOMA)
    assert detect_format(folder).name == detect_format(folder / "sub" / "x.ann").name == "brat"
    [document], _ = account_of(folder / "sub" / "x.ann")
    assert (document.id, len(document.spans)) == ("x", 1)


def test_every_file_without_its_counterpart_is_named(tmp_path: Path) -> None:
    for name in ("a.ann", "b.txt", "c.a1"):
        (tmp_path / name).touch()
    with pytest.raises(DataError) as refused:
        account_of(tmp_path)
    assert [problem.what.split()[3] for problem in refused.value.problems] == [".txt", ".ann", ".txt"]


def test_line_ends_are_named_as_the_reason(tmp_path: Path) -> None:
    folder = brat_folder(tmp_path, b"T1\tLOCATION 0 4\tGoma\nT2\tACTOR 12 15\tM23\nT3\tLOCATION 23 27\tGoma\n", GOMA)
    with pytest.raises(DataError, match=r"x\.ann:3: .* it fits only if CRLF counts as one character"):
        account_of(folder)


BROKEN_BRAT = {
    "another text": (b"T1\tACTOR 0 4\tIraq\n", 1, r"says 'Iraq', but the text has 'Iran' at \[0, 4\)"),
    "discontinuous": (b"\nT1\tACTOR 0 4;12 17\tIran three\n", 2, "discontinuous"),
    "outside": (b"T1\tACTOR 900 904\tIran\n", 1, "not in the text"),
    "reversed": (b"T1\tACTOR 4 0\tIran\n", 1, "not in the text"),
    "of no length": (b"T1\tACTOR 0 4\tIran\nT2\tACTOR 4 4\t\n", 2, "not in the text"),
    "without bounds": (b"T1\tACTOR 0 4\tIran\nT2\tACTOR\n", 2, "not a valid text-bound annotation"),
    "fragments out of order": (b"T1\tACTOR 5 11;0 4\tstruck Iran\n", 1, "overlap or are out of order"),
    "fragments that overlap": (b"T1\tACTOR 0 8;5 11\tIran strstruck\n", 1, "overlap or are out of order"),
    "truncated": (b"T1\tACTOR 0 4\tIran\nT2\tACT", 2, "not a valid text-bound annotation"),
    "blanks for tabs": (b"T1 ACTOR 0 4 Iran\n", 1, "not a valid text-bound annotation"),
    "one number twice": (b"T1\tACTOR 0 4\tIran\nT1\tACTOR 0 4\tIran\n", 2, "duplicate annotation T1"),
    "no annotation": (b"PK\x03\x04", 1, "cannot parse annotation"),
    "note of nothing": (b"#1\tAnnotatorNotes T7\tx\n", 1, "T7, which does not exist"),
    "broken note": (b'T1\tACTOR 0 4\tIran\n#1\tAnnotatorNotes T1\tgoldspan {"value"\n', 2, "truncated"),
    "broken value": (b'T1\tACTOR 0 4\tIran\n#1\tAnnotatorNotes T1\tgoldspan {"label":"ACTOR","value":{"x":1}}\n', 1, "unknown key"),
    "broken normalisation": (b"T1\tACTOR 0 4\tIran\nN1\tReference T1\n", 2, "not a valid normalisation"),
    "unknown label": (b"T1\tACTR 0 4\tIran\n", 1, "did you mean 'ACTOR'"),
    "Latin-1": (b"T1\tACTOR 0 4\tIran\n#1\tAnnotatorNotes T1\t\xe9\n", 2, "not UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN_BRAT)
def test_broken_annotations_are_refused_with_their_line(case: str, tmp_path: Path) -> None:
    data, line, told = BROKEN_BRAT[case]
    folder = brat_folder(tmp_path, data)
    with pytest.raises(DataError, match=told) as refused:
        read("brat", folder, SCHEME)
    assert (refused.value.problems[0].path, refused.value.problems[0].line) == (str(folder / "sub" / "x.ann"), line)


def test_folders_that_lack_something_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no \.ann files"):
        read("brat", tmp_path, SCHEME)
    with pytest.raises(DataError, match="no such folder"):
        read("brat", tmp_path / "none", SCHEME)
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(DataError, match=r"a\.txt: there is no \.ann file"):
        read("brat", tmp_path, SCHEME)
    (tmp_path / "a.txt").unlink()
    out, _ = written("brat", tmp_path, [NESTED], SCHEME)
    (out / "a.txt").write_text("another")
    (out / "a.ann").write_text("")
    with pytest.raises(DataError, match="text_sha256"):
        read("brat", out, SCHEME)
    (out / "a.txt").unlink()
    with pytest.raises(DataError, match=r"a\.txt: cannot be read: No such file"):
        read("brat", out, SCHEME)
    (out / "goldspan.jsonl").write_text('{"file": "../a", "record": {}}\n')
    with pytest.raises(DataError, match=r"goldspan\.jsonl:1: the line does not name"):
        read("brat", out, SCHEME)


ENCODED = "Müller drove from Goma \u2013 to Kivu."


@pytest.mark.parametrize("codec", ["windows-1252", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_a_folder_in_another_encoding_is_read_with_its_name(codec: str, tmp_path: Path) -> None:
    ann = "T1\tACTOR 0 6\tMüller\r\nT2\tLOCATION 28 32\tKivu\r\n"
    folder = brat_folder(tmp_path, ann.encode(codec), ENCODED.encode(codec))
    request = ReadRequest(SCHEME, options=ReadOptions(encoding=codec))
    [document] = load_reader("brat").read(folder, request)
    assert document.text == ENCODED and list(map(document.surface, document.spans)) == ["Müller", "Kivu"]
    if codec != "utf-8-sig":
        with pytest.raises(DataError, match=r"not UTF-8.*save the file as UTF-8, or name its `encoding`"):
            account_of(folder)


def test_an_encoding_that_is_wrong_or_needless_is_refused(tmp_path: Path) -> None:
    folder = brat_folder(tmp_path, b"T1\tACTOR 0 6\tM\xfcller\n", b"M\xfcller fell.")
    reader = load_reader("brat")
    for codec, error, said in (
        ("ascii", DataError, "x.ann:1: not ascii"),
        ("utf-16", DataError, "x.ann"),
        ("nonsense", UsageError, "unknown encoding 'nonsense'"),
    ):
        with pytest.raises(error, match=said):
            list(reader.read(folder, ReadRequest(SCHEME, options=ReadOptions(encoding=codec))))
    (folder / "goldspan.jsonl").touch()
    with pytest.raises(UsageError, match="`encoding` has no effect on a folder that goldspan wrote"):
        list(reader.read(folder, ReadRequest(SCHEME, options=ReadOptions(encoding="latin-1"))))


@pytest.mark.parametrize(
    ("bounds", "words", "fits"),
    [
        ("0 8;22 26", "NorthernKivu", True),
        ("0 8;22 26", "Northern  Kivu", True),
        ("0 8;22 26", "Northern\u00a0Kivu", True),
        ("0 8;22 26", "Northern\u3000Kivu", True),
        ("0 8;13 21;22 26", "Northernsouthern Kivu", True),
        ("0 9;22 26", "NorthernKivu", True),
        ("0 8;22 26", "Northern and southern Kivu", True),
        ("0 8;22 26", "Nor thernKivu", False),
        ("0 8;22 26", "NorthernKiv", False),
        ("0 8;22 26", "Northern-Kivu", False),
        ("0 8;22 26", "northernKivu", False),
        ("0 26", "Northernandsouthern Kivu", False),
    ],
)
def test_fragments_may_be_joined_by_any_blanks_or_none(bounds: str, words: str, fits: bool, tmp_path: Path) -> None:
    folder = brat_folder(tmp_path, f"T1\tLOCATION {bounds}\t{words}\n".encode(), KIVU)
    request = ReadRequest(SCHEME, options=ReadOptions(fragments="hull"))
    with nullcontext() if fits else pytest.raises(DataError, match=r"x\.ann:1: .*T1 says '.*', but the text has"):
        [document] = load_reader("brat").read(folder, request)
        assert list(map(document.surface, document.spans)) == ["Northern and southern Kivu"]


def test_glued_fragments_show_the_unit_of_offsets_too(tmp_path: Path) -> None:
    folder = brat_folder(tmp_path, b"T1\tLOCATION 3 11;25 29\tNorthernKivu\n", "📰 ".encode() + KIVU)
    report = ReadReport()
    request = ReadRequest(SCHEME, report, options=ReadOptions(fragments="parts"))
    [document] = load_reader("brat").read(folder, request)
    assert list(map(document.surface, document.spans)) == ["Northern", "Kivu"] and list(report.moved) == [
        "UTF-16 code units"
    ]
