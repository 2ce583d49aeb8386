"""Files of every version are read to the same content for ever, and those of a newer one are never half understood."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from goldspan.annotate.runner.journal import Journal
from goldspan.eval import comparable, load_scores
from goldspan.schema import VALUE_TYPES, Document, GoldspanError, InvalidAnnotation, Layer, Metadata, Span, load_scheme
from goldspan.schema.document import Decision, Zone
from goldspan.workflows import replay_scores

from ..command import run_here
from ..conftest import Run, Shared
from . import contents
from .kept_files import CONTENTS, FILES, READ, make_files, read_files

VERSIONS = sorted(path.name for path in FILES.iterdir())
KEPT = {version: json.loads(gzip.decompress((FILES / version / CONTENTS).read_bytes())) for version in VERSIONS}
CASES = [(version, name) for version, said in KEPT.items() for name in said]


def differences(then: Any, now: Any, path: str = "") -> list[str]:
    """What is not as it was; an object may have gained keys."""
    if isinstance(then, Mapping) and isinstance(now, Mapping):
        return [
            line for key, part in then.items() for line in differences(part, now.get(key, "nothing"), f"{path}.{key}")
        ]
    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        return [
            line for n, pair in enumerate(zip(then, now, strict=True)) for line in differences(*pair, f"{path}.{n}")
        ]
    return [] if then == now and type(then) is type(now) else [f"{path}: {then!r} then, {now!r} now"]


@pytest.mark.parametrize(("version", "name"), CASES)
def test_a_file_of_any_version_says_what_it_said_then(version: str, name: str) -> None:
    assert differences(KEPT[version][name], json.loads(json.dumps(READ[name](FILES / version)))) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_files_of_a_version_are_small(version: str) -> None:
    assert sum(path.stat().st_size for path in (FILES / version).rglob("*") if path.is_file()) <= 200_000


@pytest.mark.parametrize("version", VERSIONS)
def test_formats_that_lose_nothing_say_the_same(version: str) -> None:
    said = KEPT[version]
    for name in ("records.parquet", "records.conll", "brat", "studio"):
        assert said[name] == said["records.jsonl"]
    assert said["draft.parquet"] == said["draft.jsonl"]


@pytest.mark.parametrize("version", VERSIONS)
def test_old_scores_are_made_again_or_it_is_said_what_changed(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FILES / version)
    replay = replay_scores("scores.json.gz", scheme=load_scheme("scheme.toml"))
    assert replay.equal or replay.reasons()
    assert comparable("scores.json.gz", load_scores("scores.json.gz")["second"])


@pytest.mark.parametrize("version", VERSIONS)
def test_a_run_over_shards_of_any_version_continues(version: str, tmp_path: Path, goldspan: Run) -> None:
    folder = shutil.copytree(FILES / version, tmp_path / "files")
    assert goldspan("corpus", "shard", "ada.jsonl", "--out", "articles", "--documents", "6", cwd=folder).returncode == 0
    done = goldspan("annotate", "articles", "--out", "shards", "--extractor", "dictionary:words.csv", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert [record["id"] for record in READ["shards"](folder)[0]] == [
        record["id"] for record in KEPT[version]["shards"][0]
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_agreement_as_data_has_all_keys_that_it_had(version: str) -> None:
    folder = FILES / version
    now = json.loads(run_here("agree", "ada.jsonl", "ben.jsonl", "--json", "--names", cwd=folder).stdout)
    assert [line for line in differences(KEPT[version]["agreement.json"], now) if line.endswith("'nothing' now")] == []


@pytest.fixture(scope="module")
def made(shared: Shared) -> Path:
    return shared("files of this version", make_files)


def test_what_this_version_makes_it_reads(made: Path) -> None:
    assert dict(read_files(made)) == json.loads(gzip.decompress((made / CONTENTS).read_bytes()))
    assert set(READ) == {name for said in KEPT.values() for name in said}, "make the files of this version"


def _set_fields(items: list[dict[str, Any]]) -> set[str]:
    return {key for item in items for key, value in item.items() if value not in (None, False, [], {})}


def test_the_files_have_every_field_and_every_type_of_value(made: Path) -> None:
    files = ("records.jsonl", "draft.jsonl", "standoff/standoff.jsonl")
    documents = [
        json.loads(line)
        for name in files
        for line in next(iter((made).glob(name.replace("standoff.jsonl", "*")))).read_text("utf-8").splitlines()
    ]
    layers = [document["layer"] for document in documents if document.get("layer")]
    spans = [span for document in documents for span in document["spans"]]
    kinds: dict[type, list[dict[str, Any]]] = {
        Document: documents,
        Metadata: [document["meta"] for document in documents if "meta" in document],
        Zone: [zone for document in documents for zone in document.get("zones", ())],
        Span: spans,
        Decision: [span["decision"] for span in spans if "decision" in span],
        Layer: layers,
        InvalidAnnotation: [item for layer in layers for item in layer.get("invalid_annotations", ())],
    }
    for kind, items in kinds.items():
        names = {field.name for field in msgspec.structs.fields(kind)}
        assert _set_fields(items) | {"start"} >= names, (
            f"{kind.__name__}: {names - _set_fields(items)} of {contents.__name__}"
        )
    scheme = load_scheme(made / "scheme.toml")
    assert {field.type.name for label in scheme.labels.values() for field in label.fields.values()} == set(VALUE_TYPES)
    valued = {(span["label"], key) for span in spans for key, part in (span["value"] or {}).items() if part is not None}
    keys = {
        (label.name, key.name)
        for label in scheme.labels.values()
        for field in label.fields.values()
        for key in field.keys
    }
    assert keys - valued <= {("TOLL", "max")}


def test_files_of_a_version_are_never_replaced(made: Path) -> None:
    before = (made / CONTENTS).stat()
    with pytest.raises(FileExistsError):
        make_files(made)
    assert (made / CONTENTS).stat() == before


Edit = Callable[[Path], None]


def replaced(name: str, old: str, new: str) -> Edit:
    def edit(folder: Path) -> None:
        path = next(iter(sorted(folder.glob(name))))
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


def with_column(name: str) -> Edit:
    def edit(folder: Path) -> None:
        path = next(iter(sorted(folder.glob(name))))
        table = pq.read_table(path)
        pq.write_table(table.append_column("newer", pa.array(["x"] * len(table))), path)

    return edit


def newer_scores(folder: Path) -> None:
    path = folder / "scores.json.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b'"version": 1,', b'"version": 2,', 1)))


KEY = "has an unknown key `newer`"
NEWER: dict[str, tuple[str, Edit, str]] = {
    "a key of a record": ("records.jsonl", replaced("records.jsonl", '{"id"', '{"newer":1,"id"'), KEY),
    "a key of a span": ("records.jsonl", replaced("records.jsonl", '{"start":17', '{"newer":1,"start":17'), KEY),
    "a key of a layer": ("records.jsonl", replaced("records.jsonl", '"layer":{', '"layer":{"newer":1,'), KEY),
    "a key of a value": ("records.jsonl", replaced("records.jsonl", '"value":{', '"value":{"newer":1,'), KEY),
    "a label": ("records.jsonl", replaced("records.jsonl", '"label":"PARTY"', '"label":"NEWER"'), "NEWER"),
    "a column": ("records.parquet", with_column("records.parquet"), "newer"),
    "a key of a text-free record": ("standoff", replaced("standoff/*", '{"id"', '{"newer":1,"id"'), KEY),
    "a column of a dataset": ("hf", with_column("hf/spans/*.parquet"), "newer"),
    "a key of a record in brat": ("brat", replaced("brat/goldspan.jsonl", '"record":{', '"record":{"newer":1,'), KEY),
    "a line of brat": ("brat", replaced("brat/goldspan.jsonl", '{"file"', '{"newer":1,"file"'), "newer"),
    "a key of a record in CoNLL": ("records.conll", replaced("records.conll", 'goldspan {"', 'goldspan {"newer":1,"'), KEY),
    "a key of a task": ("studio", replaced("studio/*", '"record":{', '"record":{"newer":1,'), "newer"),
    "a key of a layer in a task": ("studio", replaced("studio/*", '"layer":{', '"layer":{"newer":1,'), "newer"),
    "a key of a scheme": ("scheme.toml", replaced("scheme.toml", "version = 1", "version = 1\nnewer = 1"), "newer: unknown key"),
    "a type of value": ("scheme.toml", replaced("scheme.toml", '"boolean"', '"newer"'), "newer"),
    "a key of a map": ("map.toml", replaced("map.toml", "where", "newer = 1\nwhere"), "unknown key"),
    "an option": ("goldspan.toml", replaced("goldspan.toml", "seed = 7", "newer = 7"), "newer"),
    "a key of a decision": ("decisions.jsonl", replaced("decisions.jsonl", '{"document"', '{"newer":1,"document"'), "newer"),
    "a key of a question": ("answers.jsonl", replaced("answers.jsonl", '{"document"', '{"newer":1,"document"'), "newer"),
    "a key of a suppression": ("suppressed.jsonl", replaced("suppressed.jsonl", '{"check"', '{"newer":1,"check"'), "newer"),
    "a plan": ("plan.json", replaced("plan.json", '"version": 1', '"version": 2, "newer": 1'), "unsupported plan version 2. Fix: this version of goldspan reads 1"),
    "a key of a plan": ("plan.json", replaced("plan.json", '"version": 1', '"version": 1, "newer": 1'), "newer"),
    "a key of a part's task": ("parts.json", replaced("parts.json", '"content": ', '"newer": 1, "content": '), "newer"),
    "a key of a withdrawal": ("withdrawals", replaced("withdrawals/*.jsonl", '{"date"', '{"newer":1,"date"'), "newer"),
    "a key of a key": ("names", replaced("names/names.json", '"pseudonyms"', '"newer": 1, "pseudonyms"'), "newer"),
    "scores": ("scores.json.gz", newer_scores, "has version 2 of the format, and this goldspan reads version 1. Fix: install the goldspan that wrote it"),
    "the state of a run": ("shards", replaced("shards/_goldspan/run.json", '"run"', '"newer": 1, "run"'), "run.json: not the state of a run as this version of goldspan writes it"),
    "the state of a shard": ("shards again", replaced("shards/_goldspan/part-00000*.json", '{"name"', '{"newer":1,"name"'), "part-00000.jsonl.json: not the state of a run as this version"),
    "a key of a label map": ("labels.toml", replaced("labels.toml", '"*" = ""', '"*" = { newer = 1 }'), "labels.toml"),
}  # fmt: skip
"""What a file of a newer version may have, what is read, and what is said of it."""


def again(folder: Path) -> None:
    run = run_here("corpus", "shard", "ada.jsonl", "--out", "articles", "--documents", "6", cwd=folder)
    run = run_here("annotate", "articles", "--out", "shards", "--extractor", "dictionary:words.csv", cwd=folder)
    if run.returncode:
        raise GoldspanError(run.stderr)


@pytest.mark.parametrize("case", NEWER)
def test_a_file_of_a_newer_version_is_refused_with_a_clear_statement(case: str, made: Path, tmp_path: Path) -> None:
    name, edit, said = NEWER[case]
    folder = shutil.copytree(made, tmp_path / "files")
    edit(folder)
    with pytest.raises((GoldspanError, AssertionError)) as refused:
        again(folder) if name == "shards again" else READ[name](folder)
    assert said in str(refused.value) and "Fix: " in str(refused.value)


def test_every_kind_of_file_has_a_newer_one() -> None:
    others = {  # read as those in the table, or by nothing
        *("scheme-2.toml", "pulled.json", "gold.jsonl", "migrated.jsonl", "draft.jsonl", "draft.parquet"),
        *("interrupted", "agreement.json"),
    }
    assert {name.removesuffix(" again") for name, *_ in NEWER.values()} | others == set(READ)


def test_a_journal_of_a_newer_version_is_not_continued(made: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(made, tmp_path / "files")
    replaced("interrupted/.out.jsonl.run.unfinished", '{"run"', '{"newer":1,"run"')(folder)
    problems, done, left, lines = READ["interrupted"](folder)
    assert (problems, done, lines) == ([], 0, []) and len(left) == 12
    assert Journal.__doc__ is not None and "A journal of a different run is not resumed" in Journal.__doc__
