"""Speed of the extractors `dictionary` and `patterns` compared with spaCy's PhraseMatcher and EntityRuler."""

from __future__ import annotations

import random
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import spacy

from goldspan.annotate import load_extractor
from goldspan.corpus import read_records
from goldspan.schema import Document, Scheme, conflict_scheme, parse_scheme

_ENTRIES = 100_000
_ROUNDS = 3
_WORDS = ("Hochwasser", "flood", "storm", "shelling", "airstrike", "raid", "ambush", "clashes", "offensive", "siege")


def main() -> None:
    """Print words per second of each and of its peer, with as many entries and patterns, on texts of news."""
    documents = _documents()
    words = sum(len((document.text or "").split()) for document in documents)
    names = _names(documents)
    scheme = _scheme([rf"\b{word}\b" for word in _WORDS])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "names.csv"
        path.write_text("surface,label\n" + "".join(f"{name},X\n" for name in names), encoding="utf-8")
        start = time.process_time()
        dictionary = load_extractor(f"dictionary:{path},label=X", scheme)
        loading = time.process_time() - start
    start = time.process_time()
    nlp = spacy.blank("en")
    matcher = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    matcher.add_patterns([{"label": "X", "pattern": name} for name in names])  # type: ignore[attr-defined]
    loading_peer = time.process_time() - start
    _compare("dictionary", words, lambda: dictionary.extract(documents), lambda: _piped(nlp, documents))
    print(f"         loaded {_ENTRIES} entries in {loading:.1f} s, spaCy in {loading_peer:.1f} s")
    ruler = spacy.blank("en")
    tokens = [{"label": "X", "pattern": [{"LOWER": word.lower()}]} for word in _WORDS]
    ruler.add_pipe("entity_ruler").add_patterns(tokens)  # type: ignore[attr-defined]
    patterns = load_extractor("patterns", scheme)
    _compare("patterns", words, lambda: patterns.extract(documents), lambda: _piped(ruler, documents))


def _compare(name: str, words: int, ours: Callable[[], object], peer: Callable[[], object]) -> None:
    speeds = [words / min(_seconds(work) for _ in range(_ROUNDS)) for work in (ours, peer)]
    ratio = speeds[0] / speeds[1]
    print(f"finders  {name}: {speeds[0]:.0f} words/s, spaCy's EntityRuler {speeds[1]:.0f} words/s: {ratio:.1f} times")


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()  # other work on the machine does not count
    work()
    return time.process_time() - start


def _piped(nlp: spacy.language.Language, documents: list[Document]) -> list[int]:
    return [len(doc.ents) for doc in nlp.pipe(document.text or "" for document in documents)]


def _documents() -> list[Document]:
    news = Path(__file__).parents[2] / "tests" / "annotate" / "news"
    return [document for path in sorted(news.glob("*.jsonl")) for document in read_records(path, conflict_scheme())]


def _names(documents: list[Document]) -> list[str]:
    """Return names of one to three words; every tenth word is one of the texts."""
    rng = random.Random(7)
    known = sorted({word for document in documents for word in re.findall(r"\w+", document.text or "")})
    other = ["".join(rng.choices("abdeiklmnorstu", k=rng.randint(2, 9))) for _ in range(10 * len(known))]
    names: set[str] = set()
    while len(names) < _ENTRIES:
        names.add(" ".join(rng.choices(known + other, k=rng.choice((1, 2, 2, 3)))))
    return sorted(names)


def _scheme(patterns: list[str]) -> Scheme:
    labels = {"X": {"definition": "-", "patterns": patterns}}
    return parse_scheme({"name": "x", "version": 1, "labels": labels})
