"""`goldspan doctor`, in surroundings that are whole and in ones that are not."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest

from goldspan.schema.extras import EXTRAS

from ..command import GOLDSPAN
from ..conftest import Run
from ..studio_server import Studio


def doctor(goldspan: Run, *, status: int = 0, cwd: Path | None = None, **surroundings: str) -> dict[str, Any]:
    done = goldspan("doctor", "--json", cwd=cwd, env={**os.environ, **surroundings})
    assert done.returncode == status, done.stderr
    return dict(json.loads(done.stdout))


def in_place_of(folder: Path, name: str, version: str, *lines: str) -> str:
    """A package's metadata that hides those of the installed one; returns a search path with it."""
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n" + "".join(f"{x}\n" for x in lines))  # fmt: skip
    return str(folder)


def test_all_that_is_needed_is_there_and_listed(goldspan: Run, tmp_path: Path) -> None:
    found = doctor(goldspan, cwd=tmp_path, GOLDSPAN_HOME=str(tmp_path / "home"))
    assert (found["ok"], found["faults"]) == (True, [])
    assert found["goldspan"] == distribution("goldspan").version
    assert {"typer", "numpy"} <= {package["name"] for package in found["packages"]}
    assert all(package["version"] and not package["fault"] for package in found["packages"])
    assert found["studio"]["servers"] == [] and found["configuration"]["path"] is None
    assert all(place["free_bytes"] > 0 for place in found["disk"])
    assert found["terminal"]["stdout"] is False
    shown = goldspan("doctor", cwd=tmp_path)
    assert shown.returncode == 0 and "everything required is installed" in shown.stdout and shown.stderr == ""
    assert not (tmp_path / "home").exists()  # it looks, and makes nothing


def test_every_extra_is_listed_with_what_it_is_for_and_its_packages(goldspan: Run) -> None:
    listed = doctor(goldspan)["extras"]
    assert [(extra["name"], extra["gives"]) for extra in listed] == [(n, EXTRAS[n].purpose) for n in sorted(EXTRAS)]
    assert [{p["name"] for p in extra["packages"]} for extra in listed] == [EXTRAS[n].modules.keys() for n in sorted(EXTRAS)]  # fmt: skip


def test_a_missing_package_and_one_of_a_wrong_version_are_faults(goldspan_process: Run, tmp_path: Path) -> None:
    needs = ("Requires-Python: >=3.11", "Requires-Dist: no-such-package>=2", "Requires-Dist: tqdm>=4.66", "Provides-Extra: polars", 'Requires-Dist: no-such-extra>=1; extra == "polars"')  # fmt: skip
    in_place_of(tmp_path, "goldspan", "9.9", *needs)
    path = in_place_of(tmp_path, "tqdm", "3.0")
    found = doctor(goldspan_process, status=3, PYTHONPATH=path)
    assert found["goldspan"] == "9.9" and not found["ok"]
    assert found["faults"] == [
        "no-such-package: not installed. Fix: pip install 'no-such-package>=2'",
        "tqdm: 3.0 is installed, and >=4.66 is needed. Fix: pip install 'tqdm>=4.66'",
    ]
    [extra] = found["extras"]
    assert (extra["installed"], extra["fix"]) == (False, "pip install 'goldspan[polars]'")
    told = goldspan_process("doctor", env={**os.environ, "PYTHONPATH": path})
    assert told.returncode == 3 and "error: tqdm: 3.0 is installed" in told.stderr and "Traceback" not in told.stderr


def test_a_missing_extra_is_no_fault(goldspan_process: Run, tmp_path: Path) -> None:
    needs = ("Requires-Python: >=3.11", "Provides-Extra: polars", 'Requires-Dist: no-such-extra>=1; extra == "polars"')
    found = doctor(goldspan_process, PYTHONPATH=in_place_of(tmp_path, "goldspan", "9.9", *needs))
    assert found["ok"] and not found["extras"][0]["installed"]


