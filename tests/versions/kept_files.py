"""How the files of a version are made, all by goldspan itself, and how what they say is read."""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import chdir
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from goldspan.annotate.label_studio.mapping.task_parts import TaskPart
from goldspan.annotate.label_studio.mapping.tasks import document_from_task, make_task
from goldspan.annotate.label_studio.sync.assignment import read_plan
from goldspan.annotate.label_studio.sync.parts.part_results import part_of_task
from goldspan.annotate.runner.journal import Journal
from goldspan.annotate.runner.outcome import AnnotationOutcome
from goldspan.cli.configuration import load
from goldspan.cli.option_schema import option_schema
from goldspan.corpus.adjudication.decisions import read_decisions
from goldspan.corpus.formats import ReadReport
from goldspan.corpus.formats.conversion import read_any
from goldspan.corpus.inspection.suppressions import read_suppressions
from goldspan.corpus.migration.question_file import read_answers
from goldspan.corpus.parts.text_parts import context_of, cut_document, join_document, part_of_document
from goldspan.corpus.privacy.name_key import read_key, set_pseudonym
from goldspan.corpus.storage.label_map import read_label_map
from goldspan.corpus.storage.shards.run_state import require_complete
from goldspan.corpus.withdrawal.withdrawal_list import LIST_NAME, read_list
from goldspan.eval import load_scores
from goldspan.schema import Document, Problem, RecordCodec, Scheme, load_scheme
from goldspan.workflows.withdrawal.withdraw_documents import undo_withdrawal, withdraw_documents

from ..cli.calls import COMMAND
from ..command import run_here
from ..conftest import write_lines
from . import contents

FILES = Path(__file__).parent / "files"
CONTENTS = "contents.json.gz"
RUN = "what determines the result"


def _run(folder: Path, *words: str, status: int = 0) -> str:
    done = run_here(*words, cwd=folder)
    if done.returncode != status:
        raise AssertionError(f"{words}: {done.returncode}\n{done.stderr}")
    return done.stdout


def make_files(target: Path) -> None:
    """Writes one file of each kind to a folder that does not exist yet, and what they say beside them."""
    if target.exists():
        raise FileExistsError(target)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "files"
        folder.mkdir()
        _make(folder)
        with gzip.GzipFile(folder / CONTENTS, "wb", mtime=0) as stream:
            stream.write(json.dumps(dict(read_files(folder)), ensure_ascii=False, sort_keys=True).encode())
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(folder, target)


