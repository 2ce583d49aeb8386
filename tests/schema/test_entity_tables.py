"""Identifiers against a table of the user's own: read, looked up, compared, warned of."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path

import pytest

from goldspan.annotate.label_studio.mapping.labeling_config import labeling_config
from goldspan.annotate.label_studio.mapping.pickers.document_offers import table_offers
from goldspan.annotate.label_studio.mapping.pickers.id_lists import list_content, list_sources
from goldspan.annotate.label_studio.mapping.result_json import spans_of
from goldspan.annotate.label_studio.mapping.tasks import task_lists
from goldspan.annotate.label_studio.sync.entity_linking import link_entities
from goldspan.corpus.inspection.suspicious_annotations import find_suspicious_annotations
from goldspan.eval import score
from goldspan.schema import DataError, Document, Scheme, load_scheme, save_scheme
from goldspan.schema.data.tsv import parse_rows
from goldspan.schema.files.entity_table_file import read_entity_file
from goldspan.schema.names.authorities import entity_table

from ..conftest import Run
from ..corpus.written import read, written

COURTS = """id,names,kind
bgh,Bundesgerichtshof|BGH,federal
olg-m,"OLG München|Oberlandesgericht München, 1. Senat",regional
va,Верховний Суд,
zgf,最高法院,federal
"""
SCHEME = """
name = "courts"
version = 1
[labels.COURT]
definition = "A court."
[labels.COURT.fields]
court = { type = "identifier", table = "tables/courts.csv" }
kind = { type = "choice", choices = ["federal", "regional"] }
"""
TEXT = "Der BGH hob das Urteil des OLG München auf; Верховний Суд schwieg, 中国最高法院也是。 Nobody else."


@pytest.fixture
def scheme(tmp_path: Path) -> Scheme:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "courts.csv").write_text(COURTS, "utf-8")
    (tmp_path / "scheme.toml").write_text(SCHEME, "utf-8")
    return load_scheme(tmp_path / "scheme.toml")


def source(scheme: Scheme) -> str:
    [(_, _, authority)] = scheme.identifiers()
    return authority


def document(scheme: Scheme, **courts: str) -> Document:
    """A document with a court's id for some of its words."""
    spans = [
        scheme.span(TEXT.index(words), TEXT.index(words) + len(words), "COURT", court=id_)
        for words, id_ in courts.items()
    ]
    return Document(id="a", text=TEXT, spans=tuple(spans)).with_hash()


def test_entities_are_found_by_id_and_by_names_however_they_are_spelled(scheme: Scheme) -> None:
    table = entity_table(source(scheme).removeprefix("table:"))
    for name in ("BGH", "bundesgerichtshof", "Oberlandesgericht Munchen, 1. Senat", "верховний суд", "最高法院"):
        assert len(table.find(name)) == 1, name
    assert table.get("bgh").kind == "federal" and table.get("bgh-military") is None
    assert [near.id for near in table.near("Bundesgerichthof")] == ["bgh"]
    assert table.canonical("BGH") == "bgh" and table.canonical("nobody") == "nobody"


