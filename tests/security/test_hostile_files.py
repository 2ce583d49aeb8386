"""Files that were made to hurt, wherever a command reads one: an error in a line, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..conftest import Run, record, write_lines

DEEP = 200_000
PAYLOADS: dict[str, bytes] = {
    "nothing": b"",
    "a mark alone": b"\xef\xbb\xbf",
    "zeros": b"\0" * 1000,
    "other bytes": bytes(range(128, 256)) * 4,
    "UTF-16": '{"id": "a", "text": "x", "spans": []}\n'.encode("utf-16"),
    "lists in lists": b"[" * DEEP,
    "closed lists in lists": b"[" * DEEP + b"]" * DEEP,
    "objects in objects": b'{"a":' * DEEP,
    "an object with deep extra": b'{"id": "a", "text": "x", "spans": [], "extra": '
    + b'{"a":' * 900
    + b"1"
    + b"}" * 901,
    "a task with deep data": b'[{"id": 1, "data": {"text": "x", "more": ' + b"[" * 900 + b"]" * 900 + b"}}]",
    "a long number": b'{"id": "a", "text": "x", "spans": [], "extra": {"n": ' + b"9" * 10_000 + b"}}\n",
    "a large number": b'{"id": "a", "text": "x", "spans": [], "extra": {"n": 99999999999999999999999999}}\n',
    "large offsets": b'{"id": "a", "text": "x", "spans": [{"start": 1, "end": 99999999999999999999, "label": "ACTOR"}]}\n',
    "a large fraction": b'{"id": "a", "text": "x", "spans": [], "extra": {"n": 1e999}}\n',
    "no number": b'{"id": "a", "text": "x", "spans": [], "extra": {"n": NaN}}\n',
    "half a pair": b'{"id": "\\ud800", "text": "\\udc00", "spans": []}\n',
    "a zero in an id": b'{"id": "a\\u0000b", "text": "\\u0000", "spans": []}\n',
    "one key many times": b'{"id": "a", ' * 1 + b'"text": "x", ' * 10_000 + b'"spans": []}\n',
    "TOML: deep": b"a = " + b"[" * DEEP,
    "TOML: deep tables": b"a = " + b"{a=" * DEEP,
    "TOML: dotted": b".".join([b"a"] * 20_000) + b" = 1\n",
    "TOML: a long number": b"name = " + b"9" * 10_000 + b"\n",
    "TOML: zeros": b'name = "a\\u0000b"\n[[article]]\nfile = "a\\u0000b"\n',
    "TOML: dates": b"name = 2023-11-07\nversion = 2023-11-07T00:00:00Z\nlabels = 1979-05-27\narticle = 07:32:00\n",
    "TOML: a way out": b'[[article]]\nfile = "../../../etc/passwd"\n',
    "TOML: no number": b"name = nan\nversion = inf\n[labels.A.fields]\nx = nan\n",
}
SINKS: dict[str, tuple[str, ...]] = {
    "check": ("corpus", "check", "{bad}.jsonl"),
    "check packed": ("corpus", "check", "{bad}.jsonl.gz"),
    "check packed otherwise": ("corpus", "check", "{bad}.jsonl.zst"),
    "check columns": ("corpus", "check", "{bad}.parquet"),
    "score columns": ("score", "{bad}.parquet", "{bad}.parquet"),
    "deep": ("corpus", "check", "{bad}.jsonl", "--suspicious"),
    "lenient": ("corpus", "stats", "{bad}.jsonl", "--lenient"),
    "answers": ("corpus", "check", "{good}", "--suspicious", "--suppress", "{bad}.jsonl"),
    "diff": ("corpus", "diff", "{good}", "{bad}.jsonl"),
    "agree": ("agree", "{good}", "{bad}.jsonl"),
    "decisions": ("adjudicate", "{good}", "{other}", "--out", "{out}.jsonl", "--decisions", "{bad}.jsonl"),
    "review": ("adjudicate", "{good}", "{other}", "--out", "{out}.jsonl", "--review", "{bad}.jsonl"),
    "score": ("score", "{good}", "{bad}.jsonl", "--resamples", "0"),
    "map": ("score", "{good}", "{good}", "--resamples", "0", "--map", "{bad}.toml"),
    "annotate": ("annotate", "{bad}.jsonl", "--extractor", "rules", "--out", "{out}.jsonl"),
    "scheme": ("corpus", "check", "{good}", "--scheme", "{bad}.toml"),
    "schema check": ("schema", "check", "{bad}.toml"),
    "actors": ("lookup", "x", "--actors", "{bad}.tsv"),
    "places": ("lookup", "x", "--places", "{bad}.tsv"),
    "build": ("corpus", "build", "{bad}.jsonl", "--out", "{out}.jsonl"),
    "build text": ("corpus", "build", "{bad}.txt", "--out", "{out}.jsonl"),
    "build guessed": ("corpus", "build", "{bad}.txt", "--out", "{out}.jsonl", "--encoding", "detect"),
    "build table": ("corpus", "build", "{bad}.csv", "--out", "{out}.jsonl"),
    "build columns": ("corpus", "build", "{bad}.parquet", "--out", "{out}.jsonl"),
    "manifest": ("corpus", "build", "{folder}", "--out", "{out}.jsonl"),
    "restore": ("convert", "{good}", "--from", "jsonl", "--out", "{out}.jsonl", "--restore", "{bad}.jsonl"),
    "studio": ("convert", "{bad}.json", "--from", "studio", "--out", "{out}.jsonl"),
    "conll": ("convert", "{bad}.conll", "--from", "conll", "--out", "{out}.jsonl"),
    "spacy": ("convert", "{bad}.spacy", "--from", "spacy", "--out", "{out}.jsonl"),
    "standoff": ("convert", "{bad}.jsonl", "--from", "standoff", "--out", "{out}.jsonl"),
    "brat": ("convert", "{brat}", "--from", "brat", "--out", "{out}.jsonl"),
    "hub": ("convert", "{hub}", "--from", "hf", "--out", "{out}.jsonl"),
    "plan": ("studio", "status", "--plan", "{bad}.json"),
    "push": ("studio", "push", "{bad}.jsonl"),
    "conflicts": ("studio", "push", "{good}", "--conflicts", "{bad}.jsonl"),
    "guidelines": ("studio", "push", "{good}", "--guidelines", "{bad}.txt"),
}


@pytest.mark.parametrize("sink", SINKS)
def test_every_reader_ends_with_an_error_and_no_traceback(
    sink: str, goldspan: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOLDSPAN_HOME", str(tmp_path / "home"))  # where no server is
    good = write_lines(tmp_path / "good.jsonl", record("a", "x", layer={"annotator": "one"}))
    other = write_lines(tmp_path / "other.jsonl", record("a", "x", layer={"annotator": "two"}))
    for number, (name, payload) in enumerate(PAYLOADS.items()):
        place = tmp_path / str(number)
        folder, brat, hub = (place / part for part in ("folder", "brat", "hub"))
        for made in (folder, brat, hub / "spans"):
            made.mkdir(parents=True)
        (folder / "a.txt").write_text("x")
        suffixes = ("jsonl", "jsonl.gz", "jsonl.zst", "parquet", "toml", "tsv", "txt", "csv", "json", "conll", "spacy")
        written = [place / f"bad.{suffix}" for suffix in suffixes]
        written += [folder / "manifest.toml", brat / "goldspan.jsonl", hub / "spans" / "train.parquet"]
        for path in written:
            path.write_bytes(payload)
        (brat / "a.ann").write_bytes(payload)
        (brat / "a.txt").write_bytes(b"x")
        names = {"bad": place / "bad", "out": place / "out", "folder": folder, "brat": brat, "hub": hub}
        done = goldspan(*(part.format(good=good, other=other, **names) for part in SINKS[sink]))
        status, said = done.returncode, done.stderr
        assert status in (0, 1, 2, 3) and "Traceback" not in said, (name, said)
        assert status == 0 or said.startswith(("error: ", "note: ")) or "error: " in said, (name, said)
        assert len(said) < 20_000, (name, said[:1000])
