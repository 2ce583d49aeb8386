"""Code that lies where data is read: in a file's bytes, beside the data, in the folder that a command runs in."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from ..conftest import Run, record, write_lines

MODULES = (
    "datasets",
    "httpx",
    "msgspec",
    "numpy",
    "pyarrow",
    "sitecustomize",
    "spacy",
    "srsly",
    "typer",
    "usercustomize",
)


class Touch:
    """What touches a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


def test_the_payload_runs_where_it_is_unpickled(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(Touch(tmp_path / "ran")))
    assert (tmp_path / "ran").exists()


@pytest.mark.parametrize("kind", [b"O", b"V", b""])
def test_a_pickle_in_a_spacy_file_is_not_run(kind: bytes, goldspan: Run, tmp_path: Path) -> None:
    import srsly  # type: ignore[import-untyped]
    from spacy.tokens import DocBin

    source = write_lines(tmp_path / "in.jsonl", record())
    made = tmp_path / "made.spacy"
    assert goldspan("export", source, "--to", "spacy", "--out", made).returncode == 0
    load = pickle.dumps(Touch(tmp_path / "ran"))
    array = {b"nd": True, b"type": "|O", b"kind": kind, b"data": load, b"shape": [1]}
    held = srsly.msgpack_loads(zlib.decompress(made.read_bytes()))
    packed = DocBin().from_disk(made)
    for user_data in (load, srsly.msgpack_dumps({"goldspan": array}), srsly.msgpack_dumps([[array, array]])):
        bad = tmp_path / "bad.spacy"
        bad.write_bytes(zlib.compress(srsly.msgpack_dumps({**held, "user_data": [user_data] * len(packed)})))
        done = goldspan("convert", bad, "--out", tmp_path / "out.jsonl")
        assert "Traceback" not in done.stderr, done.stderr
        assert not (tmp_path / "ran").exists()


ONE_AFTER_ANOTHER = """
import json, sys
from goldspan.cli.entry_point import main
for call in json.loads(sys.argv[1]):
    sys.argv = ["goldspan", *call]
    try:
        main()
    except SystemExit as end:
        assert not end.code, call
"""


def test_modules_beside_the_data_and_in_the_working_folder_are_not_run(
    goldspan: Run, goldspan_process: Run, tmp_path: Path
) -> None:
    source = write_lines(tmp_path / "in.jsonl", record())
    dataset, folder = tmp_path / "dataset", tmp_path / "downloaded"
    assert goldspan("export", source, "--to", "hf", "--out", dataset).returncode == 0
    folder.mkdir()
    ran = tmp_path / "ran"
    code = f"open({str(ran)!r}, 'a').write(__name__)\n"
    for name in MODULES:
        (folder / f"{name}.py").write_text(code)
    for name in ("dataset", "downloaded", "builder"):  # a dataset's loading script has its folder's name
        (dataset / f"{name}.py").write_text(code)
    (folder / "in.jsonl").write_bytes(source.read_bytes())
    built = goldspan_process("corpus", "build", "in.jsonl", "--out", "a.jsonl", cwd=folder)
    assert built.returncode == 0, built.stderr
    assert not ran.exists(), ran.read_text()
    calls = [
        ("annotate", "a.jsonl", "--extractor", "rules", "--out", "b.jsonl"),
        ("export", "b.jsonl", "--to", "spacy", "--out", "c.spacy"),
        ("convert", "c.spacy", "--out", "d.jsonl"),
        ("export", "b.jsonl", "--to", "hf", "--out", "e"),
        ("convert", str(dataset), "--from", "hf", "--out", "f.jsonl"),
    ]
    program = tmp_path / "beside" / "program.py"  # as is the installed one, in a folder without them
    program.parent.mkdir()
    program.write_text(ONE_AFTER_ANOTHER)
    done = subprocess.run(
        [sys.executable, program, json.dumps(calls)], cwd=folder, capture_output=True, encoding="utf-8", timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert not ran.exists(), ran.read_text()


def test_modules_in_the_working_folder_are_not_run_when_the_server_is_installed(
    goldspan_process: Run, tmp_path: Path
) -> None:
    folder, ran = tmp_path / "downloaded", tmp_path / "ran"
    folder.mkdir()
    for name in ("venv", "pip", "ensurepip", "logging", "argparse", "typing"):
        (folder / f"{name}.py").write_text(f"open({str(ran)!r}, 'a').write(__name__)\n")
    # pip gets as far as its search for packages, of which there are none
    surroundings = {**os.environ, "GOLDSPAN_HOME": str(tmp_path / "home"), "PIP_NO_INDEX": "1"}
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        surroundings.pop(name, None)
    surroundings["PIP_CONFIG_FILE"] = os.devnull
    done = goldspan_process("studio", "up", cwd=folder, env=surroundings)
    assert not ran.exists(), ran.read_text()
    assert (done.returncode, "cannot install the server" in done.stderr) == (3, True), done.stderr