def test_a_python_that_is_too_old_is_a_fault(goldspan_process: Run, tmp_path: Path) -> None:
    found = doctor(
        goldspan_process, status=3, PYTHONPATH=in_place_of(tmp_path, "goldspan", "9.9", "Requires-Python: >=99")
    )
    assert "goldspan needs >=99" in found["faults"][0]


def test_a_package_whose_files_are_gone_is_a_fault(goldspan_process: Run, tmp_path: Path) -> None:
    path = Path(in_place_of(tmp_path, "hollow", "1.0"))
    (path / "hollow-1.0.dist-info" / "RECORD").write_text("hollow/__init__.py,,\n")
    in_place_of(tmp_path, "goldspan", "9.9", "Requires-Dist: hollow")
    assert "hollow: its files are missing" in doctor(goldspan_process, status=3, PYTHONPATH=str(path))["faults"][0]


def test_a_package_that_cannot_be_imported_ends_a_command_with_3(goldspan_process: Run, tmp_path: Path) -> None:
    (tmp_path / "pyarrow").mkdir()
    (tmp_path / "pyarrow" / "__init__.py").write_text("raise ModuleNotFoundError('x', name='pyarrow')")
    done = goldspan_process("corpus", "stats", "x.parquet", env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert (
        done.returncode == 3
        and "pyarrow is not installed. Fix: pip install 'goldspan[parquet]'" in done.stderr
        and "Traceback" not in done.stderr
    )


def test_the_configuration_in_force_is_named_with_its_faults(goldspan: Run, tmp_path: Path) -> None:
    below = tmp_path / "below"
    below.mkdir()
    (tmp_path / "goldspan.toml").write_text("[score]\nseed = 2\n")
    found = doctor(goldspan, cwd=below)
    assert found["configuration"] == {"path": str(tmp_path / "goldspan.toml"), "named": False, "fault": None}
    (tmp_path / "goldspan.toml").write_text("[scor]\nseed = 2\n")
    found = doctor(goldspan, status=3, cwd=below)
    assert "did you mean 'score'?" in found["configuration"]["fault"] and len(found["faults"]) == 1
    named = doctor(goldspan, status=3, cwd=below, GOLDSPAN_CONFIG="none.toml")
    assert "none.toml: no such file" in named["configuration"]["fault"]


def test_it_imports_nothing_heavy() -> None:
    heavy = [
        "spacy",
        "datasets",
        "label_studio_sdk",
        "pyarrow",
        "numpy",
        "torch",
        "transformers",
        "matplotlib",
        "httpx",
    ]
    code = "import sys; sys.argv = ['goldspan', 'doctor']\nfrom goldspan.cli.entry_point import main\ntry: main()\n"
    code += (
        f"except SystemExit as end: print(end.code, [name for name in {heavy} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stderr == "0 []\n"


def test_a_state_that_cannot_be_read_is_a_server_that_does_not_run(goldspan: Run, tmp_path: Path) -> None:
    folder = tmp_path / "servers" / "torn"
    folder.mkdir(parents=True)
    (folder / "state.json").write_text('{"port": ')
    [server] = doctor(goldspan, GOLDSPAN_HOME=str(tmp_path))["studio"]["servers"]
    assert (server["name"], server["running"], server["pid"]) == ("torn", False, None)


@pytest.mark.server
def test_a_server_that_runs_is_told_with_its_address(studio: Studio) -> None:
    done = subprocess.run(
        [GOLDSPAN, "doctor", "--json"], env=studio.surroundings, capture_output=True, encoding="utf-8"
    )
    found = json.loads(done.stdout)["studio"]
    assert found["installed"] and found["template"]
    [server] = found["servers"]
    assert (server["name"], server["running"], server["url"]) == ("default", True, studio.url)
    with socket.create_connection(("127.0.0.1", int(studio.url.rpartition(":")[2]))):
        pass
