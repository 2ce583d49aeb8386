"""Small files that unpack to more than a machine has, read where memory is limited."""

from __future__ import annotations

import gzip
import resource
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from goldspan.corpus.storage import file_io as files
from goldspan.workflows.studio.pulled_work import drafts_path, file_name

from ..command import GOLDSPAN
from ..conftest import Run

MEMORY = 2_500_000_000
BOMB = 4_000_000_000


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


@pytest.fixture(scope="module")
def bombs(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    folder = tmp_path_factory.mktemp("bombs")
    return cache(lambda suffix: bomb(folder / f"bomb{suffix}"))


def bomb(path: Path) -> Path:
    """Four gigabytes of one line, which an object begins."""
    zeros = b"0" * 10_000_000
    times = BOMB // len(zeros)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(b"{") + gzip.compress(zeros) * times)  # files one after another are a file
    else:
        with pa.CompressedOutputStream(str(path), "zstd") as stream:
            stream.write(b"{")
            for _ in range(times):
                stream.write(zeros)
    assert path.stat().st_size < BOMB / 200
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "suffix"),
    # what unpacks knows nothing of kinds: each kind once, and lines with both compressions
    [(".jsonl", ".gz"), (".jsonl", ".zst"), (".csv", ".zst"), (".txt", ".gz"), (".json", ".gz")],
)
def test_what_unpacks_without_end_is_refused_in_little_memory(
    kind: str, suffix: str, bombs: Callable[[str], Path], tmp_path: Path
) -> None:
    source = tmp_path / f"bomb{kind}{suffix}"
    source.symlink_to(bombs(suffix))
    out = tmp_path / "out.jsonl"
    call: list[object] = ["convert", source, "--from", "studio"] if kind == ".json" else ["corpus", "build", source]
    done = subprocess.run(
        [str(part) for part in (GOLDSPAN, *call, "--out", out)],
        capture_output=True,
        encoding="utf-8",
        preexec_fn=limited,
        timeout=300,
    )
    assert (done.returncode, "Traceback" in done.stderr, out.exists()) == (1, False, False), done.stderr[-2000:]
    assert "bytes. Fix:" in done.stderr


def test_a_line_as_long_as_allowed_is_read_and_one_byte_more_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LONGEST_LINE", 10)
    (tmp_path / "a").write_bytes(b"123456789\n123456789\n")
    with files.open_reader(str(tmp_path / "a")) as stream:
        assert list(files.read_lines(stream, "a")) == [b"123456789\n"] * 2
    (tmp_path / "a").write_bytes(b"123456789\n1234567890\n")
    with files.open_reader(str(tmp_path / "a")) as stream, pytest.raises(Exception, match=r"a:2: the line is longer"):
        list(files.read_lines(stream, "a"))


@pytest.mark.parametrize("command", ["check", "stats"])
def test_a_row_of_a_million_spans_and_more_is_refused_before_it_is_read(
    command: str, goldspan: Run, tmp_path: Path
) -> None:
    zeros = pa.repeat(pa.scalar(0, pa.int64()), 3_000_000)
    spans = pa.ListArray.from_arrays(
        pa.array([0, len(zeros)]), pa.StructArray.from_arrays([zeros, zeros], ["start", "end"])
    )
    pq.write_table(pa.table({"id": ["a"], "text": ["x"], "spans": spans}), tmp_path / "a.parquet", compression="zstd")
    assert (tmp_path / "a.parquet").stat().st_size < 10_000
    done = goldspan("corpus", command, tmp_path / "a.parquet")
    assert (done.returncode, "1 row with 3,000,000 values" in done.stderr) == (1, True), done.stderr


def test_links_that_lead_back_are_not_followed_for_ever(goldspan: Run, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "a.txt").write_text("x")
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "b.txt").write_text("y")
    for name in ("one", "two", "sub/three", "sub/four"):
        (folder / name).symlink_to(folder)
    (folder / "beside").symlink_to(tmp_path / "beside")
    done = goldspan("corpus", "build", folder, "--out", tmp_path / "out.jsonl")
    assert (done.returncode, "2 documents" in done.stderr) == (0, True), done.stderr


NAMES = [
    "../../etc/passwd",
    "/etc/passwd",
    "..",
    ".",
    ".hidden",
    "hidden",
    "",
    "a\0b",
    "con",
    "NUL.txt",
    "x" * 500,
    "x" * 501,
    "é" * 300,
    "a/b",
    "a%2fb",
    "a\\b",
    "\u202eexe",
    "a\nb",
    "ann",
    "ann.drafts",
]


def test_names_of_annotators_stay_in_their_folder_and_apart(tmp_path: Path) -> None:
    made = [file_name(name) for name in NAMES]
    assert not {str(drafts_path(Path(name))) for name in made} & set(made)
    assert len(set(made)) == len(NAMES)
    for name in made:
        path = tmp_path / f"{name}.jsonl"
        path.write_text("x")
        assert path.resolve().parent == tmp_path.resolve()
        assert name.isprintable() and not name.startswith(".")
    assert len(list(tmp_path.iterdir())) == len(NAMES)
    assert file_name("ann@example.org") == "ann@example.org"
