"""Hints: after a command, print the one that usually comes next, ready to paste.

Hints go to standard error, only if that is a terminal, and never beside JSON. `hints = false` in goldspan.toml or
GOLDSPAN_HINTS=0 turns them off. Output files in a hint do not exist yet.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from .console import note

VARIABLE = "GOLDSPAN_HINTS"

_enabled = True


def enable(enabled: bool) -> None:
    """Turn hints on or off, as the configuration says."""
    global _enabled
    _enabled = enabled


def after_build(out: str, *, extractor: str | None, scheme: Path | None) -> None:
    """After records are built: check them, then annotate them.

    Args:
        out: The records.
        extractor: The extractor that supports scheme and languages, empty for the default one; None if none does.
        scheme: The scheme file.
    """
    if out != "-":
        check = _command("corpus", "check", out, scheme=scheme)
        named = ["--extractor", extractor] if extractor else []
        annotate = _command("annotate", out, *named, "--out", _derived_path(out, "suggestions"), scheme=scheme)
        _show(check if extractor is None else f"{check} && {annotate}")


def after_annotate(out: str, *, scheme: Path | None) -> None:
    """After suggestions are made: push them to annotators."""
    if out != "-":
        _show(_command("studio", "push", out, scheme=scheme))


def after_push(server: Sequence[str], *, review: bool, scheme: Path | None) -> None:
    """After a push: pull the annotations.

    Args:
        server: Options that select server and project.
        review: Whether it is a review, which gives one layer.
        scheme: The scheme file.
    """
    out = _unused_path(Path("review.jsonl") if review else Path("passes"))
    _show(_command("studio", "pull", *server, "--out", out, scheme=scheme), "once tasks are annotated")


def after_plan(plan: Path, server: Sequence[str], *, scheme: Path | None) -> None:
    """After a planned push: show the progress, and pull the annotations."""
    status = _command("studio", "status", "--plan", plan, *server)
    out = _unused_path(Path("passes"))
    _show(f"{status} && {_command('studio', 'pull', '--plan', plan, *server, '--out', out, scheme=scheme)}")


def after_pull(files: Sequence[str], *, scheme: Path | None) -> None:
    """After a pull: compare the layers, or look for mistakes in the only one."""
    if len(files) > 1:
        _show(_command("agree", *files, scheme=scheme))
    elif files:
        _show(_command("corpus", "check", *files, "--suspicious", scheme=scheme))


def after_agree(passes: Sequence[str], *, scheme: Path | None) -> None:
    """After an agreement: adjudicate the passes to one gold."""
    if "-" not in passes:
        gold, conflicts = _unused_path(Path("gold.jsonl")), _unused_path(Path("conflicts.jsonl"))
        _show(_command("adjudicate", *passes, "--out", gold, "--conflicts", conflicts, scheme=scheme))


def after_adjudicate(out: str, *, scheme: Path | None) -> None:
    """After an adjudication: export the gold as a dataset."""
    if out != "-":
        _show(
            _command("export", out, "--to", "hf", "--out", _unused_path(Path(out).with_name("dataset")), scheme=scheme)
        )


def after_conflicts(passes: Sequence[str], out: str, conflicts: str | None, *, scheme: Path | None) -> None:
    """After an adjudication with open conflicts: decide them."""
    if "-" in (out, *passes):
        return
    if conflicts is None:
        again = _command("adjudicate", *passes, "--out", out, "--conflicts", _unused_path(Path("conflicts.jsonl")))
    else:
        again = _command("adjudicate", *passes, "--out", out, "--decisions", conflicts, scheme=scheme)
    _show(again, "once the decisions are filled in" if conflicts else "")


def after_export(form: str, out: Path) -> None:
    """After an export: load the dataset."""
    if form == "hf":
        code = f"from datasets import load_dataset; print(load_dataset({str(out)!r}))"
        _show(shlex.join(["python", "-c", code]))


def after_score(arguments: Sequence[str], *, html: bool, errors: bool, scheme: Path | None) -> None:
    """After scores: look at the errors.

    Args:
        arguments: Gold, systems and other options of the call.
        html: Whether a report was written.
        errors: Whether errors were shown.
        scheme: The scheme file.
    """
    additions = ([] if errors else ["--errors"]) + ([] if html else ["--html", _unused_path(Path("report.html"))])
    if additions and "-" not in arguments:
        _show(_command("score", *arguments, *additions, scheme=scheme))


def after_train(gold: str, out: Path, *, scheme: Path | None) -> None:
    """After a training: annotate with the pipeline."""
    source = "corpus.jsonl" if gold == "-" else gold
    out_file = _derived_path(source, "suggestions")
    _show(_command("annotate", source, "--extractor", f"spacy:{out}", "--out", out_file, scheme=scheme))


def _command(*words: object, scheme: Path | None = None) -> str:
    option = [] if scheme is None else ["--scheme", scheme]
    return shlex.join(["goldspan", *map(str, (*words, *option))])


def _derived_path(path: str, kind: str) -> str:
    """Return a path derived from another: `corpus.jsonl` gives `corpus.suggestions.jsonl`."""
    return _unused_path(Path(path).with_name(f"{Path(path).name.partition('.')[0]}.{kind}.jsonl"))


def _unused_path(path: Path) -> str:
    """Return the path, numbered if it exists already."""
    name, dot, suffixes = path.name.partition(".")
    number = 2
    while path.exists():
        path = path.with_name(f"{name}-{number}{dot}{suffixes}")
        number += 1
    return str(path)


def _show(command: str, when: str = "") -> None:
    wanted = _enabled and os.environ.get(VARIABLE, "1") != "0"
    if wanted and sys.stderr is not None and sys.stderr.isatty():
        note(f"next{f', {when}' if when else ''}: {command}")