def _make(folder: Path) -> None:
    texts = {
        "scheme.toml": contents.SCHEME, "scheme-2.toml": contents.NEXT_SCHEME, "small.toml": contents.SMALL_SCHEME, "map.toml": contents.MAP,
        "courts.csv": contents.COURTS, "words.csv": contents.WORDS, "goldspan.toml": contents.CONFIGURATION,
        "about.toml": contents.ABOUT, "labels.toml": contents.LABEL_MAP,
    }  # fmt: skip
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    scheme = load_scheme(folder / "scheme.toml")
    write_lines(folder / "as-written.jsonl", *contents.records(scheme.fingerprint))
    for name in ("ada", "ben", "cy"):
        write_lines(folder / f"{name}.jsonl", *contents.plain_records(name))
    write_lines(folder / "suppressed.jsonl", *contents.SUPPRESSED)
    # the configuration names the scheme of all calls
    for form, out in {
        "jsonl": "records.jsonl",
        "parquet": "records.parquet",
        "standoff": "standoff",
        "conll": "records.conll",
    }.items():
        _run(folder, "export", "as-written.jsonl", "--to", form, "--out", out, "--names")
    for form in ("brat", "studio"):
        _run(folder, "export", "as-written.jsonl", "--to", form, "--out", form, "--names")
    (folder / "pulled.json").write_text(json.dumps(_as_pulled(folder / "studio" / "tasks.json")), encoding="utf-8")
    write_lines(folder / "small.jsonl", *contents.small_records())
    _run(
        folder,
        "export",
        "small.jsonl",
        "--to",
        "hf",
        "--out",
        "hf",
        "--metadata",
        "about.toml",
        "--scheme",
        "small.toml",
    )
    write_lines(folder / "draft.jsonl", contents.draft_record())
    _run(folder, "convert", "draft.jsonl", "--out", "draft.parquet")
    _run(folder, "corpus", "shard", "ada.jsonl", "--out", "articles", "--documents", "6")
    _run(folder, "annotate", "articles", "--out", "shards", "--extractor", "dictionary:words.csv")
    _run(
        folder,
        "adjudicate",
        "ada.jsonl",
        "ben.jsonl",
        "--out",
        "undecided.jsonl",
        "--conflicts",
        "conflicts.jsonl",
        status=1,
    )
    lines = [json.loads(line) for line in (folder / "conflicts.jsonl").read_text("utf-8").splitlines()]
    decided = {"by": "cy", "reason": "the whole number"}
    write_lines(folder / "decisions.jsonl", *({**line, "choose": "ada", **decided} for line in lines[:-1]),
                {**lines[-1], "spans": [{"start": 10, "end": 17, "label": "TOLL", "value": None}], "extra": {"k": 1}, **decided})  # fmt: skip
    _run(folder, "adjudicate", "ada.jsonl", "ben.jsonl", "--decisions", "decisions.jsonl", "--out", "gold.jsonl")
    (folder / "agreement.json").write_text(
        _run(folder, "agree", "ada.jsonl", "ben.jsonl", "--json", "--names"), encoding="utf-8"
    )
    _run(folder, "score", "gold.jsonl", "first=ada.jsonl", "first=ben.jsonl", "second=cy.jsonl", "--by", "month", "--measures", "iou@0.5,clusters.lea",
         "--test", "spans.partial.micro.f1", "--labels", "SITE,TOLL", "--resamples", "50", "--out", "scores.json.gz")  # fmt: skip
    migrate = ("schema", "migrate", "scheme.toml", "scheme-2.toml", "as-written.jsonl", "--map", "map.toml")
    _run(folder, *migrate, "--out", "migrated.jsonl", "--questions", "answers.jsonl", status=1)
    questions = [json.loads(line) for line in (folder / "answers.jsonl").read_text("utf-8").splitlines()]
    write_lines(folder / "answers.jsonl", *({**line, "answer": line["options"][0], "by": "cy"} for line in questions))
    _run(folder, *migrate, "--out", "migrated.jsonl", "--questions", "answers.jsonl")
    _make_plan(folder)
    _make_journal(folder, scheme)
    _make_parts(folder, scheme)
    _make_withdrawals(folder / "withdrawals", scheme)
    _make_key(folder / "names")
    # of a dataset, what nothing reads and is large
    for name in ("undecided.jsonl", "conflicts.jsonl", "small.jsonl", "hf/croissant.json", "hf/statistics.png"):
        (folder / name).unlink()
    for name in ("articles", "hf/tokens"):
        shutil.rmtree(folder / name)
    for path in (*folder.rglob("*.lock"), *folder.rglob("lock")):
        path.unlink()


def _as_pulled(tasks: Path) -> list[dict[str, Any]]:
    """Tasks as Label Studio exports them, with what the server adds."""
    found: list[dict[str, Any]] = json.loads(tasks.read_text("utf-8"))
    for number, task in enumerate(found, 1):
        task |= {"id": number, "project": 1, "updated_at": "2024-05-06T07:08:09.000000Z", "meta": {}}
        suggested = task.pop("predictions", [])
        for annotation in task.setdefault("annotations", [{"result": one["result"]} for one in suggested]):
            annotation |= {
                "id": number,
                "completed_by": {"id": 1, "email": "ada@example.org"},
                "created_at": "2024-05-06T07:08:09.000000Z",
                "lead_time": 12.5,
            }
    return found


def _make_plan(folder: Path) -> None:
    from goldspan.annotate.label_studio.sync.assignment import make_plan, write_plan

    documents = list(_documents(folder / "ada.jsonl", load_scheme(folder / "scheme.toml")))
    plan = make_plan(documents, ["ada", "ben"], title="Field notes", overlap=1.5, blind=0.25)
    write_plan(folder / "plan.json", msgspec.structs.replace(plan, left=("ben",)))


