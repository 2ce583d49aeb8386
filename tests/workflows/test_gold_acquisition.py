"""Getting a set: fetched from a server of this machine, verified, read by its reader, kept whole or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from goldspan.corpus import read_records
from goldspan.corpus.gold_sets.catalogue import catalogue, find_gold_set
from goldspan.corpus.gold_sets.gold_set import GoldSet, SourceFile
from goldspan.schema import DataError, DependencyError, GoldspanError, UsageError, conflict_scheme
from goldspan.workflows.gold_sets.acquisition import get_gold_set, offer_gold_set
from goldspan.workflows.gold_sets.file_fetch import FileFetcher
from goldspan.workflows.gold_sets.held_sets import differing_facts, list_sets, verify

from ..corpus.gold_files import SMALL_SETS, role_fillers
from ..local_server import QuietHandler, local_server

Answer = tuple[int, bytes, dict[str, str]]


@contextmanager
def serving(answers: dict[str, list[Answer]]) -> Iterator[tuple[str, list[str]]]:
    """A server with the answers to the requests for each path, the last of which is repeated; and what was asked."""
    asked: list[str] = []

    class Files(QuietHandler):
        def respond(self) -> None:
            asked.append(f"{self.command} {self.path}")
            queue = answers.get(self.path, [(404, b"", {})])
            status, body, headers = queue.pop(0) if len(queue) > 1 else queue[0]
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value.replace("HERE", f"http://{self.headers['Host']}"))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = respond  # noqa: N815 - what the server looks for

    with local_server(Files) as url:
        yield url, asked


@pytest.fixture
def muc(tmp_path: Path) -> bytes:
    (tmp_path / "written").mkdir()
    return role_fillers(tmp_path / "written").read_bytes()


def set_at(url: str, **more: Any) -> GoldSet:
    """The set MUC-4 with its file elsewhere, whose hash is not known."""
    return msgspec.structs.replace(
        find_gold_set("muc-4"), files=[SourceFile(f"{url}/test.json", "deep/test.json", **more)]
    )


FETCHER = FileFetcher(sleep=lambda _: None)


def test_a_set_is_fetched_verified_read_and_kept(muc: bytes, tmp_path: Path) -> None:
    root = tmp_path / "sets"
    with serving({"/test.json": [(503, b"", {}), (200, muc, {})]}) as (url, asked):
        mine = set_at(url)
        offer = offer_gold_set(mine, fetcher=FETCHER)
        assert (offer.size, asked) == (len(muc), ["HEAD /test.json"] * 2) and not root.exists()
        held = get_gold_set(mine, root, fetcher=FETCHER)
        again = get_gold_set(mine, root, fetcher=FETCHER)
    assert asked == ["HEAD /test.json", "HEAD /test.json", "GET /test.json"]
    assert again.manifest == held.manifest
    [file] = held.manifest.files
    assert (file.sha256, file.size, file.url) == (hashlib.sha256(muc).hexdigest(), len(muc), f"{url}/test.json")
    assert (held.folder / "source/deep/test.json").read_bytes() == muc
    [document] = read_records(held.records, conflict_scheme())
    assert len(document.spans) == held.manifest.spans == 3
    assert (held.folder / "labels.toml").read_bytes() == mine.label_map.read_bytes()
    assert [path.name for path in root.iterdir()] == ["muc-4"] and held.folder.stat().st_mode & 0o777 == 0o755


def test_records_and_manifest_are_the_same_whenever_a_set_is_fetched(muc: bytes, tmp_path: Path) -> None:
    with serving({"/test.json": [(200, muc, {})]}) as (url, _):
        first, second = (get_gold_set(set_at(url), tmp_path / name, fetcher=FETCHER) for name in "ab")
    for name in ("gold.jsonl", "manifest.json"):
        assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes()


REFUSED: dict[str, tuple[list[Answer], dict[str, Any], type[GoldspanError], str]] = {
    "another hash": ([(200, b"{}", {})], {"sha256": "0" * 64}, DataError, "the file has 2 bytes and the SHA-256 44136fa355b3678a"),
    "another size": ([(200, b"{}", {})], {"size": 3}, DataError, "and the set states 3 bytes. Fix: the source may have changed it"),
    "no file": ([(404, b"", {})], {}, DependencyError, "the server answers with status 404. Fix: get a copy yourself and name it with `source`"),
    "no end of failures": ([(500, b"", {})], {}, DependencyError, "the server answers with status 500. Fix: try again later"),
    "a redirect off this machine without TLS": ([(302, b"", {"Location": "http://example.invalid/x"})], {}, DependencyError, "redirected to 'http://example.invalid/x'"),
    "a redirect to a file of this machine": ([(302, b"", {"Location": "file:///etc/passwd"})], {}, DependencyError, "redirected to 'file:/etc/passwd'"),
    "redirects without end": ([(302, b"", {"Location": "HERE/test.json"})], {}, DependencyError, "redirected without end"),
    "something else": ([(200, b"<html>", {})], {}, DataError, "test.json: not a JSON file of documents. Fix: name a processed file of MUC-4"),
    "no spans": ([(200, b'{"docid": "a", "doctext": "x", "extracts": {}}', {})], {}, DataError, "no span of muc-4 in what was read"),
    "an unknown role": ([(200, b'{"docid": "a", "doctext": "x", "extracts": {"Place": [[["x", 0]]]}}', {})], {}, DataError, "Place"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_fetched_or_read_leaves_nothing(name: str, tmp_path: Path) -> None:
    answers, more, kind, message = REFUSED[name]
    with serving({"/test.json": answers}) as (url, _), pytest.raises(kind) as caught:
        get_gold_set(set_at(url, **more), tmp_path / "sets", fetcher=FETCHER)
    assert message in str(caught.value), str(caught.value)
    assert list((tmp_path / "sets").iterdir()) == []


def test_a_redirect_is_followed_to_where_the_file_is(muc: bytes, tmp_path: Path) -> None:
    answers: dict[str, list[Answer]] = {"/test.json": [(302, b"", {"Location": "/there"})], "/there": [(200, muc, {})]}
    with serving(answers) as (url, asked):
        get_gold_set(set_at(url, sha256=hashlib.sha256(muc).hexdigest()), tmp_path / "sets", fetcher=FETCHER)
    assert asked == ["GET /test.json", "GET /there"]


def test_more_than_was_agreed_to_is_not_stored(muc: bytes, tmp_path: Path) -> None:
    answers: dict[str, list[Answer]] = {"/test.json": [(200, b"x" * 12, {}), (200, muc, {})]}
    with serving(answers) as (url, _):
        agreed = offer_gold_set(set_at(url), fetcher=FETCHER).sizes
        with pytest.raises(DataError, match=rf"sends {len(muc)} bytes, and 12 were stated and agreed to\. Fix: "):
            get_gold_set(set_at(url), tmp_path / "sets", sizes=agreed, fetcher=FETCHER)
    assert agreed == (12,) and list((tmp_path / "sets").iterdir()) == []


@pytest.mark.parametrize(
    "head", [(405, b"no", {}), (501, b"", {}), (200, b"zip", {"Content-Encoding": "gzip", "Content-Length": "3"})]
)
def test_a_server_that_does_not_state_the_size_may_send_the_file(head: Answer, muc: bytes, tmp_path: Path) -> None:
    with serving({"/test.json": [head, (200, muc, {})]}) as (url, _):
        agreed = offer_gold_set(set_at(url), fetcher=FETCHER).sizes
        held = get_gold_set(set_at(url), tmp_path / "sets", sizes=agreed, fetcher=FETCHER)
    assert agreed == (None,) and held.manifest.spans == 3


def test_a_label_map_that_was_changed_since_is_told(tmp_path: Path, muc: bytes) -> None:
    held = get_gold_set(find_gold_set("wikiwars"), tmp_path / "sets", source=SMALL_SETS["wikiwars"].write(tmp_path))
    assert differing_facts(find_gold_set("wikiwars"), held) == []
    labels = held.folder / "labels.toml"
    labels.write_text(labels.read_text("utf-8").replace('"DATE"', '"ACTOR"'), "utf-8")
    with pytest.raises(DataError, match=r"labels\.toml: the label map is not the one that was stored\. Fix: delete"):
        verify(held)


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    with serving({}) as (url, _):
        pass
    with pytest.raises(DependencyError, match=r"test\.json: no response \(ConnectError\)\. Fix: check the network"):
        get_gold_set(set_at(url), tmp_path / "sets", fetcher=FETCHER)


@pytest.mark.parametrize("name", SMALL_SETS)
def test_each_set_is_read_from_a_copy_of_ones_own(name: str, tmp_path: Path) -> None:
    small = SMALL_SETS[name]
    (tmp_path / "written").mkdir()
    held = get_gold_set(find_gold_set(name), tmp_path / "sets", source=small.write(tmp_path / "written"))
    documents = list(read_records(held.records, conflict_scheme()))
    assert {
        document.id: [(document.surface(span), span.label) for span in document.spans] for document in documents
    } == small.found
    for part in small.notes:
        assert any(part in note for note in held.manifest.notes), held.manifest.notes
    assert held.manifest.files and all(file.url is None and len(file.sha256) == 64 for file in held.manifest.files)
    states = {each.gold_set.name: each.state for each in list_sets(tmp_path / "sets")}
    assert states.pop(name) == "at hand" and set(states.values()) == {"get", "own copy"}


def test_what_was_changed_since_is_not_used(tmp_path: Path, muc: bytes) -> None:
    root = tmp_path / "sets"
    with serving({"/test.json": [(200, muc, {})]}) as (url, _):
        mine = set_at(url)
        held = get_gold_set(mine, root, fetcher=FETCHER)
    held.records.write_text("", "utf-8")
    (held.folder / "source/deep/test.json").unlink()
    with pytest.raises(DataError) as caught:
        get_gold_set(mine, root)
    assert "gold.jsonl: the file is not the one that was stored. Fix: delete the folder" in str(caught.value)
    assert len(caught.value.problems) == 2
    (held.folder / "manifest.json").write_text(json.dumps({"name": 1}), "utf-8")
    [listed] = [each for each in list_sets(root) if each.gold_set.name == "muc-4"]
    assert listed.state == "broken" and "not the manifest of a set" in listed.problem


def test_a_set_that_is_not_fetched_says_how_to_get_it(tmp_path: Path) -> None:
    for each in catalogue():
        if not each.files:
            with pytest.raises(UsageError, match=r"cannot be (fetched|read)") as caught:
                offer_gold_set(each)
            assert "Fix: " in str(caught.value)
            with pytest.raises(UsageError):
                get_gold_set(each, tmp_path / "sets")
    assert not (tmp_path / "sets").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(DependencyError, match="file/sets: cannot be written"):
        get_gold_set(find_gold_set("muc-4"), tmp_path / "file" / "sets", source=role_fillers(tmp_path))
