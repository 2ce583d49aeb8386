"""Labels that nobody knows: all of them at once, in every format, with the lines of a map to copy."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from goldspan.corpus import read_records
from goldspan.corpus.formats import ReadReport, read_any
from goldspan.corpus.storage.label_map import LabelMap, read_label_map, read_mapped
from goldspan.corpus.storage.unknown_labels import label_map_lines
from goldspan.schema import DataError, Document, Label, Scheme, Span, UsageError
from goldspan.schema.files.toml_document import toml_key
from tests.conftest import Run, record, span, write_lines

from .written import FORMATS, written

LABELS = [
    "PER",
    "a-b_9",
    "Geo Political",
    "a.b",
    "",
    " ",
    'say "so"',
    "back\\slash",
    "Länder",
    "城",
    "# no",
    "a = b",
    "[x]",
]
LABELS += [
    "tab\t",
    "line\nbreak",
    "\x1b[2J",
    "\x7f",
    "\u202eturned",
    "\u2028",
    "\U000e0041",
    "😀",
    "'",
    "true",
    "1",
    "1979-05-27",
]


@pytest.mark.parametrize("label", LABELS, ids=ascii)
def test_a_label_as_a_key_of_toml_is_read_back_and_holds_nothing_that_a_terminal_obeys(label: str) -> None:
    key = toml_key(label)
    assert tomllib.loads(f'{key} = "ACTOR"') == {label: "ACTOR"}
    assert key.isprintable() and key.startswith('"') == (label not in ("PER", "a-b_9", "true", "1", "1979-05-27"))


def test_the_lines_are_a_map_whose_targets_are_left_to_fill_in(scheme: Scheme, tmp_path: Path) -> None:
    lines = "\n".join(label_map_lines(LABELS, scheme))
    assert tomllib.loads(lines) == dict.fromkeys(LABELS, "…")
    path = tmp_path / "map.toml"
    path.write_text(lines, encoding="utf-8")
    with pytest.raises(DataError, match="maps to unknown label '…'"):
        read_label_map(path, scheme)
    path.write_text(lines.replace("…", "ACTOR"), encoding="utf-8")
    assert read_label_map(path, scheme).labels == dict.fromkeys(LABELS, "ACTOR")


FOREIGN = ("PER", "Q-1", "ORG")
OTHER = Scheme("other", 1, "", "", {name: Label(name, "") for name in ("ACTOR", *FOREIGN)}, {}, overlap=True)


def foreign(first: int = 0) -> list[Document]:
    """Two documents, the second with labels that the first lacks."""
    text = "Iran met Mali and Oman."
    places = [(0, 4, "ACTOR"), (9, 13, "PER")], [(0, 4, "Q-1"), (9, 13, "ORG"), (18, 22, "PER")]
    return [
        Document(id=str(n), text=text, spans=tuple(Span(*place) for place in found)) for n, found in enumerate(places)
    ]


@pytest.mark.parametrize("name", [*FORMATS, "jsonl", "studio"])
@pytest.mark.parametrize("mapped", [False, True])
def test_every_format_names_all(name: str, mapped: bool, scheme: Scheme, tmp_path: Path) -> None:
    out, _ = written(name, tmp_path, foreign(), OTHER)
    labels = LabelMap({"ACTOR": "ACTOR", "MONEY": ""}) if mapped else None
    with pytest.raises(DataError) as refused:
        list(read_any(out, scheme, ReadReport(), name=name, labels=labels))
    assert set(tomllib.loads("\n".join(refused.value.example))) == set(FOREIGN)
    [line] = refused.value.lines
    assert all(f"{label!r} ({count})" in line for label, count in (("PER", 2), ("Q-1", 1), ("ORG", 1)))
    whole = LabelMap({"ACTOR": "ACTOR", "*": ""})
    assert [len(d.spans) for d in read_any(out, scheme, ReadReport(), name=name, labels=whole)] == [1, 0]
    assert whole.dropped == {"PER": 2, "Q-1": 1, "ORG": 1}


@pytest.fixture
def records(tmp_path: Path) -> Path:
    rows = [record(d.id, d.text or "", spans=[span(s.start, s.end, s.label) for s in d.spans]) for d in foreign()]
    return write_lines(tmp_path / "foreign.jsonl", *rows)


def test_records_name_all_and_what_else_is_wrong_there(records: Path, scheme: Scheme) -> None:
    first, second = records.read_text().splitlines()
    bad = json.loads(first)
    bad["spans"].append(span(3, 99, "ACTOR"))
    records.write_text(f"{json.dumps(bad)}\n{second}\n{{broken\n")
    with pytest.raises(DataError) as refused:
        list(read_records(records, scheme))
    outside, unknown = refused.value.lines
    assert (
        "past the text" in outside
        and "unknown labels in scheme conflict-news@1: 'ORG' (1), 'PER' (2), 'Q-1' (1)" in unknown
    )
    with pytest.raises(DataError, match=r"no line for 'ORG' \(1\), 'PER' \(2\), 'Q-1' \(1\)"):
        list(read_mapped(str(records), scheme, LabelMap({"ACTOR": "ACTOR"})))


def test_a_single_label_keeps_its_hint(scheme: Scheme, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", record("a", "Iran", spans=[span(0, 4, "ACTR")]))
    with pytest.raises(DataError, match=r"ACTR has an unknown label.*did you mean 'ACTOR'.*or a label map") as refused:
        list(read_records(path, scheme))
    assert refused.value.example[1:] == ['ACTR = "…"']


CALLS = {
    "score": ("score", "{gold}", "{foreign}"),
    "score from standard input": ("score", "{gold}", "-"),
    "score with a map": ("score", "{gold}", "{foreign}", "--map", "{map}"),
    "score of another format": ("score", "{gold}", "{conll}"),
    "convert": ("convert", "{conll}", "--out", "out.jsonl"),
    "convert with a map": ("convert", "{conll}", "--out", "out.jsonl", "--map", "{map}"),
    "agree": ("agree", "{gold}", "{foreign}"),
    "annotate": ("annotate", "{gold}", "--extractor", "command:cat {foreign},fill=false", "--out", "out.jsonl"),
    "annotate with a map": (
        *("annotate", "{gold}", "--out", "out.jsonl"),
        *("--extractor", "command:cat {foreign},fill=false,map={map}"),
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_every_command_shows_lines_to_copy(name: str, goldspan: Run, records: Path, tmp_path: Path) -> None:
    gold = write_lines(tmp_path / "gold.jsonl", *(record(d.id, d.text or "") for d in foreign()))
    conll, _ = written("conll", tmp_path, foreign(), OTHER)
    (tmp_path / "map.toml").write_text('ACTOR = "ACTOR"\n')
    places = {"gold": gold, "foreign": records, "conll": conll, "map": tmp_path / "map.toml"}
    call = [part.format(**places) for part in CALLS[name]]
    ran = goldspan(*call, cwd=tmp_path, stdin=records.read_text())
    assert ran.returncode in (1, 2) and not (tmp_path / "out.jsonl").exists()
    printed = ran.stderr.splitlines()
    if name.startswith("convert") or "another format" in name:  # what a file was taken for is said before
        assert printed.pop(0) == f"note: {conll}: read as conll"
    said, *lines = printed
    assert said.startswith("error: ") and "Fix: " in said and all(repr(label) in said for label in FOREIGN)
    assert tomllib.loads("\n".join(lines)) == dict.fromkeys(FOREIGN, "…")


def test_all_inputs_that_are_broken_are_named(goldspan: Run, tmp_path: Path) -> None:
    good = write_lines(tmp_path / "good.jsonl", record("a"))
    (tmp_path / "broken.jsonl").write_text("{\n")
    other = write_lines(tmp_path / "other.jsonl", record("b", "A text of another day"))
    for call in (("score", good), ("agree", good)):
        ran = goldspan(*call, tmp_path / "broken.jsonl", good, tmp_path / "none.jsonl")
        assert ran.returncode == 1
        assert [line.split(": ")[1] for line in ran.stderr.splitlines()] == [
            f"{tmp_path / 'broken.jsonl'}:1",
            str(tmp_path / "none.jsonl"),
        ]
    changed = write_lines(tmp_path / "changed.jsonl", record("a", "Another text"))
    ran = goldspan("score", good, other, good, changed)
    assert ran.returncode == 1
    assert "other: no document is in the gold" in ran.stderr and "changed: the text differs" in ran.stderr


def test_a_map_is_refused_as_before_where_labels_are_typed(scheme: Scheme, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="already has the scheme's labels"):
        list(read_any(tmp_path, scheme, ReadReport(), name="hf", labels=LabelMap({"A": "ACTOR"})))
