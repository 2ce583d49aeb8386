"""Processor time and peak memory of goldspan's shortest calls, each beside a program or library of its kind."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from goldspan.corpus.release.editions import edition

from .process_usage import ProcessUsage, run_measured

_ROUNDS = 5

_GOLDSPAN = str(Path(sys.executable).with_name("goldspan"))
_RULES = (
    "from goldspan.annotate.rules import Rules; from goldspan.schema import conflict_scheme; Rules(conflict_scheme())"
)
_PEERS = {
    "import typer": [sys.executable, "-c", "import typer"],
    "import datasets": [sys.executable, "-c", "import datasets"],
    "import spacy": [sys.executable, "-c", "import spacy"],
    "sacrebleu --help": [sys.executable, "-m", "sacrebleu", "--help"],
}


@dataclass(frozen=True, slots=True)
class _Call:
    name: str
    command: Sequence[str]
    peer: str
    target: str = ""


def main() -> None:
    """Print the median of each call and of its peer, in turns, and their ratio."""
    calls = _calls()
    commands = {**{call.name: call.command for call in calls}, **_PEERS}
    rounds = [{name: _measure(command) for name, command in commands.items()} for _ in range(_ROUNDS)]
    print(f"start    processor time and peak memory, median of {_ROUNDS}:")
    for call in calls:
        ours, theirs = ([usages[name] for usages in rounds] for name in (call.name, call.peer))
        ratio = statistics.median(a.cpu_seconds / b.cpu_seconds for a, b in zip(ours, theirs, strict=True))
        target = f" (target: {call.target})" if call.target else ""
        print(f"         {call.name} {_format(ours)}{target}; {call.peer} {_format(theirs)}; ratio {ratio:.2f}")


def _calls() -> list[_Call]:
    folder = Path(str(edition().folder))
    gold, system = str(folder / "gold.jsonl"), str(folder / "passes" / "reader-1.jsonl")
    return [
        _Call("import goldspan", [sys.executable, "-c", "import goldspan"], "import typer"),
        _Call("goldspan --help", [_GOLDSPAN, "--help"], "import typer", "ratio 3"),
        _Call("goldspan --help", [_GOLDSPAN, "--help"], "sacrebleu --help"),
        _Call("goldspan lookup Kyiv", [_GOLDSPAN, "lookup", "Kyiv"], "sacrebleu --help", "0.5 s"),
        _Call("goldspan score, 5 documents", [_GOLDSPAN, "score", gold, system], "import datasets", "0.7 s"),
        _Call("Rules()", [sys.executable, "-c", _RULES], "import spacy", "1 s"),
    ]


def _measure(command: Sequence[str]) -> ProcessUsage:
    usage = run_measured(command)
    if usage.status:
        sys.exit(f"{' '.join(command)} ended with status {usage.status}")
    return usage


def _format(usages: Sequence[ProcessUsage]) -> str:
    seconds = statistics.median(usage.cpu_seconds for usage in usages)
    return f"{seconds:.2f} s, {statistics.median(usage.peak for usage in usages):.0f} MB"