def _make_journal(folder: Path, scheme: Scheme) -> None:
    """Leaves the journal of a run that was interrupted after two documents and a failure."""
    (folder / "interrupted").mkdir()
    journal = Journal(folder / "interrupted" / "out.jsonl", RUN)
    documents = [d.with_hash() for d in _documents(folder / "ada.jsonl", scheme)]
    _, _, remaining = journal.replay(documents)
    failed = Problem("the extractor failed", "look at it", document=documents[1].id)
    for number, document in zip(range(3), remaining, strict=False):
        if number == 1:
            journal.add(AnnotationOutcome(None, failed, text_sha256=document.text_sha256))
        else:
            journal.add(AnnotationOutcome(RecordCodec(scheme).encode(document)))
    journal.close()


def _make_parts(folder: Path, scheme: Scheme) -> None:
    """Writes the tasks of a document in parts, as a push sends them."""
    document = RecordCodec(scheme).from_mapping(contents.long_record())
    tasks = []
    for number, place in enumerate(cut_document(document, contents.PART_SIZE), 1):
        part = TaskPart(place, partial(context_of, document.text or "", place))
        task = make_task(part_of_document(document, place), {}, scheme)
        tasks.append({"id": number, "data": replace(task, part=part).data()})
    (folder / "parts.json").write_text(json.dumps(tasks), encoding="utf-8")


def _make_withdrawals(folder: Path, scheme: Scheme) -> None:
    """Leaves the list of a project in which documents were withdrawn, one of them for a while."""
    folder.mkdir()
    (folder / "goldspan.toml").touch()
    write_lines(folder / "corpus.jsonl", *contents.plain_records("ada", 2))
    first, second, *_ = (record["id"] for record in contents.plain_records("ada", 2))
    with chdir(folder):
        withdraw_documents([first], "the licence ended", scheme, asked_by="publisher", today=lambda: date(2024, 5, 6))
        withdraw_documents(
            [second, "https://news.example/x"], "by a mistake", scheme, unseen=True, today=lambda: date(2024, 5, 7)
        )
        undo_withdrawal([second], "it was one", today=lambda: date(2024, 5, 8))
    for name in ("goldspan.toml", "corpus.jsonl"):
        (folder / name).unlink()


def _make_key(folder: Path) -> None:
    """Leaves a key to pseudonyms, with a person of two names."""
    for name, pseudonym in {"ada": "annotator-2", "ben": "annotator-1", "Ada Ł.": "annotator-2"}.items():
        set_pseudonym(folder / "names.json", name, pseudonym)
    (folder / "names.made").unlink()


def _documents(path: Path, scheme: Scheme) -> Iterator[Document]:
    return read_any(path, scheme, ReadReport())


Read = Callable[[Path], Any]


def _records(name: str, scheme: str = "scheme.toml", form: str = "") -> Read:
    def read(folder: Path) -> Any:
        loaded = load_scheme(folder / scheme)
        documents = read_any(folder / name, loaded, ReadReport(), name=form)
        return [json.loads(RecordCodec(loaded).encode(document)) for document in documents]

    return read


def _scheme(name: str) -> Read:
    def read(folder: Path) -> Any:
        scheme = load_scheme(folder / name)
        labels = {
            label.name: [label.key, label.colour, {field: value.type.spec() for field, value in label.fields.items()}]
            for label in scheme.labels.values()
        }
        return [
            scheme.ref,
            scheme.fingerprint,
            scheme.guidelines,
            scheme.overlap,
            scheme.word_boundaries,
            labels,
            dict(scheme.zones),
        ]

    return read


def _scores(folder: Path) -> Any:
    scores = load_scores(folder / "scores.json.gz")
    return [scores.to_dict(documents=True), dict(scores.settings), dict(scores.sources)]


def _journal(folder: Path) -> Any:
    with tempfile.TemporaryDirectory() as name:  # a journal is rewritten when it is read
        copy = shutil.copytree(folder / "interrupted", Path(name) / "interrupted")
        documents = [d.with_hash() for d in _documents(folder / "ada.jsonl", load_scheme(folder / "scheme.toml"))]
        journal = Journal(copy / "out.jsonl", RUN)
        problems, done, remaining = journal.replay(documents)
        left = [document.id for document in remaining]
        lines = [json.loads(line) for line in journal.lines()]
        journal.close()
        return [[str(problem) for problem in problems], done, left, lines]


def _shards(folder: Path) -> Any:
    require_complete(str(folder / "shards"))
    states = sorted((folder / "shards" / "_goldspan").glob("*.json"))
    return [_records("shards")(folder), [json.loads(path.read_bytes()) for path in states]]


