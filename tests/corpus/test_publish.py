"""Datasets to a hub and back by the line that their card shows."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from goldspan.corpus import read_records
from goldspan.schema import Scheme
from tests.command import run_here
from tests.conftest import Run, record, span, write_lines

from .hub_server import HubServer, hub_server

NAME = "someone/gold-of-ours"


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with hub_server() as held:
        yield held


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    spans = [span(0, 4, "ACTOR", {"kind": "state", "id": "IRN"}), span(12, 16, "LOCATION", {"id": "geonames:703448"})]
    return write_lines(tmp_path / "gold.jsonl", record("a", "Iran struck Kyiv.\n", spans=spans))


def surroundings(hub: HubServer, folder: Path, *, token: bool = True) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    told = {"HF_ENDPOINT": hub.url, "HF_HOME": str(folder / "hf"), "HF_HUB_DISABLE_TELEMETRY": "1"}
    return kept | told | ({"HF_TOKEN": hub.token} if token else {})


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command in surroundings that name a hub, though huggingface_hub has read others when it was imported."""

    def run(*arguments: object, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        if env is not None:
            from huggingface_hub import constants

            monkeypatch.setattr(constants, "ENDPOINT", env["HF_ENDPOINT"])
            monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(Path(env["HF_HOME"]) / "token"))
        return run_here(*arguments, env=env)

    return run


def about(folder: Path, version: str) -> Path:
    path = folder / f"about-{version}.toml"
    path.write_text(f'version = "{version}"\nlicence = "CC-BY-4.0"\n', "utf-8")
    return path


def test_a_published_dataset_loads_by_the_line_of_its_card(
    gold: Path, hub: HubServer, tmp_path: Path, publish: Run, goldspan_process: Run, scheme: Scheme
) -> None:
    env = surroundings(hub, tmp_path)
    for version, run in (("1.0.0", goldspan_process), ("1.1.0", publish)):
        out = tmp_path / version
        done = run(
            "export", gold, "--to", "hf", "--out", out, "--metadata", about(tmp_path, version),
            "--push", NAME, "--include-text", "--private", env=env,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert f"uploaded to {hub.url}/datasets/{NAME}, revision v{version}" in done.stdout
        write_lines(gold, record("b", "Kyiv held.", spans=[span(0, 4, "LOCATION")]))
    assert [made.get("visibility") for made in hub.created] == ["private"]
    held = hub.commits[NAME][hub.refs[NAME]["v1.0.0"]]
    assert held == {p.relative_to(out).as_posix(): p.read_bytes() for out in [tmp_path / "1.0.0"] for p in files(out)}
    # what the first revision had and the second has not is gone from the second
    assert hub.refs[NAME]["main"] == hub.refs[NAME]["v1.1.0"] != hub.refs[NAME]["v1.0.0"]
    [line] = re.findall(r"^dataset = (.*)$", held["README.md"].decode(), re.MULTILINE)
    assert line == f'load_dataset("{NAME}", revision="v1.0.0")'
    code = f"""
import json, os, sys
sys.modules["goldspan"] = None
from datasets import load_dataset
dataset = {line}
print(json.dumps([row["text"] for row in dataset["test"]]), flush=True)
os._exit(0)
"""
    env = surroundings(hub, tmp_path, token=False)
    loaded = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, encoding="utf-8", env=env)
    assert loaded.returncode == 0, loaded.stderr[-3000:]
    assert json.loads(loaded.stdout.splitlines()[-1]) == ["Iran struck Kyiv.\n"]


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_revision_is_published_once(gold: Path, hub: HubServer, tmp_path: Path, publish: Run) -> None:
    env = surroundings(hub, tmp_path)
    arguments = ["export", gold, "--to", "hf", "--push", NAME, "--no-text", "--metadata", about(tmp_path, "2.0")]
    assert publish(*arguments, "--out", tmp_path / "one", env=env).returncode == 0
    before = dict(hub.refs[NAME])
    again = publish(*arguments, "--out", tmp_path / "two", env=env)
    assert again.returncode == 2 and f"revision v2.0 of {NAME} has already been published" in again.stderr
    assert hub.refs[NAME] == before