WRONG = {
    "no file": (None, "courts.csv"),
    "empty": ("", "the table has no rows"),
    "only a header": ("id,names\n", "the table has no rows. Fix: add a row"),
    "no names": ("id,kind\na,b\n", "courts.csv:1: no column 'names'"),
    "another column": ("id,names,knd\na,b,c\n", "courts.csv:1: unknown column 'knd'. Fix: did you mean 'kind'?"),
    "a column twice": ("id,names,id\na,b,c\n", "two columns 'id'"),
    "no id": ("id,names\na,A\n,B\n", "courts.csv:3: the row has no id or no names"),
    "an id twice": (
        "id,names\na,A\nb,B\na,C\n",
        "courts.csv:4: duplicate id 'a', first used on line 2. Fix: join their names",
    ),
    "many cells": ("id,names\na,A,B\n", "courts.csv:2: the row has 3 cells, and the header has 2. Fix: put a cell"),
    "quotes": ('id,names\na,"A\n', "not a table: unexpected end of data. Fix: close the quotes"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_table_is_told_at_its_line_with_that_of_the_scheme(scheme: Scheme, tmp_path: Path, name: str) -> None:
    content, message = WRONG[name]
    path = tmp_path / "tables" / "courts.csv"
    path.unlink()
    if content is not None:
        path.write_text(content, "utf-8")
    (tmp_path / "other.toml").write_text(SCHEME, "utf-8")
    with pytest.raises(DataError) as raised:
        load_scheme(tmp_path / "other.toml")
    assert "other.toml:7: labels.COURT.fields.court.table: " in str(raised.value) and message in str(raised.value)


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ('table = ""', "no table is named"),
        ('table = "tables/courts.csv", authority = "actors"', "has both `authority` and `table`"),
    ],
)
def test_a_field_has_one_table_or_authority(scheme: Scheme, tmp_path: Path, field: str, message: str) -> None:
    (tmp_path / "other.toml").write_text(SCHEME.replace('table = "tables/courts.csv"', field), "utf-8")
    with pytest.raises(DataError, match=message):
        load_scheme(tmp_path / "other.toml")


def test_tables_of_spreadsheets_are_read(tmp_path: Path) -> None:
    for name, text in (("a.csv", "\ufeffID;Names\r\na;Ä|B\r\n\r\n"), ("a.tsv", "id\tnames\na\tÄ|B\n")):
        (tmp_path / name).write_bytes(text.encode())
        [row] = read_entity_file(str(tmp_path / name)).rows
        assert row == ("a", ("Ä", "B"), "")