def _configuration(folder: Path) -> Any:
    found = load(folder / "goldspan.toml", option_schema(COMMAND), named=True)
    shown = {name: settings for name, settings in found.defaults.items() if name == "score"}
    return json.loads(json.dumps(shown, default=str).replace(str(folder), "."))


def _migration(folder: Path) -> Any:
    """What the map and the answers make of the records, by the library."""
    with tempfile.TemporaryDirectory() as name:
        copy = shutil.copytree(folder, Path(name) / "files")
        _run(
            copy,
            "schema",
            "migrate",
            "scheme.toml",
            "scheme-2.toml",
            "as-written.jsonl",
            "--map",
            "map.toml",
            "--out",
            "again.jsonl",
            "--questions",
            "answers.jsonl",
        )
        _run(
            copy,
            "schema",
            "migrate",
            "scheme.toml",
            "scheme-2.toml",
            "migrated.jsonl",
            "--map",
            "map.toml",
            "--out",
            "back.jsonl",
            "--reverse",
        )
        return [_records("again.jsonl", "scheme-2.toml")(copy), _records("back.jsonl")(copy)]


def _parts(folder: Path) -> Any:
    """What the tasks say of their parts, and the document that these make up."""
    scheme = load_scheme(folder / "scheme.toml")
    tasks = json.loads((folder / "parts.json").read_text("utf-8"))
    parts = []
    for task in tasks:
        place = part_of_task(task["data"])
        assert place is not None
        parts.append((place, document_from_task(task["data"], task["id"], scheme)))
    whole = RecordCodec(scheme).encode(join_document(parts))
    return [[msgspec.to_builtins(place) for place, _ in parts], json.loads(whole)]


def _key(folder: Path) -> Any:
    with tempfile.TemporaryDirectory() as name:  # only its owner may read a key, and git does not keep that
        copy = Path(shutil.copy(folder / "names" / "names.json", name))
        copy.chmod(0o600)
        key = read_key(copy)
    assert key is not None
    return dict(key.pseudonyms)


READ: dict[str, Read] = {
    "scheme.toml": _scheme("scheme.toml"),
    "scheme-2.toml": _scheme("scheme-2.toml"),
    "records.jsonl": _records("records.jsonl"),
    "records.parquet": _records("records.parquet"),
    "standoff": _records("standoff"),
    "records.conll": _records("records.conll"),
    "brat": _records("brat"),
    "studio": _records("studio"),
    "pulled.json": _records("pulled.json"),
    "hf": _records("hf", "small.toml"),
    "draft.jsonl": _records("draft.jsonl"),
    "draft.parquet": _records("draft.parquet"),
    "gold.jsonl": _records("gold.jsonl"),
    "migrated.jsonl": _records("migrated.jsonl", "scheme-2.toml"),
    "map.toml": _migration,
    "shards": _shards,
    "interrupted": _journal,
    "decisions.jsonl": lambda folder: msgspec.to_builtins(
        read_decisions(folder / "decisions.jsonl", load_scheme(folder / "scheme.toml"))
    ),
    "answers.jsonl": lambda folder: sorted(map(str, read_answers(folder / "answers.jsonl").values())),
    "suppressed.jsonl": lambda folder: [
        [item.check, item.document, item.start, item.end, item.reason]
        for item in read_suppressions(folder / "suppressed.jsonl")
    ],
    "parts.json": _parts,
    "withdrawals": lambda folder: [msgspec.to_builtins(line) for line in read_list(folder / "withdrawals" / LIST_NAME)],
    "names": _key,
    "plan.json": lambda folder: msgspec.to_builtins(read_plan(folder / "plan.json")),
    "scores.json.gz": _scores,
    "agreement.json": lambda folder: json.loads((folder / "agreement.json").read_text("utf-8")),
    "goldspan.toml": _configuration,
    "labels.toml": lambda folder: dict(
        read_label_map(folder / "labels.toml", load_scheme(folder / "scheme.toml")).labels
    ),
}
"""What the files of a version say, as JSON, by the file or folder."""


def read_files(folder: Path) -> Iterator[tuple[str, Any]]:
    """Yields what each file that this version can make says."""
    for name, read in READ.items():
        yield name, json.loads(json.dumps(read(folder)))
