"""Scores of corpora of shards: those of the same documents in one file, to the last digit, and what they say."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import goldspan as package
from goldspan.corpus import read_records, write_records
from goldspan.eval.columns import shard_parts
from goldspan.eval.statistics import bootstrap
from goldspan.schema import DependencyError, LayerFingerprint, conflict_scheme, fingerprint

from ..conftest import Run, record, span, write_lines

SUFFIXES = (".parquet", ".jsonl.gz", ".jsonl")
_DOCUMENTS = 60
_WHOLE = "read as a whole, not shard by shard"


def _spans(rng: random.Random, shard: int, *, system: bool) -> Iterator[dict[str, Any]]:
    for number in range(8):
        start, label = number * 10 + rng.randrange(2) * system, ("ACTOR", "LOCATION", "DATE", "COUNT")[number % 4]
        if rng.random() < 0.2:
            continue
        value: dict[str, Any] = {"id": f"group-{rng.randrange(6)}", "kind": "armed_group"}
        if label == "LOCATION":
            value = {"id": f"geonames:{rng.randrange(4)}", "kind": "settlement"}
            # only one shard of the system has points, so that what is compared is known when it has been read
            if not system or shard == 3:
                value |= {"lat": rng.uniform(-80, 80), "lon": rng.uniform(-80, 80)}
        elif label == "DATE":
            value = {"edtf": f"2023-0{rng.randrange(1, 4)}"}
        elif label == "COUNT":
            value = {"min": rng.randrange(3), "max": None, "approx": False, "unit": "attack"}
        for _ in range(1 + (rng.random() < 0.2)):  # some of them twice
            yield span(start, start + 5, label, value if rng.random() < 0.8 else None)


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gold and two systems, each as a file and as shards, in which ids are in another order than in the files."""
    folder, scheme = tmp_path_factory.mktemp("corpora"), conflict_scheme()
    rng = random.Random(3)
    for name in ("gold", "one", "two"):
        (folder / name).mkdir()
        parts = []
        for shard in range(4):
            lines = [
                record(
                    f"{(number * 37) % _DOCUMENTS:02}",
                    f"{number:02}" + "x" * 90,
                    meta={"published": f"2023-0{1 + number % 3}-01"},
                    zones=[{"start": 0, "end": 12, "kind": "stamp"}] if number % 5 == 0 else [],
                    spans=list(_spans(rng, shard, system=name != "gold")),
                    layer={"annotator": name, "scheme": scheme.ref},
                )
                for number in range(shard, _DOCUMENTS, 4)
                if not (name == "one" and number in (7, 22))
            ]
            source = write_lines(folder / "lines.jsonl", *lines)
            target = folder / name / f"{'dcba'[shard]}{SUFFIXES[shard % 3]}"
            write_records(target, read_records(source, scheme), scheme)
            parts.append(lines)
        write_lines(folder / f"{name}.jsonl", *(line for lines in parts for line in lines))
    return folder


def _told(shown: Any, folder: Path) -> str:
    assert shown.returncode == 0, shown.stderr
    return str(shown.stdout).replace(f"{folder}/gold.jsonl", f"{folder}/gold")


OPTIONS = ("--by", "month", "--measures", "iou@0.5,characters", "--resamples", 60, "--per-document", "--json")


