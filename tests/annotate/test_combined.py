"""`combined`: the spans of several extractors as one suggestion."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from goldspan.annotate import load_extractor
from goldspan.annotate.finders.combined_extractor import Combined
from goldspan.schema import DataError, Document, GoldspanError, Scheme, parse_scheme

from ..conftest import Run

TEXT = "Sturm und Sturmflut in Auenwerda, sagt ein Sturmwart."
FIELDS = {"kind": {"type": "choice", "choices": ["sea", "air"]}}


def scheme_of(*, overlap: bool) -> Scheme:
    labels = {
        "HAZARD": {
            "definition": "-",
            "patterns": [{"regex": r"\bSturm\w*", "value": {"kind": "air"}}],
            "fields": FIELDS,
        },
        "PLACE": {"definition": "-"},
    }
    return parse_scheme({"name": "x", "version": 1, "labels": labels, "spans": {"overlap": overlap}})


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "words.csv").write_text("surface,label,kind\nSturmflut,HAZARD,sea\nin Auenwerda,PLACE,\n", "utf-8")
    (tmp_path / "places.csv").write_text("surface\nAuenwerda\n", "utf-8")
    return tmp_path


def found(spec: str, *, overlap: bool = False) -> list[tuple[str, str, str | None]]:
    extractor = load_extractor(spec, scheme_of(overlap=overlap))
    [spans] = extractor.extract([Document(id="a", text=TEXT, spans=())])
    return [(TEXT[s.start : s.end], s.label, getattr(s.value, "kind", None)) for s in spans]


AIR, SEA = ("Sturmflut", "HAZARD", "air"), ("Sturmflut", "HAZARD", "sea")
REST = [("Sturm", "HAZARD", "air"), ("Sturmwart", "HAZARD", "air")]


def test_of_overlapping_spans_those_of_the_extractor_named_first_stay(here: Path) -> None:
    place = ("Auenwerda", "PLACE", None)
    assert sorted(found("combined:patterns + dictionary:places.csv;label=PLACE")) == sorted([*REST, AIR, place])
    assert sorted(found("combined:dictionary:words.csv+patterns+dictionary:places.csv;label=PLACE")) == sorted(
        [*REST, SEA, ("in Auenwerda", "PLACE", None)]
    )
    both = found("combined:dictionary:words.csv + dictionary:places.csv;label=PLACE", overlap=True)
    assert sorted(both) == sorted([SEA, ("in Auenwerda", "PLACE", None), place])


def test_name_and_version_are_those_of_the_parts_in_their_order(here: Path) -> None:
    scheme = scheme_of(overlap=False)
    specs = ["combined:patterns + dictionary:words.csv", "combined:dictionary:words.csv + patterns"]
    one, other = (load_extractor(spec, scheme) for spec in specs)
    assert (one.name, other.name) == ("patterns+dictionary", "dictionary+patterns") and one.version != other.version
    (here / "words.csv").write_text("surface,label\nSturm,HAZARD\n", "utf-8")
    assert load_extractor(specs[0], scheme).version != one.version


def test_what_the_parts_drop_is_counted_once(here: Path) -> None:
    def dropped(extractors: str) -> int:
        combined = Combined(scheme_of(overlap=False), extractors=extractors)
        combined.extract([Document(id="a", text=TEXT, spans=())])
        return combined.tally.total()

    assert dropped("dictionary:words.csv + patterns") == 0  # the same words with the same label are one span
    assert dropped("patterns + dictionary:places.csv;label=HAZARD + dictionary:words.csv") == 1


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("combined:patterns", "expected several different extractors"),
        ("combined:patterns + patterns", "expected several different extractors"),
        ("combined:patterns + ", "expected several different extractors"),
        ("combined", "needs extractors"),
        ("combined:patterns + paterns", "did you mean 'patterns'?"),
        ("combined:patterns + dictionary:none.csv", "no such file or folder"),
        ("combined:dictionary:a + b.csv + patterns", "no extractor is called 'b.csv'. Fix: name a file that is there"),
        ("combined:patterns + dictionary:places.csv", "the row has no label"),
    ],
)
def test_what_cannot_be_combined_is_refused(spec: str, told: str, here: Path) -> None:
    with pytest.raises(GoldspanError) as refused:
        load_extractor(spec, scheme_of(overlap=False))
    assert told in str(refused.value)


@pytest.mark.parametrize("name", ["a + b.csv", "a+patterns.csv", "a + b + patterns + c.csv"])
def test_the_name_of_a_file_may_have_a_plus(name: str, here: Path) -> None:
    (here / name).write_bytes((here / "places.csv").read_bytes())
    for spec in (f"dictionary:{name};label=PLACE + patterns", f"patterns + dictionary:{name};label=PLACE"):
        assert load_extractor(f"combined:{spec}", scheme_of(overlap=False)).name.count("+") == 1


def test_a_document_that_one_part_fails_on_fails_and_the_others_do_not(here: Path, goldspan: Run) -> None:
    """Workers load it by its spec, and a program of a part ends with the run."""
    (here / "scheme.toml").write_text('name = "x"\nversion = 1\n[labels.PLACE]\ndefinition = "-"\n', "utf-8")
    program = "import json, sys\nfor line in sys.stdin:\n r = json.loads(line)\n if r['id'] == 'b': sys.exit(1)\n"
    (here / "echo.py").write_text(program + " print(json.dumps(r), flush=True)\n", "utf-8")
    lines = [json.dumps({"id": name, "text": "In Auenwerda.", "spans": []}) for name in "abc"]
    (here / "in.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    spec = f"combined:dictionary:places.csv + command:{sys.executable} echo.py;fill=false"
    done = goldspan(
        "annotate", "in.jsonl", "--scheme", "scheme.toml", "--extractor", spec, "--out", "out.jsonl", cwd=here
    )
    assert done.returncode == 1 and "'b'" in done.stderr
    written = [json.loads(line) for line in (here / "out.jsonl").read_text("utf-8").splitlines()]
    assert [(line["id"], len(line["spans"])) for line in written if line["spans"]] == [("a", 1), ("c", 1)]


def test_an_error_of_the_file_of_a_part_names_its_line(here: Path) -> None:
    (here / "words.csv").write_text("surface,label\nSturm,HAZRD\n", "utf-8")
    with pytest.raises(DataError, match=r"words\.csv:2: unknown label 'HAZRD'"):
        load_extractor("combined:patterns + dictionary:words.csv", scheme_of(overlap=False))
