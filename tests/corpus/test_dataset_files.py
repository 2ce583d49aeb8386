"""Large datasets: a split in several files of bounded size, which load without goldspan and come back as they were."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from goldspan.corpus import load, read_records
from goldspan.corpus.formats.huggingface import writer
from goldspan.schema import DataError, Scheme

from ..conftest import Run, record, span, write_lines

STREAM = """
import json, os, sys
sys.modules["goldspan"] = None  # a machine without it
from datasets import load_dataset, load_dataset_builder
path = sys.argv[1]
splits = load_dataset_builder(path, "spans").info.splits
told = {split: [row["id"] for row in load_dataset(path, "spans", split=split, streaming=True)] for split in splits}
told["shards"] = [load_dataset(path, "spans", split=split, streaming=True).num_shards for split in splits]
told["tokens"] = [len(load_dataset(path, "tokens", split=split)) for split in splits]
print(json.dumps(told), flush=True)
os._exit(0)
"""


def test_a_large_split_is_several_files_that_load_dataset_streams(
    goldspan: Run, tmp_path: Path, scheme: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = "Kyiv Goma Gaza Marib Mopti Erbil Sittwe Aleppo Kharkiv Homs Basra Bamako".split()
    texts = [f"{place} was quiet on day {number}, said {place[::-1]}." for number, place in enumerate(places)]
    lines = [record(str(n), text, spans=[span(0, 4, "LOCATION")]) for n, text in enumerate(texts)]
    (tmp_path / "gold").mkdir()
    for number in (0, 1):
        write_lines(tmp_path / "gold" / f"{number}.jsonl", *lines[number * 6 : number * 6 + 6])
    monkeypatch.setattr(writer, "LARGEST_FILE", 1)
    monkeypatch.setattr(writer, "_BATCH_ROWS", 2)
    out = tmp_path / "dataset"
    done = goldspan("export", tmp_path / "gold", "--to", "hf", "--out", out)
    assert done.returncode == 0, done.stderr
    files = sorted(path.relative_to(out).as_posix() for path in out.glob("spans/*"))
    several = [re.fullmatch(r"spans/test-(\d{5})-of-(\d{5})\.parquet", name) for name in files]
    assert len(several) > 1  # so few documents are all of one split
    assert [(int(m[1]), int(m[2])) for m in several if m] == [(n, len(several)) for n in range(len(several))]
    listed = (out / "SHA256SUMS").read_text()
    assert all(name in listed for name in files)
    environment = {
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(tmp_path / "hf"),
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
    }
    loaded = subprocess.run(
        [sys.executable, "-I", "-c", STREAM, out], capture_output=True, encoding="utf-8", env=environment, cwd=tmp_path
    )
    assert loaded.returncode == 0, loaded.stderr[-2000:]
    told = json.loads(loaded.stdout.splitlines()[-1])
    assert sum(told.pop("shards")) == len(files)  # which are streamed one by one, or side by side
    assert sum(told.pop("tokens")) == len(lines)
    assert sorted(name for ids in told.values() for name in ids) == sorted(str(n) for n in range(len(lines)))
    assert {d.id: d for d in load(out, form="hf")} == {d.id: d for d in read_records(tmp_path / "gold", scheme)}
    (out / files[-1]).unlink()
    with pytest.raises(DataError, match="is missing from the dataset"):
        list(load(out, form="hf"))