def test_without_a_version_the_revision_is_named_by_the_gold(
    gold: Path, hub: HubServer, tmp_path: Path, publish: Run, scheme: Scheme
) -> None:
    from goldspan.schema import layer_fingerprint

    done = publish(
        "export", gold, "--to", "hf", "--out", tmp_path / "d", "--push", NAME, "--no-text", "--json",
        env=surroundings(hub, tmp_path),
    )  # fmt: skip
    told = json.loads(done.stdout)["push"]
    # a release of the same gold with its texts is another revision
    assert told["revision"] == f"gold-{layer_fingerprint(read_records(gold, scheme))[:12]}-text-free" and told["done"]
    assert told["revision"] in hub.refs[NAME]


def test_texts_go_up_only_when_that_is_said(gold: Path, hub: HubServer, tmp_path: Path, publish: Run) -> None:
    env = surroundings(hub, tmp_path)
    arguments = ["export", gold, "--to", "hf", "--out", tmp_path / "d", "--push", NAME]
    refused = publish(*arguments, env=env)
    assert refused.returncode == 2 and "--include-text" in refused.stderr and not hub.refs
    assert not (tmp_path / "d").exists()
    assert publish(*arguments, "--no-text", env=env).returncode == 0
    everything = b"".join(hub.commits[NAME][hub.refs[NAME]["main"]].values())
    assert b"struck" not in everything and b"Kyiv." not in everything


def test_a_dry_run_says_what_would_go_up_and_asks_nobody(gold: Path, tmp_path: Path, publish: Run) -> None:
    env = {**os.environ, "HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": str(tmp_path / "hf")}
    env.pop("HF_TOKEN", None)
    done = publish(
        "export", gold, "--to", "hf", "--out", tmp_path / "d", "--push", NAME, "--no-text", "--dry-run", env=env
    )
    assert done.returncode == 0, done.stderr
    assert "would be uploaded to" in done.stdout and "standoff/test.parquet" in done.stdout
    assert "nothing was sent" in done.stderr


@pytest.mark.parametrize(
    ("token", "refuse", "told"),
    [("", 0, "hf auth login"), ("hf_wrong", 0, "(401)"), (None, 403, "You may not write here")],
    ids=["no login", "a wrong token", "no right to write"],
)
def test_what_the_hub_refuses_is_said_without_the_token(
    token: str | None, refuse: int, told: str, gold: Path, hub: HubServer, tmp_path: Path, publish: Run
) -> None:
    hub.refuse = refuse
    env = surroundings(hub, tmp_path)
    if token is not None:
        env.pop("HF_TOKEN")
        env |= {"HF_TOKEN": token} if token else {}
    done = publish("export", gold, "--to", "hf", "--out", tmp_path / "d", "--push", NAME, "--no-text", env=env)
    assert done.returncode == 3 and told in done.stderr and "Traceback" not in done.stderr
    assert hub.token not in done.stdout + done.stderr and "hf_wrong" not in done.stderr


def test_a_hub_that_is_not_there_is_said(gold: Path, hub: HubServer, tmp_path: Path, publish: Run) -> None:
    env = surroundings(hub, tmp_path) | {"HF_ENDPOINT": "http://127.0.0.1:9"}
    done = publish("export", gold, "--to", "hf", "--out", tmp_path / "d", "--push", NAME, "--no-text", env=env)
    assert done.returncode == 3 and "cannot connect to the hub" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--to", "jsonl", "--push", NAME, "--no-text"], "--push has no effect with --to jsonl"),
        (["--to", "hf", "--dry-run"], "--dry-run has no effect without --push"),
        (["--to", "hf", "--push", "no-owner", "--no-text"], "OWNER/NAME"),
        (["--to", "hf", "--push", "../../etc", "--no-text"], "OWNER/NAME"),
    ],
    ids=["another format", "nothing to try dry", "no owner", "a path"],
)
def test_wrong_calls_are_refused(arguments: list[str], told: str, gold: Path, tmp_path: Path, publish: Run) -> None:
    done = publish("export", gold, "--out", tmp_path / "d", *arguments)
    assert done.returncode == 2 and told in done.stderr and not (tmp_path / "d").exists()
