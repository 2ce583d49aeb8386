"""Withdrawn documents are taken out of all that is not published, and stay out of all that is made later."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import goldspan as library
from goldspan.annotate.label_studio.sync.assignment import make_plan, read_plan, write_plan
from goldspan.corpus import read_records
from goldspan.corpus.formats.format_registry import writable_formats
from goldspan.corpus.storage import file_io
from goldspan.corpus.withdrawal import withdrawal_list
from goldspan.corpus.withdrawal.leftovers import Traces
from goldspan.corpus.withdrawal.same_text import letters_sha256
from goldspan.corpus.withdrawal.withdrawal_list import Withdrawal
from goldspan.schema import DataError, Scheme, conflict_scheme
from goldspan.workflows import convert_file
from goldspan.workflows.withdrawal.server_files import find_exports, find_uploads, put_away
from goldspan.workflows.withdrawal.withdraw_documents import undo_withdrawal, withdraw_documents
from goldspan.workflows.withdrawal.withdrawal_summary import WithdrawalSummary

from ..conftest import Run, record, span, write_lines

ID = "erbil-7731"
TEXT = (
    "Zephyrina Quillfeather told the Ostrogothic Lancers near Wexcombe that the granary had burnt to the ground, "
    "and that nobody in the valley had seen who had come down from the hills in the night to set it on fire.\n"
)
OTHER = "Iran struck three bases near Kyiv on Friday, the army said."
WORDS = (b"Quillfeather", b"Ostrogothic", b"Wexcombe", ID.encode())
LISTED = {"withdrawn.jsonl": {ID.encode()}}
ACTOR = span(32, 51, "ACTOR")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GOLDSPAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (folder / "goldspan.toml").touch()
    return folder


def records(annotator: str = "ada", **more: Any) -> list[dict[str, Any]]:
    layer = {"annotator": annotator}
    spans = [span(0, 4, "ACTOR", {"kind": "state", "id": "IRN"})]
    return [record(ID, TEXT, spans=[ACTOR], layer=layer, **more), record("b", OTHER, spans=spans, layer=layer)]


def withdraw(*ids: str, **more: Any) -> WithdrawalSummary:
    return withdraw_documents(ids or [ID], "the publisher asked", conflict_scheme(), **more)


def unpacked(path: Path) -> Iterator[bytes]:
    """The bytes of a file, and what they unpack to."""
    data = path.read_bytes()
    yield data
    if path.suffix == ".zst":
        yield pa.CompressedInputStream(pa.BufferReader(data), "zstd").read()
    elif path.suffix == ".gz":
        yield zlib.decompress(data, 31)
    elif path.suffix == ".spacy":
        yield zlib.decompress(data)
    elif path.suffix == ".parquet":
        yield repr(pq.read_table(path).to_pylist()).encode()
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from (archive.read(name) for name in archive.namelist())


def traces(folder: Path) -> dict[str, set[bytes]]:
    """What tells of the document, by file; names of files count."""
    found = {}
    for path in (path for path in folder.rglob("*") if path.is_file()):
        parts = [*unpacked(path), path.name.encode()]
        if words := {word for word in WORDS if any(word in part for part in parts)}:
            found[path.relative_to(folder).as_posix()] = words
    return found


def lay_out(folder: Path, goldspan: Run) -> None:
    """Puts the document wherever a project keeps documents."""
    corpus = write_lines(folder / "corpus.jsonl", *records())
    write_lines(folder / "passes.jsonl", *records("ben"))
    for name in ("corpus.jsonl.gz", "corpus.parquet", "again.jsonl.zst"):
        assert goldspan("corpus", "merge", corpus, "--out", folder / name).returncode == 0
    assert goldspan("corpus", "shard", corpus, "--out", folder / "shards", "--documents", 1).returncode == 0
    decision = {"document": ID, "start": 32, "end": 51, "context": f"the [{TEXT[32:51]}] near", "choose": "ada"}
    rest = {"by": "me", "reason": "it is right"}
    write_lines(folder / "decisions.jsonl", {**decision, **rest}, {**decision, **rest, "document": "b", "context": "x"})
    write_lines(folder / "answers.jsonl", {"check": "registry", "document": ID, "start": 32, "end": 51, "reason": "x"})
    write_plan(folder / "plan.json", make_plan(read_records(corpus, conflict_scheme()), ["ada", "ben"], title="P"))
    assert goldspan("convert", corpus, "--out", folder / "task.jsonl").returncode == 0
    task = {"id": 4, "data": {"doc_id": ID, "text": TEXT}, "annotations": []}
    (folder / "export.json").write_text(json.dumps([task, {**task, "data": {"doc_id": "b", "text": OTHER}}]))
    work = {"task": 4, "name": ID, "data": task["data"], "annotations": [], "updated": "x"}
    header = {"server": "http://x", "project": 1, "since": "", "known": ["ACTOR Ostrogothic Lancers"]}
    stored = {"task": 4, "updated": "x", "users": [1], "done": 0, "late": False, "work": work}
    with file_io.open_writer(str(folder / ".work.zst")) as cache:
        cache.writelines(json.dumps(line).encode() + b"\n" for line in (header, stored))
    journal = folder / ".out.jsonl.unfinished"
    write_lines(journal, *records("rules"))
    write_lines(
        folder / ".out.jsonl.run.unfinished", {"run": "x"}, {"at": 0, "id": ID, "what": "w", "text_sha256": "0"}
    )
    (folder / "audit.csv").write_text(f'document,span,words\n{ID},T1,Ostrogothic Lancers\nb,T1,"Ir""an"\n')


def test_every_place_of_a_project_is_searched_and_nothing_is_left_in_it(project: Path, goldspan: Run) -> None:
    lay_out(project, goldspan)
    places = set(traces(project))
    planned = json.loads(goldspan("withdraw", ID, "--reason", "x", "--dry-run", "--json").stdout)
    assert {Path(path).as_posix() for path in planned["removed"]} == places
    assert set(traces(project)) == places
    done = goldspan("withdraw", ID, "--reason", "the publisher asked", "--asked-by", "publisher")
    assert (done.returncode, traces(project)) == (0, LISTED), done.stderr
    assert "datasets that were published" in done.stderr and "backups" in done.stderr
    kept = {path.name: list(read_records(path, conflict_scheme())) for path in project.glob("*corpus*")}
    assert {tuple(document.id for document in documents) for documents in kept.values()} == {("b",)}
    assert list(read_plan(project / "plan.json").documents) == ["b"]
    assert (project / "audit.csv").read_text() == 'document,span,words\nb,T1,"Ir""an"\n'
    again = goldspan("withdraw", ID, "--reason", "another reason")
    assert "taken out of: 0 files" in again.stdout
    [line] = (project / "withdrawn.jsonl").read_text("utf-8").splitlines()
    assert TEXT[:20] not in line and json.loads(line)["reason"] == "the publisher asked"
    assert json.loads(line)["length"] == len(TEXT) and json.loads(line)["asked_by"] == "publisher"


WRITERS = sorted(form.name for form in writable_formats())


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", WRITERS)
def test_no_format_is_written_with_a_withdrawn_document(name: str, project: Path, scheme: Scheme) -> None:
    gold = write_lines(project / "gold.jsonl", *records())
    aside = project.parent / "aside.jsonl"
    shutil.copy(gold, aside)
    assert library.export(aside, project.parent / "before" / name, name, scheme=scheme).documents == 2
    assert traces(project.parent / "before")
    withdraw()
    summary = library.export(aside, project / "out" / name, name, scheme=scheme)
    assert (summary.documents, summary.withdrawn.left_out.total()) == (1, 1)
    rest = traces(project / "out")
    assert set(rest) <= {f"{name}/README.md"}, rest  # the card of a dataset names what it leaves out
    assert all(words == {ID.encode()} for words in rest.values())


def test_whatever_makes_a_corpus_leaves_it_out_and_says_why(project: Path, goldspan: Run) -> None:
    source = project.parent / "source"
    (source / "articles").mkdir(parents=True)
    (source / "articles" / f"{ID}.txt").write_text(TEXT)
    (source / "articles" / "wrapped.txt").write_text(TEXT.replace(" ", "\n  "))
    (source / "articles" / "b.txt").write_text(OTHER)
    ada, ben = (write_lines(source / f"{name}.jsonl", *records(name)) for name in ("ada", "ben"))
    write_lines(project / "corpus.jsonl", *records())
    withdraw()
    calls = {
        "built.jsonl": ("corpus", "build", source / "articles"),
        "merged.jsonl": ("corpus", "merge", ada),
        "converted.jsonl": ("convert", ada),
        "filtered.jsonl": ("corpus", "filter", ada, "--where", "text~Iran or text~granary"),
        "sampled.jsonl": ("corpus", "sample", ada, "--n", 1),
        "renamed.jsonl": ("corpus", "rename", ada, "--prefix", "x-"),
        "gold.jsonl": ("adjudicate", ada, ben),
        "shards": ("corpus", "shard", ada),
    }
    for out, call in calls.items():
        done = goldspan(*call, "--out", project / out)
        assert "withdrawn document" in done.stderr and "the publisher asked" in done.stderr, (out, done.stderr)
        assert traces(project) == LISTED, out
    assert "the text of 'erbil-7731' under another id" in goldspan(*calls["built.jsonl"], "--out", "o.jsonl").stderr
    alone = write_lines(source / "alone.jsonl", records()[0])
    refused = goldspan("studio", "push", alone)
    assert refused.returncode == 1 and "all it has is withdrawn: 1 document" in refused.stderr
    empty = goldspan("corpus", "build", source / "articles" / f"{ID}.txt", "--out", "none.jsonl")
    assert empty.returncode == 1 and "all it has is withdrawn" in empty.stderr


def test_an_undone_withdrawal_lets_a_document_come_back(project: Path, goldspan: Run) -> None:
    write_lines(project / "corpus.jsonl", *records())
    aside = write_lines(project.parent / "aside.jsonl", *records())
    withdraw()
    assert goldspan("withdraw", "b", "--undo", "--reason", "x").returncode == 2
    done = goldspan("withdraw", ID, "--undo", "--reason", "the licence was renewed")
    assert "no longer withdrawn: 'erbil-7731'" in done.stdout
    lines = [json.loads(line) for line in (project / "withdrawn.jsonl").read_text("utf-8").splitlines()]
    assert [(line["undone"], line["reason"]) for line in lines] == [
        (False, "the publisher asked"),
        (True, "the licence was renewed"),
    ]
    assert goldspan("corpus", "merge", aside, "--out", "corpus.jsonl").stderr == "2 documents -> corpus.jsonl\n"
    assert [item.id for item in withdraw().withdrawals] == [ID]
    assert len((project / "withdrawn.jsonl").read_text("utf-8").splitlines()) == 3


@pytest.mark.parametrize("at", range(4))
def test_a_withdrawal_that_is_cut_off_anywhere_is_completed_by_the_same_call(
    at: int, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("a.jsonl", "b.jsonl", "c.jsonl")
    for name in names:
        write_lines(project / name, *records())
    before = (project / names[0]).read_bytes()
    replace, done = Path.replace, 0

    def cut_off(path: Path, target: Path) -> Path:
        nonlocal done
        if done == at:
            raise KeyboardInterrupt
        done += 1
        return replace(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", cut_off)
        with pytest.raises(KeyboardInterrupt):
            withdraw()
    after = json.dumps(records()[1]).encode() + b"\n"
    assert [(project / name).read_bytes() for name in names] == [after] * (at - 1) + [before] * (3 - max(0, at - 1))
    assert (project / "withdrawn.jsonl").exists() == (at > 0)  # so that nothing comes back meanwhile
    withdraw()
    assert traces(project) == LISTED


def test_published_editions_and_what_only_tells_of_it_are_told_and_stay(project: Path, goldspan: Run) -> None:
    gold = project / "gold"
    for version in ("1.0.0", "next"):
        (gold / version).mkdir(parents=True)
        write_lines(gold / version / "gold.jsonl", *records())
    (gold / "editions.toml").write_text('[[edition]]\nversion = "1.0.0"\n')
    (gold / "CHANGELOG.md").write_text("# Changes\n\n## 1.0.0, 2026-01-01\n\nThe first.\n")
    published = (gold / "1.0.0" / "gold.jsonl").read_bytes()
    (project / "notes.txt").write_text(f"Ask about {TEXT[20:95]}.")
    (project / "article.html").write_text(f"<p>{TEXT}</p>")
    (project / "ids.txt").write_text(f"{ID}\n")
    near = TEXT.replace("on fire", "alight")
    write_lines(project / "near.jsonl", record("near", near))
    summary = withdraw(today=lambda: date(2026, 11, 30))
    assert (gold / "1.0.0" / "gold.jsonl").read_bytes() == published
    assert [Path(path).name for path in summary.removed] == ["gold.jsonl"]
    told = {Path(path).name: what for path, what in summary.traces.items()}
    assert told == {"notes.txt": "passage", "article.html": "text", "ids.txt": "id"}
    assert {Path(path).parent.name: what for path, what in summary.published.items()} == {"1.0.0": "text"}
    assert [(pair.earlier, pair.later) for pair in summary.near] == [(ID, "near")]
    assert list(read_records(project / "near.jsonl", conflict_scheme()))
    line = f"- Left out: `{ID}`, withdrawn on 2026-11-30: the publisher asked\n"
    changelog = f"# Changes\n\n## Next edition\n\n{line}\n## 1.0.0, 2026-01-01\n\nThe first.\n"
    assert (gold / "CHANGELOG.md").read_text() == changelog
    withdraw()
    assert (gold / "CHANGELOG.md").read_text() == changelog
    write_lines(project / "c.jsonl", record("c-7731", "Another text of its own."))
    withdraw("c-7731", today=lambda: date(2026, 12, 1))
    added = line + "- Left out: `c-7731`, withdrawn on 2026-12-01: the publisher asked\n"
    assert (gold / "CHANGELOG.md").read_text() == changelog.replace(line, added)


def test_a_corpus_outside_the_project_has_the_list_beside_it(project: Path, goldspan: Run) -> None:
    outside = project.parent / "outside"
    outside.mkdir()
    corpus = write_lines(outside / "corpus.jsonl", *records())
    assert goldspan("withdraw", ID, "--reason", "x").returncode == 2
    assert goldspan("withdraw", ID, "--reason", "x", "--corpus", outside).returncode == 0
    assert traces(project.parent) == {
        "project/withdrawn.jsonl": {ID.encode()},
        "outside/withdrawn.jsonl": {ID.encode()},
    }
    assert [document.id for document in read_records(outside, conflict_scheme())] == ["b"]
    assert goldspan("corpus", "merge", corpus, "--out", "o.jsonl").returncode == 0


def test_ids_that_are_addresses_are_listed_by_their_hash_alone(project: Path, goldspan: Run) -> None:
    name = "https://news.example/people/jane-doe"
    write_lines(project / "corpus.jsonl", {**records()[0], "id": name})
    aside = write_lines(project.parent / "aside.jsonl", {**records()[0], "id": name, "text": OTHER, "spans": []})
    assert goldspan("withdraw", name, "--reason", "x").returncode == 0
    listed = (project / "withdrawn.jsonl").read_text()
    assert "jane" not in listed and json.loads(listed)["id"] is None
    assert "sha256:" in goldspan("corpus", "merge", aside, "--out", "o.jsonl").stderr
    (project / "withdrawn.jsonl").unlink()
    assert goldspan("withdraw", name, "--reason", "x", "--full-id", "--unseen").returncode == 0
    assert json.loads((project / "withdrawn.jsonl").read_text())["id"] == name


def test_a_dataset_is_searched_in_all_its_columns(project: Path) -> None:
    write_lines(project / "corpus.jsonl", *records())
    dataset = project / "dataset"
    (dataset / "tokens").mkdir(parents=True)
    (dataset / "SHA256SUMS").touch()
    (dataset / "README.md").write_text(f"# A card\n\nAs in: {TEXT}", "utf-8")
    pq.write_table(pa.Table.from_pylist([{"id": "x", "tokens": TEXT.split()}]), dataset / "tokens" / "test.parquet")
    pq.write_table(pa.Table.from_pylist([{"entity": "e", "seen_in": [{"doc": ID}]}]), dataset / "entities.parquet")
    told = {"dataset/README.md": "text", "dataset/tokens/test.parquet": "text", "dataset/entities.parquet": "id"}
    assert withdraw(dry_run=True).published == told


def test_files_of_the_server_beside_its_database_are_deleted_if_they_are_copies_and_told_otherwise(
    project: Path,
) -> None:
    server = Path(os.environ["GOLDSPAN_HOME"]) / "servers" / "default"
    exported, other = ([{"data": {"doc_id": name, "text": text}}] for name, text in ((ID, TEXT), ("b", OTHER)))
    for number, (project_id, content) in enumerate(((1, exported), (1, other), (2, exported))):
        for name, data in (
            (f"project-{project_id}-at-{number}", content),
            (f"project-{project_id}-at-{number}-info", {}),
        ):
            path = server / "data" / "export" / f"{name}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(data), "utf-8")
    upload = server / "data" / "media" / "upload" / "1"
    upload.mkdir(parents=True)
    (upload / "f00-articles.csv").write_text(f'text\n"{TEXT}"\n', "utf-8")
    (upload / "f00-others.csv").write_text(f'text\n"{OTHER}"\n', "utf-8")
    traces = Traces([ID], [TEXT])
    found = [path.name for path in find_exports("default", [1], traces)]
    assert found == ["project-1-at-0.json", "project-1-at-0-info.json"]
    assert {path.name: what for path, what in find_uploads("default", traces).items()} == {"f00-articles.csv": "text"}
    assert put_away("default") == []
    (server / "kept" / "x-before-1.0").mkdir(parents=True)
    assert "upgrade --forget" in put_away("default")[0]


def test_answers_of_models_about_the_text_are_deleted(project: Path) -> None:
    folder = project.parent / "cache" / "goldspan" / "llm"
    folder.mkdir(parents=True)
    for name, quotes in {"a": ["Ostrogothic Lancers", "Wexcombe"], "b": ["Kyiv", "granary"], "c": []}.items():
        content = json.dumps({"spans": [{"label": "ACTOR", "quote": quote} for quote in quotes]})
        (folder / f"{name}.json").write_text(
            json.dumps({"choices": [{"message": {"content": content}, "finish_reason": "stop"}]})
        )
    write_lines(project / "corpus.jsonl", *records())
    assert [Path(path).name for path in withdraw().deleted] == ["a.json"]
    assert sorted(path.name for path in folder.iterdir()) == ["b.json", "c.json"]


def test_a_run_over_shards_makes_those_again_that_lost_a_document(project: Path, goldspan: Run) -> None:
    write_lines(project / "corpus.jsonl", *records())
    assert goldspan("corpus", "shard", "corpus.jsonl", "--out", "shards", "--documents", "1").returncode == 0
    run = ("annotate", "shards", "--extractor", "rules", "--out", "out")
    assert goldspan(*run).returncode == 0
    assert goldspan("withdraw", ID, "--reason", "x").returncode == 0
    assert goldspan(*run).returncode == 0
    assert goldspan("corpus", "stats", "out").returncode == 0
    assert traces(project) == LISTED


@pytest.mark.parametrize("reason, says", {"the " + TEXT[:40]: "quotes the text", " ": "--reason is empty"}.items())
def test_a_reason_says_why_without_words_of_the_text(reason: str, says: str, project: Path, goldspan: Run) -> None:
    write_lines(project / "corpus.jsonl", *records())
    done = goldspan("withdraw", ID, "--reason", reason)
    assert done.returncode == 2 and says in done.stderr and "Fix: " in done.stderr
    assert not (project / "withdrawn.jsonl").exists()


def test_a_damaged_list_stops_whatever_would_have_to_heed_it(project: Path, goldspan: Run) -> None:
    corpus = write_lines(project / "corpus.jsonl", *records())
    (project / "withdrawn.jsonl").write_text('{"id": "x"}\n')
    for call in (("withdraw", ID, "--reason", "x"), ("corpus", "merge", corpus, "--out", "o.jsonl")):
        done = goldspan(*call)
        assert done.returncode == 1 and "withdrawn.jsonl:1: not a withdrawal" in done.stderr
    assert sorted(path.name for path in project.iterdir()) == ["corpus.jsonl", "goldspan.toml", "withdrawn.jsonl"]


UNSEEN = "\u00ad\u034f\u061c\u115f\u180e\u200d\u2066\u3164\ufe0f\uffa0\ufff9\U000e0041\x00\x08\x7f\x85"
SPACES = st.text(f" \t\r\n\u00a0\u200b\ufeff\u2028\u3000{UNSEEN}", max_size=3)
CHANGES: dict[str, Callable[[str], str]] = {"composed": lambda text: text.replace("e\u0301", "\u00e9")}


@given(
    st.lists(
        st.sampled_from(["Iran", "e\u0301tat", "\u062c\u064a\u0634", "\u653b\u51fb", "\U0001f600", "5%"]), min_size=1
    ),
    st.data(),
)
def test_a_text_is_the_same_whatever_its_white_space_and_another_with_another_word(
    words: list[str], data: st.DataObject
) -> None:
    laid_out = "".join(word + data.draw(SPACES) for word in words)
    assert letters_sha256(laid_out) == letters_sha256(" ".join(words)) == letters_sha256(CHANGES["composed"](laid_out))
    assert letters_sha256(f"{laid_out} x") != letters_sha256(laid_out)


@given(SPACES)
def test_an_accent_is_composed_whatever_unseen_stands_before_it(unseen: str) -> None:
    assert letters_sha256(f"e{unseen}\u0301tat") == letters_sha256("\u00e9tat")
    assert letters_sha256(f"e{unseen}tat") != letters_sha256("\u00e9tat")


def test_documents_that_share_nothing_but_white_space_are_not_the_same() -> None:
    assert letters_sha256(" \n\u200b") is None


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_library_counts_what_a_conversion_leaves_out(project: Path, scheme: Scheme) -> None:
    source = write_lines(project / "corpus.jsonl", *records())
    aside = Path(shutil.copy(source, project.parent / "aside.jsonl"))
    withdraw()
    summary = convert_file(aside, "o.jsonl", scheme)
    assert (summary.documents, summary.to_dict()["withdrawn"][0]["reason"]) == (1, "the publisher asked")


def test_the_library_adjudicates_without_it(project: Path) -> None:
    ada, ben = (write_lines(project.parent / f"{name}.jsonl", *records(name)) for name in ("ada", "ben"))
    write_lines(project / "corpus.jsonl", *records())
    withdraw()
    with pytest.warns(UserWarning, match="left out: 2 withdrawn documents"):
        gold = library.adjudicate({"ada": ada, "ben": ben}).gold
    assert [document.id for document in gold] == ["b"]


def test_words_of_a_span_are_no_text_of_a_document(project: Path) -> None:
    short = "Iran entered Goma on Friday."
    write_lines(project / "gold.jsonl", *records(), record("goma-2", short), record("iran", "Iran"))
    rows = [{"document": name, "start": 0, "end": 4, "text": "Iran", "label": "ACTOR"} for name in (ID, "goma-2")]
    others = [{"id": name, "start": 0, "end": 4, "text": "Iran"} for name in (ID, "goma-2")]
    write_lines(project / "decisions.jsonl", *rows, *({"document": row["document"], "text": "Iran"} for row in rows))
    (project / "spans.json").write_text(json.dumps(others))
    pq.write_table(pa.Table.from_pylist(others), project / "spans.parquet")
    (project / "spans.csv").write_text(f"document,text\n{ID},Iran\ngoma-2,Iran\n")
    withdraw(ID, "iran")  # a document whose text is the words of the spans
    listed = [json.loads(line) for line in (project / "withdrawn.jsonl").read_text().splitlines()]
    assert [(line["id"], line["length"]) for line in listed] == [(ID, len(TEXT)), ("iran", 4)]
    left = [json.loads(line) for line in (project / "decisions.jsonl").read_text().splitlines()]
    assert [item["document"] for item in left] == ["goma-2", "goma-2"]
    assert json.loads((project / "spans.json").read_text()) == others[1:]
    assert pq.read_table(project / "spans.parquet").to_pylist() == others[1:]
    assert (project / "spans.csv").read_text() == "document,text\ngoma-2,Iran\n"


def test_what_is_left_in_lists_plans_and_tables_is_searched(project: Path) -> None:
    write_lines(project / "corpus.jsonl", *records())
    words = TEXT.split()
    lists = {"bioc": [{"id": "x", "passages": [{"text": TEXT}]}], "tokens": [{"id": "x", "words": words}]}
    lists["bare"] = lists["tokens"][0]["words"]
    for name, items in lists.items():
        (project / f"{name}.json").write_text(json.dumps(items))
    plan = {"version": 1, "annotators": ["a"], "documents": {"b": [], ID: []}, "note": TEXT}
    (project / "plan.json").write_text(json.dumps(plan))
    (project / "source.csv").write_text(f'url,document\nx,"{TEXT}"\n{ID},Iran\n')
    (project / "ids.json").write_text(json.dumps([{"about": ID}]))
    write_lines(project / "tokens.jsonl", {"key": "x", "words": words})
    write_lines(project / "other.jsonl", {"document": "b", "text": OTHER})
    told = {Path(path).name: what for path, what in withdraw().traces.items()}
    full = ("bioc.json", "tokens.json", "bare.json", "plan.json", "source.csv", "tokens.jsonl")
    assert told == {**dict.fromkeys(full, "text"), "ids.json": "id"}


@pytest.mark.parametrize("undone", [False, True])
def test_two_withdrawals_at_once_are_both_listed(undone: bool, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_lines(project / "corpus.jsonl", *records())
    if undone:
        withdraw("b")
    arrived, read_list = threading.Barrier(2, timeout=2), withdrawal_list.read_list

    def read_at_once(path: Path) -> list[Withdrawal]:
        with contextlib.suppress(threading.BrokenBarrierError):
            arrived.wait()
        return read_list(path)

    monkeypatch.setattr(withdrawal_list, "read_list", read_at_once)  # what is read before the list is written
    (project / "withdrawn.jsonl").touch()
    with ThreadPoolExecutor(2) as pool:
        other = pool.submit(undo_withdrawal, ["b"], "x") if undone else pool.submit(withdraw, "b")
        first = pool.submit(withdraw)
        other.result(), first.result()
    listed = [json.loads(line) for line in (project / "withdrawn.jsonl").read_text("utf-8").splitlines()]
    assert {(line["id"], line["undone"]) for line in listed} >= {(ID, False), ("b", undone)}


def test_a_changelog_that_cannot_be_read_stops_a_withdrawal_before_anything_is_changed(project: Path) -> None:
    corpus = write_lines(project / "corpus.jsonl", *records())
    before = corpus.read_bytes()
    (project / "editions.toml").write_text('[[edition]]\nversion = "1.0.0"\n')
    (project / "CHANGELOG.md").write_bytes("# \u00c4nderungen\n".encode("latin-1"))
    with pytest.raises(DataError, match=r"not UTF-8.*Fix: save it as UTF-8"):
        withdraw()
    assert corpus.read_bytes() == before and not (project / "withdrawn.jsonl").exists()


@pytest.mark.parametrize("other", ["", "- A corpus was added.\n"])
def test_an_undone_withdrawal_is_taken_out_of_the_changelog(other: str, project: Path) -> None:
    write_lines(project / "corpus.jsonl", *records())
    (project / "editions.toml").write_text('[[edition]]\nversion = "1.0.0"\n')
    past = f"## 1.0.0\n\n- Left out: `{ID}`, withdrawn on 2025-01-01: once\n"
    next_one = f"## Next edition\n\n{other}\n" if other else ""
    changelog = project / "CHANGELOG.md"
    changelog.write_text(f"# Changelog\n\n{next_one}{past}")
    before = changelog.read_text()
    withdraw()
    assert changelog.read_text().count("Left out") == 2
    summary = undo_withdrawal([ID], "the licence was renewed")
    assert (changelog.read_text(), summary.changelogs) == (before, ["CHANGELOG.md"])


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_linked_folder_is_told_as_not_reached(project: Path) -> None:
    write_lines(project / "corpus.jsonl", *records())
    (project.parent / "elsewhere").mkdir()
    (project / "inside").mkdir()
    (project / "corpora").symlink_to("../elsewhere")
    (project / "again").symlink_to("inside")
    told = [place for place in withdraw(dry_run=True).unreached if "linked folder" in place]
    assert told == ["the linked folder corpora. Fix: --corpus names what it leads to"]
    unreached = withdraw(dry_run=True, corpora=["../elsewhere"]).unreached
    assert not any("linked folder" in place for place in unreached)
