"""What to do next: after a command, the one that most people want then, ready to be pasted.

Only a person sees it: on standard error, where that is a terminal, and never beside JSON. `hints = false` in
goldspan.toml or GOLDSPAN_HINTS=0 turn it off. A name of a file to be written is one that is not there yet.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from .console import note

VARIABLE = "GOLDSPAN_HINTS"

_asked_for = True


def use(asked_for: bool) -> None:
    """Takes over what the configuration says."""
    global _asked_for
    _asked_for = asked_for


def after_build(out: str, *, rules: bool, scheme: Path | None) -> None:
    """Records are made: check them, then annotate them.

    Args:
        out: The records.
        rules: Whether the rules, which annotate by default, are for the scheme and the languages.
        scheme: Theirs.
    """
    if out != "-":
        check = _command("corpus", "check", out, scheme=scheme)
        annotate = _command("annotate", out, "--out", _beside(out, "suggestions"), scheme=scheme)
        _say(f"{check} && {annotate}" if rules else check)


def after_annotate(out: str, *, scheme: Path | None) -> None:
    """Suggestions are made: bring them to people."""
    if out != "-":
        _say(_command("studio", "push", out, scheme=scheme))


def after_push(where: Sequence[str], *, review: bool, scheme: Path | None) -> None:
    """Tasks wait for people: bring their work back.

    Args:
        where: Options that name server and project.
        review: Whether it is a review, of which one layer comes back.
        scheme: Of the project.
    """
    out = _fresh(Path("review.jsonl") if review else Path("passes"))
    _say(_command("studio", "pull", *where, "--out", out, scheme=scheme), "when people have worked")


def after_plan(plan: Path, where: Sequence[str], *, scheme: Path | None) -> None:
    """Tasks of a plan wait for people: see how far they are, and bring their work back."""
    status = _command("studio", "status", "--plan", plan, *where)
    out = _fresh(Path("passes"))
    _say(f"{status} && {_command('studio', 'pull', '--plan', plan, *where, '--out', out, scheme=scheme)}")


def after_pull(files: Sequence[str], *, scheme: Path | None) -> None:
    """Layers came back: compare them, or look for the mistakes of the only one."""
    if len(files) > 1:
        _say(_command("agree", *files, scheme=scheme))
    elif files:
        _say(_command("corpus", "check", *files, "--deep", scheme=scheme))


def after_agree(passes: Sequence[str], *, scheme: Path | None) -> None:
    """Passes are compared: bring them to one gold."""
    if "-" not in passes:
        gold, conflicts = _fresh(Path("gold.jsonl")), _fresh(Path("conflicts.jsonl"))
        _say(_command("adjudicate", *passes, "--out", gold, "--conflicts", conflicts, scheme=scheme))


def after_adjudicate(out: str, *, scheme: Path | None) -> None:
    """There is a gold layer: make a dataset of it."""
    if out != "-":
        _say(_command("export", out, "--to", "hf", "--out", _fresh(Path(out).with_name("dataset")), scheme=scheme))


def after_conflicts(passes: Sequence[str], out: str, conflicts: str | None, *, scheme: Path | None) -> None:
    """Conflicts are open: decide them."""
    if "-" in (out, *passes):
        return
    if conflicts is None:
        again = _command("adjudicate", *passes, "--out", out, "--conflicts", _fresh(Path("conflicts.jsonl")))
    else:
        again = _command("adjudicate", *passes, "--out", out, "--decisions", conflicts, scheme=scheme)
    _say(again, "when its decisions are filled in" if conflicts else "")


def after_export(form: str, out: Path) -> None:
    """A dataset is there: load it."""
    if form == "hf":
        code = f"from datasets import load_dataset; print(load_dataset({str(out)!r}))"
        _say(shlex.join(["python", "-c", code]))


def after_score(arguments: Sequence[str], *, html: bool, errors: bool, scheme: Path | None) -> None:
    """Systems are scored: see where they fail.

    Args:
        arguments: Gold, systems and what else the call was given.
        html: Whether a report was made.
        errors: Whether errors were shown.
        scheme: Theirs.
    """
    more = ([] if errors else ["--errors"]) + ([] if html else ["--html", _fresh(Path("report.html"))])
    if more and "-" not in arguments:
        _say(_command("score", *arguments, *more, scheme=scheme))


def after_train(gold: str, out: Path, *, scheme: Path | None) -> None:
    """A pipeline is trained: annotate with it."""
    source = "corpus.jsonl" if gold == "-" else gold
    made = _beside(source, "suggestions")
    _say(_command("annotate", source, "--extractor", f"spacy:{out}", "--out", made, scheme=scheme))


def _command(*words: object, scheme: Path | None = None) -> str:
    more = [] if scheme is None else ["--scheme", scheme]
    return shlex.join(["goldspan", *map(str, (*words, *more))])


def _beside(path: str, kind: str) -> str:
    """A path for what is made of a file: `corpus.jsonl` gives `corpus.suggestions.jsonl`."""
    return _fresh(Path(path).with_name(f"{Path(path).name.partition('.')[0]}.{kind}.jsonl"))


def _fresh(path: Path) -> str:
    """A path that nothing is at yet."""
    name, dot, suffixes = path.name.partition(".")
    number = 2
    while path.exists():
        path = path.with_name(f"{name}-{number}{dot}{suffixes}")
        number += 1
    return str(path)


def _say(command: str, when: str = "") -> None:
    wanted = _asked_for and os.environ.get(VARIABLE, "1") != "0"
    if wanted and sys.stderr is not None and sys.stderr.isatty():
        note(f"next{f', {when}' if when else ''}: {command}")
