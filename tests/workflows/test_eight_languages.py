"""From a folder of texts to a dataset and scores in eight languages, label names in their scripts included."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import pytest

from goldspan.corpus import load
from goldspan.schema import load_scheme

from ..conftest import Run
from ..languages import SAMPLES, Sample

DICTIONARY = """
import json, sys
words = json.load(open(sys.argv[1], encoding="utf-8"))
for line in sys.stdin.buffer:
    record = json.loads(line)
    record["spans"] = [
        {"start": at, "end": at + len(surface), "label": label}
        for surface, label in words.items() if (at := record["text"].find(surface)) >= 0
    ]
    sys.stdout.buffer.write(json.dumps(record).encode() + b"\\n")
"""


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_the_loop_in_another_language(sample: Sample, goldspan: Run, tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / f"{sample.place}.txt").write_text(sample.text, "utf-8")
    (tmp_path / "scheme.toml").write_text(sample.scheme, "utf-8")
    (tmp_path / "find.py").write_text(DICTIONARY, "utf-8")
    words = {sample.text[start:end]: label for start, end, label in sample.spans}
    (tmp_path / "words.json").write_text(json.dumps(words), "utf-8")
    (tmp_path / "goldspan.toml").write_text(f'scheme = "scheme.toml"\nlanguage = "{sample.tag.upper()}"\n', "utf-8")
    find = shlex.join([sys.executable, "-IS", "find.py", "words.json"])

    def run(*call: object) -> str:
        done = goldspan(*call, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    scheme = load_scheme(tmp_path / "scheme.toml")
    run("corpus", "build", "texts", "--out", "corpus.jsonl")
    told = run("annotate", "corpus.jsonl", "--extractor", f"command:{find}", "--out", "gold.jsonl")
    assert "put right" not in told and "dropped" not in told
    assert "0 problems" in run("corpus", "check", "gold.jsonl")
    [gold] = load(tmp_path / "gold.jsonl", scheme=scheme)
    assert [(span.start, span.end, span.label) for span in gold.spans] == sample.spans
    assert gold.meta.language == sample.tag

    for form in ("hf", "conll", "brat"):
        run("export", "gold.jsonl", "--to", form, "--out", form)
        run("convert", form, "--from", form, "--out", f"{form}.jsonl")
        [back] = load(tmp_path / f"{form}.jsonl", scheme=scheme)
        assert (back.text, back.meta.language) == (gold.text, sample.tag)
        assert [(span.start, span.end, span.label) for span in back.spans] == sample.spans
    card = (tmp_path / "hf" / "README.md").read_text("utf-8")
    assert f"language:\n- {sample.tag.partition('-')[0]}\n" in card and sample.place in card

    told = run("score", "gold.jsonl", "hf.jsonl", "--tokens", "--resamples", "0", "--json")
    [system] = json.loads(told[: told.rindex("}") + 1])["systems"]
    assert system["spans"]["strict"]["micro"]["f1"] == 1 and f"|tokens:{sample.tokenizer}|" in system["signature"]
    assert system["tokens"]["untagged"]["gold"] == sample.within_tokens
