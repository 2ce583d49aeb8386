"""The files that the calls of `option_table` name: small, and each with what an option can change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from goldspan.annotate.label_studio.sync.assignment import make_plan, write_plan
from goldspan.corpus import read_records
from goldspan.corpus.formats import LossReport, load_writer
from goldspan.eval import score
from goldspan.schema import conflict_scheme

from ..conftest import record, span, write_lines
from ..schema.test_scheme_file import DISASTER

TEXT = "Iran struck Goma on Friday, the army said, and nobody was hurt there. "
IRAN = span(0, 4, "ACTOR", {"kind": "state", "id": "IRN"})
GOMA = span(12, 16, "LOCATION", {"kind": "settlement", "id": "geonames:216281", "country": "COD"})
"""Found by the rules, as is Iran."""


def lay_out(folder: Path) -> Path:
    """Writes the files to a folder, and answers it."""
    scheme = conflict_scheme()

    def layer(name: str, *spans: Any, file: str = "", ids: str = "ab", text: str = TEXT) -> None:
        lines = [record(n, text + n, spans=list(spans), layer={"annotator": name}) for n in ids]
        write_lines(folder / (file or f"{name}.jsonl"), *lines)

    foreign = span(0, 4, "PER")
    layer("gold", IRAN, GOMA, ids="abcdefghijkl")
    layer("sys", IRAN, ids="abcdefghijkl")
    layer("sys", IRAN, file="part.jsonl")
    layer("ann", IRAN, GOMA)
    layer("ben", IRAN)
    layer("cy", IRAN, GOMA, file="review.jsonl")
    layer("sys", foreign, file="foreign.jsonl", ids="abcdefghijkl")
    spoken = [
        record(n, f"Iran fell {n}", spans=[IRAN], meta={"language": tag})
        for n, tag in zip("abc", ("de", "de-AT", "my"), strict=True)
    ]
    write_lines(folder / "tongues.jsonl", *spoken)
    layer("gold", span(5, 11, "ACTOR", {"kind": "armed_group", "id": "nobody-at-all"}), file="odd.jsonl")
    for name in ("gold", "sys"):
        score(folder / "gold.jsonl", folder / f"{name}.jsonl", names=[name], resamples=0).save(folder / f"{name}.json")
    _lay_out_pilot(folder)
    hazard = [span(0, 4, "HAZARD", {"type": "flood"})]
    layer("one", *hazard, file="hazard.jsonl")
    layer("two", *hazard, file="hazard-2.jsonl")
    words = [f"word{n}" for n in range(100)]
    write_lines(folder / "near.jsonl", record("a", " ".join(words)), record("b", " ".join([*words[:-2], "an", "end"])))
    write_lines(folder / "half.jsonl", record("a", TEXT), {"id": "b"})
    write_lines(folder / "x.jsonl", record("a", TEXT))
    weighted = [
        record(n, TEXT, spans=[IRAN] if w > 1 else [], extra={"weight": w})
        for n, w in zip("abcd", (1, 2, 3, 4), strict=True)
    ]
    write_lines(folder / "weighted.jsonl", *weighted)
    tagged = {"key": "k", "tokens": ["Iran", "fell"], "ner_tags": ["B-ACTOR", "O"], "other": ["O", "O"]}
    write_lines(folder / "rows.jsonl", tagged)
    dated = [("a", 1), ("b", 1), ("c", 1), ("d", 1), ("e", 1), ("f", 1), ("g", 2), ("h", 2)]
    write_lines(
        folder / "dated.jsonl",
        *(record(n, TEXT, meta={"published": f"2024-0{month}-01"}, extra={"of": "us"}) for n, month in dated),
    )
    answer = {"check": "registry", "start": 5, "end": 11, "reason": "it is right"}
    write_lines(folder / "answers.jsonl", *({**answer, "document": n} for n in "ab"))
    write_lines(folder / "cleared.jsonl", {"check": "name", "found": "ann", "reason": "they agreed"})
    decision = {"start": 12, "end": 16, "choose": "ann", "by": "me", "reason": "it is right"}
    write_lines(folder / "decisions.jsonl", *({**decision, "document": n} for n in "ab"))
    files = {
        "x.txt": TEXT,
        "t.csv": f"id,body\na,{TEXT.replace(',', ' ')}\n",
        "days.csv": f"id;text;published\na;{TEXT};05/10/2023\n",
        "names.csv": "old,new\na,b\nb,a\nc,x\n",
        "tags.txt": f"<p>{TEXT}</p>",
        "spans.csv": "doc,begin,stop,label,other,document_text\na,0,4,ACTOR,LOCATION,Iran struck Goma.\n",
        "own.toml": DISASTER,
        "courts.csv": "id,names,kind\ngoma-court,Goma|Court of Goma,regional\n",
        "courts.toml": 'name = "courts"\nversion = 1\n[labels.COURT]\ndefinition = "C."\n[labels.COURT.fields]\nid = { type = "identifier", table = "courts.csv" }\n',
        "newer.toml": DISASTER.replace('"flood", ', "").replace("version = 2", "version = 3"),
        "migration.toml": '[labels.HAZARD.fields.type.values]\nflood = "storm"\n',
        "rest.toml": 'PRE = "ACTOR"\n"*" = ""\n',
        "map.toml": 'PER = "ACTOR"\n',
        "ill.conll": "Iran\tB-ACTOR\nstruck\tO\nGoma\tI-LOCATION\n",
        "about.toml": 'title = "Of ours"\n',
        "actors.tsv": "id\tkind\tname\naa\tarmed_group\tBlue\nbb\tarmed_group\tarmy said\n",
        "places.tsv": "id\tkind\tname\tlat\tlon\tcountry\nxx\tsettlement\tSmallville\t1\t1\tCOD\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text)
    (folder / "d.spacy").touch()
    (folder / "word.docx").touch()
    book = Workbook()
    for sheet in (book.active, book.create_sheet("second")):
        sheet.append(["text"])
        sheet.append([TEXT + sheet.title])
    book.save(folder / "sheets.xlsx")
    (folder / "split").mkdir()
    (folder / "split" / "a.txt").write_text(TEXT)
    (folder / "split" / "a.ann").write_text("T1\tACTOR 0 4;12 16\tIran Goma\n")
    tasks = {"data": {"text": TEXT, "name": "n"}, "annotations": [{"completed_by": "ann@example.org", "result": []}]}
    (folder / "tasks.json").write_text(json.dumps([tasks]))
    (folder / "latin.csv").write_bytes(
        "id,start,end,label,document_text\na,0,6,ACTOR,Müller struck.\n".encode("latin-1")
    )
    (folder / "latin.txt").write_bytes("Müller struck.".encode("latin-1"))
    gold = list(read_records(folder / "gold.jsonl", scheme))
    made = {"c.conll": "conll", "bare.jsonl": "standoff", "t.parquet": "parquet"}
    for name, form in {**made, "earlier/documents.jsonl": "jsonl"}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        load_writer(form).write(gold, folder / name, scheme, LossReport())
    (folder / "tokens.txt").write_bytes((folder / "c.conll").read_bytes())
    write_plan(folder / "team.json", make_plan(gold, ["ann", "ben"], title="P", blind=0.25))
    write_plan(folder / "apart.json", make_plan(gold, ["ann", "ben"], title="P", servers=True))
    return folder


def _lay_out_pilot(folder: Path) -> None:
    """Write passes over twelve documents that differ, the scores of two of them, and passes under a scheme of one's own."""
    for name, every in {"ada": 7, "bea": 5, "cem": 4, "model": 3}.items():
        lines = []
        for number in range(12):
            spans = [*([IRAN] if number % every else []), *([GOMA] if number % 2 else [])]
            extra = {"weight": 1 + number % 3}
            lines.append(
                record(f"d{number}", TEXT * (1 + number % 2), spans=spans, layer={"annotator": name}, extra=extra)
            )
        write_lines(folder / f"pilot-{name}.jsonl", *lines)
        if name == "model":
            votes = [{"annotator": "vote", "extra": {"vote": {"contested": at % 3}}} for at in range(len(lines))]
            voted = [{**line, "layer": vote} for line, vote in zip(lines, votes, strict=True)]
            write_lines(folder / "pilot-voted.jsonl", *voted)
        flood = span(0, 4, "HAZARD", {"type": "flood"})
        own = [
            record(line["id"], TEXT, spans=[flood] * (len(line["spans"]) > 1), layer=line["layer"]) for line in lines
        ]
        write_lines(folder / f"pilot-own-{name}.jsonl", *own)
    systems = [folder / "pilot-bea.jsonl", folder / "pilot-cem.jsonl", folder / "pilot-model.jsonl"]
    score(folder / "pilot-ada.jsonl", *systems, names=["bea", "cem", "model"], resamples=50).save(folder / "pilot.json")
    score(folder / "pilot-ada.jsonl", *systems[1:], names=["cem", "model"], resamples=50).save(folder / "two.json")
