"""Speed of the rules compared with a small neural pipeline, and their memory over a million documents."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from ..process_usage import run_measured

_RECORDS = 1_000_000
_COPIES = 5
_ROUNDS = 9


def main() -> None:
    """Print words per second of the rules and of tok2vec + NER (target: 10 times, at least 8), and peak memory."""
    words, rounds = json.loads(_measure_speed())
    ours, theirs = (words / median(times) for times in zip(*rounds, strict=True))
    ratios = sorted(theirs_seconds / own_seconds for own_seconds, theirs_seconds in rounds)
    print(f"rules    {words} words, one core, warm, processor time: {ours:.0f} words/s;", end=" ")
    print(f"spaCy tok2vec + NER (untrained, batched) {theirs:.0f} words/s:", end=" ")
    print(f"{median(ratios):.1f} times, median of {len(ratios)} rounds from {ratios[0]:.1f} to {ratios[-1]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "million.jsonl", Path(folder) / "out.jsonl"
        for count in (_RECORDS // 10, _RECORDS):
            with source.open("w", encoding="utf-8") as stream:
                stream.writelines(_records(count))
            command = Path(sys.executable).with_name("goldspan")
            print(f"         annotate {count} records: {run_measured([command, 'annotate', source, '--out', out])}")


def _records(count: int) -> Iterator[str]:
    """Yield short records, each with words that no other has, so that the vocabulary keeps growing."""
    rng = random.Random(3)
    places = ("Kyiv", "El Fasher", "Goma", "Gaza", "Mopti", "Sittwe")
    for number in range(count):
        name = "".join(rng.choice("abcdeilmnorstu") for _ in range(9)).title()
        text = f"Gen. {name} said on Tuesday that {number} rockets hit {rng.choice(places)}, near {name[::-1].title()}."
        yield f'{{"id": "d{number}", "text": "{text}", "spans": []}}\n'


def _measure_speed() -> str:
    """Return the output of a process limited to one thread, and to one core where the system allows it."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.extractors.rules"],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    ).stdout


def _child() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    from goldspan.annotate.rules import Rules
    from goldspan.corpus import read_records
    from goldspan.schema import conflict_scheme

    scheme = conflict_scheme()
    news = Path(__file__).parents[2] / "tests" / "annotate" / "news"
    documents = [document for path in sorted(news.glob("*.jsonl")) for document in read_records(path, scheme)] * _COPIES
    texts = [document.text or "" for document in documents]
    words = sum(len(text.split()) for text in texts)
    rules = Rules(scheme)
    pipeline = _pipeline()

    def ours() -> None:
        rules.extract(documents)

    def theirs() -> None:
        for _ in pipeline.pipe(texts):
            pass

    rounds = [(_seconds(ours), _seconds(theirs)) for _ in range(_ROUNDS + 1)][1:]  # alternating; the first warms up
    print(json.dumps([words, rounds]))


def _seconds(run: Callable[[], None]) -> float:
    """Return the processor time of a run, which other work on the machine changes least."""
    start = time.process_time()
    run()
    return time.process_time() - start


def _pipeline() -> Any:
    """Return an untrained spaCy pipeline with the tok2vec and NER of its small English model, which costs the same."""
    import spacy

    pipeline = spacy.blank("en")
    tok2vec = {
        "@architectures": "spacy.HashEmbedCNN.v2",
        "width": 96,
        "depth": 4,
        "embed_size": 2000,
        "window_size": 1,
        "maxout_pieces": 3,
        "subword_features": True,
        "pretrained_vectors": None,
    }
    pipeline.add_pipe("tok2vec", config={"model": tok2vec})
    parser = {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": "ner",
        "extra_state_tokens": False,
        "hidden_width": 64,
        "maxout_pieces": 2,
        "use_upper": True,
        "tok2vec": {"@architectures": "spacy.Tok2VecListener.v1", "width": 96, "upstream": "*"},
    }
    recogniser: Any = pipeline.add_pipe("ner", config={"model": parser})
    for label in ("ACTOR", "LOCATION", "DATE", "COUNT"):
        recogniser.add_label(label)
    pipeline.initialize()
    return pipeline


if __name__ == "__main__":
    _child()
