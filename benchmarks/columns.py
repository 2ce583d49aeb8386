"""Reading columns of tokens and tags, compared with splitting their lines and with seqeval's reading of the tags."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from goldspan.corpus.formats import ReadReport, read_any
from goldspan.schema import conflict_scheme

_TOKENS = 1_200_000
_ROUNDS = 3


def main() -> None:
    """Print the time for 1.2 million tokens in 3,400 documents, and its ratio to each of the peers."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tokens.conll"
        path.write_text("".join(_lines()), "utf-8")
        runs = {"goldspan": _goldspan, "split() of each line": _split, "seqeval get_entities": _seqeval}
        times = {name: min(_seconds(run, path) for _ in range(_ROUNDS)) for name, run in runs.items()}
    ours = times.pop("goldspan")
    print(f"columns  {_TOKENS:,} tokens: read and check {ours:.2f} s of CPU (least of {_ROUNDS})", end="")
    for name, other in times.items():
        print(f"; {name} {other:.2f} s, ratio {ours / other:.1f}", end="")
    print()


def _lines() -> list[str]:
    random.seed(1)
    words = "the a strike in Goma Iran army said Monday forces on of killed near rebels , . city and border".split()
    labels = list(conflict_scheme().labels)
    lines, tokens = [], 0
    while tokens < _TOKENS:
        lines.append("-DOCSTART- -X- O O\n\n")
        for _ in range(20):
            for _ in range(random.randint(4, 20)):
                label = random.choice(labels) if random.random() < 0.1 else ""
                for place in range(random.randint(1, 3) if label else 1):
                    tag = f"{'I' if place else 'B'}-{label}" if label else "O"
                    lines.append(f"{random.choice(words)} NN I-NP {tag}\n")
                    tokens += 1
            lines.append("\n")
    return lines


def _goldspan(path: Path) -> int:
    return sum(len(document.spans) for document in read_any(path, conflict_scheme(), ReadReport(), name="conll"))


def _split(path: Path) -> int:
    with path.open(encoding="utf-8") as lines:
        return sum(len(line.split()) for line in lines)


def _seqeval(path: Path) -> int:
    from seqeval.metrics.sequence_labeling import get_entities

    with path.open(encoding="utf-8") as lines:
        tags = [columns[-1] if (columns := line.split()) else "O" for line in lines]
    return len(get_entities(tags))


def _seconds(run: Callable[[Path], int], path: Path) -> float:
    start = time.process_time()
    run(path)
    return time.process_time() - start