def test_the_scheme_travels_and_the_fingerprint_knows_the_name_of_the_table_only(
    scheme: Scheme, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    save_scheme(scheme, tmp_path / "elsewhere" / "scheme.toml")
    moved = load_scheme(tmp_path / "elsewhere" / "scheme.toml")
    assert moved == scheme == pickle.loads(pickle.dumps(scheme)) and moved.fingerprint == scheme.fingerprint
    assert 'table = "../tables/courts.csv"' in (tmp_path / "elsewhere" / "scheme.toml").read_text("utf-8")
    assert str(tmp_path) not in json.dumps(scheme.label("COURT").fields["court"].type.spec())


def test_what_annotators_write_becomes_the_id_and_its_kind_and_unknown_names_are_told(scheme: Scheme) -> None:
    spans = document(scheme, **{"BGH": "BGH", "OLG München": "OLG Münche"}).spans
    linked, notes = link_entities(document(scheme), spans, scheme)
    assert (linked[0].value.court, linked[0].value.kind) == ("bgh", "federal")
    assert linked[1].value.court == "OLG Münche"
    [told] = [note.message for note in notes]
    assert told == "unknown id or name 'OLG Münche'; did you mean olg-m (OLG München)?"


def test_an_unknown_id_and_a_kind_that_differs_from_the_table_are_suspicious(scheme: Scheme) -> None:
    spans = (scheme.span(4, 7, "COURT", court="bgh", kind="regional"), scheme.span(27, 38, "COURT", court="nobody"))
    found = find_suspicious_annotations([Document(id="a", text=TEXT, spans=spans).with_hash()], scheme)
    told = [item.what for item in found if item.check == "registry"]
    assert any("'regional', but 'bgh' has 'federal'" in what for what in told)
    assert any("unknown id 'nobody'" in what for what in told)


def test_a_name_counts_as_its_id_in_scores_whose_signature_has_the_edition_of_the_table(
    scheme: Scheme, tmp_path: Path
) -> None:
    gold, system = document(scheme, BGH="bgh"), document(scheme, BGH="Bundesgerichtshof")
    scores = score([gold], [system], scheme=scheme, resamples=0).systems[0]
    assert scores.values["COURT"].fields["court_accuracy"] == 1
    edition = read_entity_file(str(tmp_path / "tables" / "courts.csv")).edition
    assert f"|tables:{edition}|" in scores.signature
    table = tmp_path / "tables" / "courts.csv"
    table.write_text(COURTS.replace("Bundesgerichtshof|", ""), "utf-8")
    os.utime(table, ns=(1, 1))
    changed = score([gold], [system], scheme=scheme, resamples=0).systems[0]
    assert changed.values["COURT"].fields["court_accuracy"] == 0 and changed.signature != scores.signature


def test_pickers_offer_the_names_in_the_text_in_any_script_and_list_the_whole_table(scheme: Scheme) -> None:
    plain = document(scheme)
    assert [offer.id for offer in table_offers(plain, source(scheme))] == ["bgh", "olg-m", "va", "zgf"]
    [(name, authority)] = list_sources(scheme).items()
    assert name == "table_courts" and "/" not in name
    listed = json.loads(list_content(authority, ()))
    assert listed[0]["value"] == "All entries of the table"
    assert {"value": "Bundesgerichtshof (BGH) · federal", "alias": "bgh"} in listed
    config = labeling_config(scheme, lists={name: "/data/x"})
    assert 'value="$table_courts"' in config and "COURT.court.list" in config
    data = task_lists(scheme).data(plain)
    assert [item["alias"] for item in data[name]] == ["bgh", "olg-m", "va", "zgf"]
    mark = {"id": "r", "value": {"start": 4, "end": 7, "text": "BGH"}, "to_name": "text"}
    results = [
        {**mark, "from_name": "label", "type": "labels", "value": {**mark["value"], "labels": ["COURT"]}},
        {**mark, "from_name": "COURT.court.here", "type": "choices", "value": {**mark["value"], "choices": ["bgh"]}},
    ]
    [span] = spans_of(results, TEXT, scheme).spans
    assert (span.value.court, span.value.kind) == ("bgh", "federal")


def test_lookup_finds_names_of_the_scheme_and_suggests_near_ones(scheme: Scheme, tmp_path: Path, goldspan: Run) -> None:
    found = json.loads(goldspan("lookup", "BGH", "--scheme", str(tmp_path / "scheme.toml"), "--json").stdout)
    assert [entry["id"] for table in found["tables"] for entry in table["entries"]] == ["bgh"]
    missed = goldspan("lookup", "Bundesgerichthof", "--scheme", str(tmp_path / "scheme.toml"), "--label", "COURT")
    assert missed.returncode == 1 and "Did you mean" in missed.stderr and "bgh" in missed.stdout


def test_a_dataset_and_brat_name_the_entities_of_a_table(scheme: Scheme, tmp_path: Path) -> None:
    from goldspan.corpus.formats.mentioned_entities import EntityCounter

    counter = EntityCounter(scheme)
    counter.add(document(scheme, **{"BGH": "bgh", "OLG München": "nobody"}))
    rows = [(row["id"], row["name"], row["kind"], row["mentions"]) for row in counter.rows()]
    assert rows == [("bgh", "Bundesgerichtshof", "federal", 1), ("nobody", None, None, 1)]
    out, _ = written("brat", tmp_path, [document(scheme, BGH="bgh")], scheme)
    [annotations] = out.glob("*.ann")
    assert "Reference T1 courts:bgh" in annotations.read_text("utf-8")
    assert [span.value for span in read("brat", out, scheme)[0].spans] == [scheme.value("COURT", court="bgh")]


@pytest.mark.parametrize("sign", ["\u2028", "\x0b", "\x0c", "\x1d", "\x85"])
def test_a_line_ends_where_a_file_has_a_line_end_only(sign: str, tmp_path: Path) -> None:
    names = f"Court{sign}of Appeal"
    for suffix, separator in ((".csv", ","), (".tsv", "\t")):
        for number, end in enumerate(("\n", "\r\n", "\r")):
            path = tmp_path / f"{number}{suffix}"
            path.write_bytes(end.join([f"id{separator}names", f"a{separator}{names}", f"b{separator}B", ""]).encode())
            assert [(row.id, row.names) for row in read_entity_file(str(path)).rows] == [("a", (names,)), ("b", ("B",))]
            text = path.read_bytes().decode().replace("names", "name").replace(",", "\t")
            rows = list(parse_rows(text, ("id", "name")))
            assert rows == [(2, {"id": "a", "name": names}), (3, {"id": "b", "name": "B"})]
