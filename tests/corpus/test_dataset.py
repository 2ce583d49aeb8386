"""What belongs to a dataset: passes, entities, card, checksums, metadata for machines; and datasets saved to disk."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from goldspan.corpus import load, read_records
from goldspan.corpus.formats import LossReport
from goldspan.corpus.formats.format_export import replace_folder
from goldspan.corpus.formats.native_formats import remove_text
from goldspan.schema import DependencyError, Scheme, layer_fingerprint
from tests.command import run_here
from tests.conftest import Run, Shared, record, span, write_lines

GOLD = Path(__file__).parents[2] / "corpus" / "gold"
EDITION = GOLD / "1.0.1"
PASSES = [EDITION / "passes" / f"reader-{number}.jsonl" for number in (1, 2)]


@pytest.fixture(scope="module")
def dataset(shared: Shared) -> Path:
    """The gold of the seeds with all that belongs to it."""

    def export(out: Path) -> None:
        passes = [part for path in PASSES for part in ("--pass", path)]
        gold = EDITION / "gold.jsonl"
        done = run_here("export", gold, "--to", "hf", "--out", out, "--metadata", GOLD / "about.toml", *passes)
        assert done.returncode == 0, done.stderr

    return shared("seeds-dataset", export)


def rows(dataset: Path, name: str, split: str, tmp_path: Path) -> list[dict[str, Any]]:
    from datasets import load_dataset

    loaded = load_dataset(str(dataset), name, split=split, cache_dir=str(tmp_path / "cache"))
    return [dict(row) for row in loaded]


def head(dataset: Path) -> dict[str, Any]:
    from huggingface_hub import DatasetCard

    return dict(DatasetCard.load(dataset / "README.md").data.to_dict())


def test_passes_hold_each_annotators_layer(dataset: Path, tmp_path: Path, scheme: Scheme) -> None:
    found = rows(dataset, "passes", "test", tmp_path)
    assert sorted((row["pass"], row["id"]) for row in found) == sorted(
        (path.stem, document.id) for path in PASSES for document in read_records(path, scheme)
    )
    for path in PASSES:  # and each comes back as the file that it was
        folder = dataset / "passes" / path.stem
        assert {d.id: d for d in load(folder, form="hf")} == {d.id: d for d in read_records(path, scheme)}
    folds = {row["id"]: row["fold"] for row in rows(dataset, "spans", "test", tmp_path)}
    assert all(row["fold"] == folds[row["id"]] for row in found)


def test_entities_lead_to_outside_sources(dataset: Path, tmp_path: Path, scheme: Scheme) -> None:
    found = {(row["label"], row["id"]): row for row in rows(dataset, "entities", "whole", tmp_path)}
    mentions: dict[tuple[str, str], int] = {}
    for document in read_records(EDITION / "gold.jsonl", scheme):
        for item in document.spans:
            if item.value is not None and (name := getattr(item.value, "id", None)):
                mentions[item.label, name] = mentions.get((item.label, name), 0) + 1
    assert {key: row["mentions"] for key, row in found.items()} == mentions
    assert found["LOCATION", "geonames:276781"]["same_as"] == ["https://sws.geonames.org/276781/"]
    assert (
        found["LOCATION", "SYR"]["same_as"]
        == found["ACTOR", "SYR"]["same_as"]
        == ["https://www.wikidata.org/entity/Q858"]
    )
    assert found["ACTOR", "irn-backed-groups"]["kind"] == "armed_group"
    beirut = found["LOCATION", "geonames:276781"]
    assert beirut["name"] == "Beirut" and beirut["country"] == "LBN" and 33 < beirut["lat"] < 34.5


def test_the_card_says_what_the_data_says(dataset: Path, scheme: Scheme) -> None:
    card = (dataset / "README.md").read_text("utf-8")
    documents = list(read_records(EDITION / "gold.jsonl", scheme))
    assert layer_fingerprint(documents) in card and scheme.fingerprint in card
    assert f"{len(documents)} documents" in card and f"{sum(len(d.spans) for d in documents)} spans" in card
    for label in scheme.labels:
        count = sum(s.label == label for d in documents for s in d.spans)
        valued = sum(s.label == label and s.value is not None for d in documents for s in d.spans)
        assert f"| `{label}` | {count} | {valued} |" in card
    assert "| `reader-1` | language model (Claude) | 5 | 280 | 1.0 | 2026-11-20 |" in card
    assert "not people" in card and "| `reader-1` and `reader-2` | 5 | 1.000 | 1.000 |" in card
    for title in ("Load it", "How it was made", "Agreement", "Limits", "Bias", "Licence", "Identifiers", "Citation"):
        assert f"\n## {title}\n" in card
    assert "@misc{" in card and "version = {1.0.1}" in card
    assert "**The texts belong to their publishers**" in card
    told = head(dataset)
    assert told["license"] == "other" and told["annotations_creators"] == ["machine-generated"]
    assert [item["config_name"] for item in told["configs"]] == ["spans", "tokens", "standoff", "passes", "entities"]
    png = (dataset / "statistics.png").read_bytes()
    assert png.startswith(b"\x89PNG") and "](statistics.png)" in card


def test_checksums_hold_every_file(dataset: Path) -> None:
    lines = (dataset / "SHA256SUMS").read_text("utf-8").splitlines()
    listed = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    files = {p.relative_to(dataset).as_posix() for p in dataset.rglob("*") if p.is_file()} - {"SHA256SUMS"}
    assert listed.keys() == files
    assert all(hashlib.sha256((dataset / name).read_bytes()).hexdigest() == digest for name, digest in listed.items())


# mlcroissant's own affair with rdflib
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
def test_croissant_is_valid_and_its_records_are_the_rows(dataset: Path) -> None:
    import mlcroissant

    described = mlcroissant.Dataset(jsonld=str(dataset / "croissant.json"))
    assert not described.metadata.issues.errors and not described.metadata.issues.warnings
    for name, count in (("spans/test", 5), ("tokens/test", 5), ("passes/reader-1/test", 5), ("entities/whole", 56)):
        found = list(described.records(name))
        assert len(found) == count
    texts = [row["standoff/test/text_sha256"].decode() for row in described.records("standoff/test")]
    assert sorted(texts) == sorted(str(d.text_sha256) for d in load(EDITION / "gold.jsonl"))


def test_a_dataset_without_texts_holds_none(tmp_path: Path, goldspan: Run, scheme: Scheme) -> None:
    out = tmp_path / "bare"
    passes = [part for path in PASSES for part in ("--pass", path)]
    done = goldspan(
        "export",
        EDITION / "gold.jsonl",
        "--to",
        "hf",
        "--out",
        out,
        "--no-text",
        *passes,
        "--metadata",
        GOLD / "about.toml",
    )
    assert done.returncode == 0, done.stderr
    told = head(out)
    assert told["license"] == "cc-by-4.0" and told["configs"][0]["config_name"] == "standoff"
    assert {path.parent.name for path in out.rglob("*.parquet")} == {"standoff", "reader-1", "reader-2", "entities"}
    texts = [document.text or "" for document in read_records(EDITION / "gold.jsonl", scheme)]
    rest = "".join(path.read_text("utf-8") for path in out.iterdir() if path.suffix in (".md", ".json"))
    assert not any(text[200:260] in rest for text in texts)
    assert all(row["text_length"] and "text" not in row for row in rows(out, "passes", "test", tmp_path))
    restored = tmp_path / "restored.jsonl"
    done = goldspan("convert", out, "--from", "hf", "--restore", EDITION / "gold.jsonl", "--out", restored)
    assert done.returncode == 0, done.stderr
    assert {d.id: d for d in read_records(restored, scheme)} == {d.id: d for d in load(EDITION / "gold.jsonl")}


def test_one_pass_gives_no_agreement_and_strange_ones_are_told(tmp_path: Path, goldspan: Run) -> None:
    gold = write_lines(tmp_path / "gold.jsonl", record("a", "Iran struck."))
    other = write_lines(tmp_path / "ann.jsonl", record("a", "Iran struck."), record("b", "Iraq held."))
    done = goldspan("export", gold, "--to", "hf", "--out", tmp_path / "d", "--pass", other)
    assert done.returncode == 0 and "documents of passes that the dataset has not: 1 (first in 'b')" in done.stderr
    assert "Not measured: no two passes over the same documents" in (tmp_path / "d" / "README.md").read_text("utf-8")
    changed = write_lines(tmp_path / "ben.jsonl", record("a", "Iran struck!"))
    done = goldspan("export", gold, "--to", "hf", "--out", tmp_path / "e", "--pass", changed)
    assert done.returncode == 1 and "a different text than the gold" in done.stderr and not (tmp_path / "e").exists()


def test_hostile_words_stay_words_in_the_card(tmp_path: Path, goldspan: Run) -> None:
    from huggingface_hub import DatasetCard
    from markdown_it import MarkdownIt

    name = "<script>alert(1)</script>|[x](javascript:y)`"
    layer = {"annotator": name}
    gold = write_lines(tmp_path / "gold.jsonl", record("a", "Iran.", spans=[span(0, 4, "ACTOR", {"id": "<b>`|x"})]))
    one = write_lines(tmp_path / "one.jsonl", record("a", "Iran.", layer=layer))
    about = tmp_path / "about.toml"
    about.write_text('title = "A: #1 <img src=x>\\n---\\nlicense: mit"\nauthors = ["{\\\\input{x}} & Co"]\n', "utf-8")
    done = goldspan(
        "export", gold, "--to", "hf", "--out", tmp_path / "d", "--pass", one, "--metadata", about, "--names"
    )
    assert done.returncode == 0, done.stderr
    body = DatasetCard.load(tmp_path / "d" / "README.md").text
    shown = MarkdownIt("commonmark", {"html": True}).enable("table").render(body)
    assert "&lt;script&gt;alert(1)" in shown
    assert set(re.findall(r"<(\w+)", shown)) <= {*"h1 h2 p pre code table thead tbody tr th td strong a img".split()}
    assert re.findall(r"<img[^>]*>", shown) == ['<img src="statistics.png" alt="spans by label and by document" />']
    assert all(link.startswith("https://") for link in re.findall(r'href="([^"]*)"', shown))
    assert "license" not in head(tmp_path / "d")
    assert r"\textbackslash{}input" in body and r"{\input" not in body
    [folder] = [path.name for path in (tmp_path / "d" / "passes").iterdir()]
    assert re.fullmatch(r"[A-Za-z0-9_-]+", folder)


BAD_ABOUT: dict[str, tuple[str, str]] = {
    "no TOML": ("title = ", "not TOML"),
    "an unknown key": ('licens = "x"', "did you mean 'licence'"),
    "a wrong type": ('authors = "me"', "array"),
    "no version": ('version = "1 0"', "is not a valid version"),
    "no repository": ('repository = "a/b/c"', "OWNER/NAME"),
}


@pytest.mark.parametrize(("said", "told"), BAD_ABOUT.values(), ids=BAD_ABOUT)
def test_a_wrong_file_about_the_dataset_is_refused(said: str, told: str, tmp_path: Path, goldspan: Run) -> None:
    gold = write_lines(tmp_path / "gold.jsonl", record("a", "Iran."))
    (tmp_path / "about.toml").write_text(said)
    done = goldspan("export", gold, "--to", "hf", "--out", tmp_path / "d", "--metadata", tmp_path / "about.toml")
    assert done.returncode == 1 and "about.toml" in done.stderr and told in done.stderr, done.stderr
    assert not (tmp_path / "d").exists()


def test_a_dataset_saved_to_disk_comes_back(dataset: Path, tmp_path: Path, goldspan: Run, scheme: Scheme) -> None:
    from datasets import DatasetDict, load_dataset

    loaded = load_dataset(str(dataset), cache_dir=str(tmp_path / "cache"))
    assert isinstance(loaded, DatasetDict)
    loaded.save_to_disk(tmp_path / "dict")
    part = loaded["test"].select([3, 1])
    part.save_to_disk(tmp_path / "part")
    wanted = {d.id: d for d in read_records(EDITION / "gold.jsonl", scheme)}
    for name, ids in (("dict", list(loaded["test"]["id"])), ("part", list(part["id"]))):
        out = tmp_path / f"{name}.jsonl"
        assert goldspan("convert", tmp_path / name, "--from", "hf", "--out", out).returncode == 0
        assert list(read_records(out, scheme)) == [wanted[i] for i in ids]
    assert list(load(tmp_path / "part")) == [wanted[i] for i in part["id"]]


def _truncate(folder: Path) -> None:
    [path] = folder.glob("*.arrow")
    path.write_bytes(path.read_bytes()[:-700])


def _pickle(folder: Path) -> None:
    import pickle

    [path] = folder.glob("*.arrow")
    path.write_bytes(pickle.dumps(range(9)))


def _zip(folder: Path) -> None:
    import zipfile

    [path] = folder.glob("*.arrow")
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("a", "b")


def _outside(folder: Path) -> None:
    (folder / "state.json").write_text(json.dumps({"_data_files": [{"filename": "../other.arrow"}]}))


def _no_json(folder: Path) -> None:
    (folder / "state.json").write_text("{")


def _gone(folder: Path) -> None:
    [path] = folder.glob("*.arrow")
    path.unlink()


@pytest.mark.parametrize("harm", [_truncate, _pickle, _zip, _outside, _no_json, _gone])
def test_a_broken_saved_dataset_is_refused(harm: Any, tmp_path: Path, goldspan: Run) -> None:
    gold = write_lines(tmp_path / "gold.jsonl", record("a", "Iran."))
    load(gold).to_datasets().save_to_disk(tmp_path / "saved")
    harm(tmp_path / "saved")
    done = goldspan("convert", tmp_path / "saved", "--from", "hf", "--out", tmp_path / "x.jsonl")
    assert done.returncode == 1 and "saved/" in done.stderr and "Traceback" not in done.stderr, done.stderr
    assert not (tmp_path / "x.jsonl").exists()


def test_wrong_columns_are_refused_by_row(tmp_path: Path, goldspan: Run) -> None:
    from datasets import Dataset

    for number, columns in enumerate(({"text": ["a"]}, {"id": ["a"], "text": ["b"], "spans": [[7]]})):
        Dataset.from_dict(columns).save_to_disk(tmp_path / f"{number}")
        done = goldspan("convert", tmp_path / f"{number}", "--from", "hf", "--out", tmp_path / "x.jsonl")
        assert done.returncode == 1 and ".arrow:1:" in done.stderr and "Traceback" not in done.stderr, done.stderr


def test_a_class_beyond_the_labels_is_refused(tmp_path: Path, goldspan: Run) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    gold = write_lines(tmp_path / "gold.jsonl", record("a", "Iran.", spans=[span(0, 4, "ACTOR")]))
    assert goldspan("export", gold, "--to", "hf", "--out", tmp_path / "d").returncode == 0
    path = tmp_path / "d" / "spans" / "test.parquet"
    table = pq.read_table(path)
    made = table.to_pylist()
    made[0]["spans"][0]["label"] = 7
    pq.write_table(pa.Table.from_pylist(made, table.schema), path)
    done = goldspan("convert", tmp_path / "d", "--from", "hf", "--out", tmp_path / "x.jsonl")
    assert done.returncode == 1 and "test.parquet:1:" in done.stderr, done.stderr


def test_a_dataset_that_has_lost_a_file_is_refused(dataset: Path, tmp_path: Path, goldspan: Run) -> None:
    shutil.copytree(dataset, tmp_path / "d")
    (tmp_path / "d" / "spans" / "test.parquet").rename(tmp_path / "d" / "spans" / "train.parquet")
    done = goldspan("convert", tmp_path / "d", "--from", "hf", "--out", tmp_path / "x.jsonl")
    assert done.returncode == 1 and "spans/test.parquet is missing from the dataset" in done.stderr


def test_no_map_is_taken_for_labels_that_are_typed(dataset: Path, tmp_path: Path, goldspan: Run) -> None:
    (tmp_path / "map.toml").write_text('ACTOR = "LOCATION"\n"*" = ""\n')
    done = goldspan("convert", dataset, "--from", "hf", "--map", tmp_path / "map.toml", "--out", tmp_path / "x.jsonl")
    assert done.returncode == 2 and "leave out the label map" in done.stderr


def test_what_quotes_the_text_goes_with_it(tmp_path: Path, scheme: Scheme) -> None:
    text = "A secret report says that Iran struck a depot near the river on Friday."
    quote, short = {"html": f"<p>{text}</p>", "tag": "Iran", "deep": [{"x": text[20:60]}, "kept"]}, "Iran?"
    item = span(26, 30, "ACTOR", note=f"cf. «{text[10:45]}»", extra={"why": text, "who": short})
    item["decision"] = {"by": "me", "reason": text[30:]}
    gold = write_lines(
        tmp_path / "g.jsonl",
        record("a", text, spans=[item, span(40, 45, "ACTOR", note=short)], extra=quote, layer={"extra": {"q": text}}),
    )
    told = LossReport()
    bare = remove_text(load(gold)[0], told)
    assert bare.extra == {"tag": "Iran", "deep": [{}, "kept"]} and bare.layer is not None and bare.layer.extra == {}
    first, second = bare.spans
    assert first.note is None and first.extra == {"who": short} and second.note == short
    assert first.decision is not None and (first.decision.by, first.decision.reason) == ("me", None)
    assert told.counts == {"notes, reasons and extras that quote the text": 6}


def test_a_text_free_pass_is_refused_where_texts_are_wanted(tmp_path: Path, goldspan: Run) -> None:
    gold = write_lines(tmp_path / "gold.jsonl", record("a", "Iran struck."))
    assert goldspan("export", gold, "--to", "standoff", "--out", tmp_path / "so").returncode == 0
    more = ("--pass", tmp_path / "so" / "standoff.jsonl")
    done = goldspan("export", gold, "--to", "hf", "--out", tmp_path / "d", *more)
    assert done.returncode == 1 and "is text-free" in done.stderr
    assert goldspan("export", gold, "--to", "hf", "--out", tmp_path / "d", "--no-text", *more).returncode == 0


def test_overwriting_takes_nothing_but_an_earlier_export(tmp_path: Path, goldspan: Run) -> None:
    gold = write_lines(tmp_path / "gold.jsonl", record("a", "Iran struck."))
    thesis = tmp_path / "theses" / "thesis.txt"
    thesis.parent.mkdir()
    thesis.write_text("mine")
    for out, told in ((tmp_path, "gold.jsonl, which would be deleted"), (thesis.parent, "not an export to hf")):
        done = goldspan("export", gold, "--to", "hf", "--out", out, "--overwrite")
        assert done.returncode == 2 and told in done.stderr
    done = goldspan("export", "../gold.jsonl", "--to", "hf", "--out", ".", "--overwrite", cwd=thesis.parent)
    assert done.returncode == 2 and "the working directory" in done.stderr
    assert gold.exists() and thesis.read_text() == "mine"


def test_what_was_there_before_survives_a_replacement_that_fails_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "only").write_text("copy")
    real, calls = Path.rename, iter(range(9))

    def rename(source: Path, target: Path) -> Path:
        if (call := next(calls)) == 1:
            raise KeyboardInterrupt
        if call == 2:
            raise OSError(5, "Input/output error")
        return real(source, target)

    monkeypatch.setattr(Path, "rename", rename)
    with (
        pytest.raises(DependencyError, match=r"The previous content is in .*\.old"),
        replace_folder(tmp_path / "out", overwrite=True) as folder,
    ):
        (folder / "new").write_text("x")
    assert [path.read_text() for path in tmp_path.rglob("only")] == ["copy"]


def test_the_licence_of_annotations_is_not_that_of_the_texts(dataset: Path) -> None:
    assert "CC-BY-4.0" not in json.loads((dataset / "croissant.json").read_text("utf-8"))["license"]
