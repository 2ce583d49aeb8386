"""Corpora in an object store: cut into it, annotated from there to there in runs that continue, and counted."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..conftest import Run, record, span, write_lines

moto_server = pytest.importorskip("moto.server")
s3fs = pytest.importorskip("s3fs")


@pytest.fixture(scope="module")
def store() -> Iterator[dict[str, str]]:
    """A server that speaks as S3 does, with a bucket, and the variables that lead there."""
    server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it tells of each request
    server.start()
    host, port = server.get_host_and_port()
    env = {
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_ENDPOINT_URL_S3": f"http://{host}:{port}",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in env.items():
            patch.setenv(name, value)
        s3fs.S3FileSystem.clear_instance_cache()
        s3fs.S3FileSystem().mkdir("news")
        yield env
        s3fs.S3FileSystem.clear_instance_cache()
    server.stop()


def test_shards_of_a_store_are_annotated_into_it_and_the_run_continues(
    store: dict[str, str], goldspan: Run, tmp_path: Path, plugin: dict[str, str]
) -> None:
    env = {**plugin, **store}
    files = s3fs.S3FileSystem()
    write_lines(tmp_path / "in.jsonl", *(record(f"d{at}", f"Iran {at}.") for at in range(12)))
    cut = goldspan("corpus", "shard", tmp_path / "in.jsonl", "--out", "s3://news/in", "--documents", 3, env=env)
    assert cut.returncode == 0, cut.stderr
    good = files.cat("news/in/part-00002.jsonl")
    files.pipe("news/in/part-00002.jsonl", good[:-9])  # which ends the run without that shard
    call = ("annotate", "s3://news/in", "--extractor", "moody", "--out", "s3://news/out", "--workers", 2)
    first = goldspan(*call, env=env)
    assert first.returncode == 1
    assert "s3://news/in/part-00002.jsonl:3: the line is truncated" in first.stderr
    assert "not finished" in goldspan("corpus", "stats", "s3://news/out", env=env).stderr
    before = {file: info["LastModified"] for file, info in files.find("news/out", detail=True, refresh=True).items()}
    files.pipe("news/in/part-00002.jsonl", good)
    second = goldspan(*call, env=env)
    assert second.returncode == 0, second.stderr
    assert "3 shards done already" in second.stderr
    after = {file: info["LastModified"] for file, info in files.find("news/out", detail=True, refresh=True).items()}
    passing = ("run.json", ".begun")
    assert {file: when for file, when in after.items() if file in before and not file.endswith(passing)} == {
        file: when for file, when in before.items() if not file.endswith(passing)
    }
    assert goldspan(
        "annotate", tmp_path / "in.jsonl", "--extractor", "moody", "--out", tmp_path / "here.jsonl", env=env
    )
    merged = goldspan("corpus", "merge", "s3://news/out", "--out", tmp_path / "there.jsonl", env=env)
    assert merged.returncode == 0, merged.stderr
    assert (tmp_path / "there.jsonl").read_bytes() == (tmp_path / "here.jsonl").read_bytes()
    counted = goldspan("corpus", "stats", "s3://news/out/*.jsonl", "--json", env=env)
    assert counted.returncode == 0, counted.stderr
    assert json.loads(counted.stdout)["spans"] == 12


def test_a_store_that_cannot_be_used_is_refused(store: dict[str, str], goldspan: Run) -> None:
    env = {**os.environ, **store}
    for call in (
        ("corpus", "stats", "s3://news/nothing"),
        ("score", "s3://news/nothing", "s3://news/nothing.parquet"),
        ("corpus", "stats", "s3://no-such-bucket/x.jsonl"),
        ("annotate", "s3://news/nothing", "--out", "s3://news/out2"),
    ):
        ran = goldspan(*call, env=env)
        assert ran.returncode in (1, 3), ran.stderr
        assert "s3://" in ran.stderr and "Fix: " in ran.stderr and "Traceback" not in ran.stderr


def test_gold_and_predictions_in_a_store_are_scored_like_those_here(
    store: dict[str, str], goldspan: Run, tmp_path: Path
) -> None:
    env = {**os.environ, **store}
    for name, every in (("gold", 1), ("sys", 2)):
        documents = (
            record(f"d{at}", "Iran spoke.", spans=[span(0, 4, "ACTOR")] if at % every == 0 else []) for at in range(12)
        )
        write_lines(tmp_path / f"{name}.jsonl", *documents)
        target = f"s3://news/scored/{name}"
        cut = goldspan("corpus", "shard", tmp_path / f"{name}.jsonl", "--out", target, "--documents", 5, env=env)
        assert cut.returncode == 0, cut.stderr

    def scores(gold: object, system: object) -> object:
        told = goldspan("score", gold, f"sys={system}", "--resamples", 20, "--json", env=env)
        assert told.returncode == 0 and "read as a whole" not in told.stderr, told.stderr
        return json.loads(told.stdout)["systems"][0]["spans"]

    here = scores(tmp_path / "gold.jsonl", tmp_path / "sys.jsonl")
    assert scores("s3://news/scored/gold", "s3://news/scored/sys") == here
    assert scores("s3://news/scored/gold/*.jsonl", "s3://news/scored/sys/*.jsonl") == here