def test_shards_have_the_scores_of_one_file_to_the_last_digit(
    goldspan: Run, corpora: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("gold", "one", "two")
    whole = goldspan("score", *(corpora / f"{name}.jsonl" for name in names), *OPTIONS)
    shards = goldspan("score", *(corpora / name for name in names), *OPTIONS)
    assert _told(shards, corpora) == _told(whole, corpora)
    assert _WHOLE not in shards.stderr
    assert "one lacks 2 documents" in shards.stderr
    figures = json.loads(shards.stdout)["systems"][0]
    assert figures["values"]["LOCATION"]["acc_25km"] is not None  # known of the last shard alone
    assert figures["values"]["ACTOR"]["b_cubed"]["support"]
    patterns = [f"{corpora}/{name}/*" for name in names]
    assert _told(goldspan("score", *patterns, *OPTIONS), corpora).replace("/gold/*", "/gold") == _told(whole, corpora)
    monkeypatch.setattr(shard_parts, "read_columns", _unread)
    assert _told(goldspan("score", *(corpora / f"{name}.jsonl" for name in names), *OPTIONS), corpora)
    alone = goldspan("score", corpora / "gold", corpora / "one", *OPTIONS)
    assert alone.returncode and "a shard is read on its own" in alone.stderr


def _unread(*_: object) -> None:
    raise AssertionError("a shard is read on its own")


AS_A_WHOLE = {
    "another cut": ("gold", "whole", [], "not all of them have shards of the same names"),
    "a file": ("gold", "one.jsonl", [], "not all of them are cut into shards"),
    "documents elsewhere": ("gold", "moved", [], "a.parquet does not hold the same documents in all of them"),
    "common documents": ("gold", "one", ["--common"], "--common compares all ids"),
    "clusters": ("gold", "one", ["--measures", "clusters.lea"], "the measure clusters.lea may depend on several"),
    "links": ("gold", "one", ["--measures", "linked.strict"], "the measure linked.strict may depend on several"),
}


@pytest.mark.parametrize(("gold", "system", "options", "why"), AS_A_WHOLE.values(), ids=AS_A_WHOLE)
def test_what_cannot_be_scored_shard_by_shard_is_read_as_a_whole_and_told(
    goldspan: Run, corpora: Path, tmp_path: Path, gold: str, system: str, options: list[str], why: str
) -> None:
    (tmp_path / "whole").mkdir()
    (tmp_path / "whole" / "all.jsonl").write_bytes((corpora / "one.jsonl").read_bytes())
    (tmp_path / "moved").mkdir()
    names = sorted(path.name for path in (corpora / "one").iterdir())
    for number, name in enumerate(names):
        other = corpora / "one" / names[number - 2]
        assert goldspan("corpus", "merge", other, "--out", tmp_path / "moved" / name).returncode == 0
    place = tmp_path if system in ("whole", "moved") else corpora
    call = ("score", corpora / gold, f"s={place / system}", "--resamples", 20, "--json", *options)
    shown = goldspan(*call)
    assert f"note: {_WHOLE}, which takes more memory: {why}" in shown.stderr
    one = goldspan("score", corpora / "gold.jsonl", f"s={corpora / 'one.jsonl'}", *call[3:])
    assert _told(shown, corpora) == _told(one, corpora)


WRONG = {
    "a document twice": (["a", "b"], ["a", "a"], "two.jsonl:1: document 'a': duplicate document id"),
    "a shard that is cut off": (["a", "b"], [], "two.jsonl:1:"),
}


@pytest.mark.parametrize(("system", "gold", "message"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_in_a_shard_is_told_with_its_place(
    goldspan: Run, tmp_path: Path, system: list[str], gold: list[str], message: str
) -> None:
    for name, ids in (("gold", gold or ["a", "b"]), ("system", system)):
        (tmp_path / name).mkdir()
        for shard, document in zip(("one", "two"), ids, strict=True):
            write_lines(tmp_path / name / f"{shard}.jsonl", record(document, "Iran"))
    if not gold:
        (tmp_path / "gold" / "two.jsonl").write_text('{"id": "b", "te')
    shown = goldspan("score", tmp_path / "gold", tmp_path / "system")
    assert shown.returncode == 1
    assert message in shown.stderr
    assert not shown.stdout


def test_a_draft_in_a_shard_is_refused_and_an_unfinished_folder_too(goldspan: Run, tmp_path: Path) -> None:
    gold = tmp_path / "gold"
    gold.mkdir()
    write_lines(gold / "a.jsonl", record("a", "Iran", layer={"annotator": "ada", "draft": True}))
    shown = goldspan("score", gold, gold)
    assert shown.returncode == 1 and f"{gold} has a draft, which nobody submitted" in shown.stderr
    assert goldspan("corpus", "shard", gold, "--out", tmp_path / "cut").returncode == 0
    run = tmp_path / "cut" / "_goldspan" / "run.json"
    run.write_text(run.read_text().replace('"complete": true', '"complete": false'))
    shown = goldspan("score", tmp_path / "cut", tmp_path / "cut")
    assert shown.returncode == 1 and "not finished, so shards may be missing" in shown.stderr


def test_scripts_and_benchmarks_take_shards(corpora: Path, goldspan: Run, plugin: dict[str, str]) -> None:
    of_shards = package.score(corpora / "gold", corpora / "two", resamples=20)
    of_files = package.score(corpora / "gold.jsonl", corpora / "two.jsonl", resamples=20)
    assert of_shards.systems[0].to_dict() == of_files.systems[0].to_dict()
    assert of_shards.gold.sha256 == of_files.gold.sha256
    assert [d.id for d in package.load(corpora / "gold")] == [
        d.id for d in read_records(corpora / "gold", conflict_scheme())
    ]
    measured = []
    for name in ("gold", "gold.jsonl"):
        call = ("bench", corpora / name, "--extractor", "moody", "--resamples", 20, "--json")
        [system] = json.loads(goldspan(*call, env=plugin).stdout)["systems"]
        measured.append([system[key] for key in ("signature", "spans", "values", "interval")])
    assert measured[0] == measured[1]


def test_sums_over_resamples_are_the_same_in_small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    tables = [rng.integers(0, 9, (40, 5, 4)), rng.integers(0, 9, (40, 2))]

    def figures() -> list[Any]:
        sums = bootstrap.resampled_sums(*tables, resamples=70, seed=2)
        p = bootstrap.approximate_randomisation(
            tables[1], tables[1][::-1], lambda counts: counts[:, 0] / counts[:, 1], resamples=70, seed=2
        )
        return [*(table.tolist() for table in sums), p]

    expected = figures()
    monkeypatch.setattr(bootstrap, "_LARGEST_BATCH", 3 * 40)
    monkeypatch.setattr(bootstrap, "_LARGEST_TABLE", 2 * 40)
    assert figures() == expected


def test_a_fingerprint_of_many_documents_is_that_of_few(monkeypatch: pytest.MonkeyPatch) -> None:
    def digest() -> str:
        layer = LayerFingerprint()
        for name in ("b", "a", "c", "a"):
            layer.add_rows(name, None, [(0, 4, "ACTOR", fingerprint.value_json(None))])
        return layer.hexdigest()

    expected = digest()
    monkeypatch.setattr(fingerprint, "_IN_MEMORY", 10)
    assert digest() == expected
    monkeypatch.setattr(fingerprint, "SpooledTemporaryFile", _Full)
    with pytest.raises(DependencyError, match="a temporary file cannot be written: No space left"):
        digest()


class _Full:
    def __init__(self, max_size: int) -> None:
        self.max_size = max_size

    def seek(self, *_: int) -> int:
        return 0

    def write(self, _: bytes) -> int:
        raise OSError(28, "No space left on device")

    def close(self) -> None:
        pass


def test_any_place_of_gold_and_system_gives_the_same_scores(corpora: Path, goldspan: Run) -> None:
    places = ["{}.jsonl", "{}", "memory://scores/{}", "memory://scores/{}/part-*", "memory://scores/{}.parquet"]
    for name in ("gold", "one"):
        cut = goldspan("corpus", "shard", corpora / name, "--out", f"memory://scores/{name}", "--documents", 20)
        assert cut.returncode == 0, cut.stderr
        assert goldspan("corpus", "merge", corpora / name, "--out", f"memory://scores/{name}.parquet").returncode == 0
    paths = [place if "://" in place else f"{corpora}/{place}" for place in places]

    def systems(gold: str, system: str) -> object:
        told = goldspan("score", gold.format("gold"), f"one={system.format('one')}", "--resamples", 20, "--json")
        assert told.returncode == 0, told.stderr
        return json.loads(told.stdout)["systems"]

    expected = systems(paths[0], paths[0])
    pairs = [
        (gold, system) for gold in paths for system in paths if gold == system or "memory://scores/{}" in (gold, system)
    ]
    assert len(pairs) > len(paths)
    for gold, system in pairs:
        assert systems(gold, system) == expected, (gold, system)


def test_an_address_without_a_file_is_named(goldspan: Run) -> None:
    missing = {
        "memory://none/gold.jsonl": "there is no such file. Fix: check the address",
        "memory://none": "no shards",
    }
    for address, message in missing.items():
        told = goldspan("score", address, address)
        assert told.returncode == 1
        assert f"{address}: " in told.stderr and message in told.stderr and "corpus build" not in told.stderr
