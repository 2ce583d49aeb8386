"""`goldspan corpus names`: who the pseudonyms of annotators are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...console import note, one_line, result_json, table
from ...options import Json
from ...pseudonym_notes import shown_key


def names(
    pseudonyms: Annotated[
        list[str] | None, typer.Argument(metavar="[PSEUDONYM...]", help="Pseudonyms to look up; all by default.")
    ] = None,
    assign: Annotated[
        list[str] | None,
        typer.Option(
            "--assign", metavar="NAME=PSEUDONYM", help="Give a name a pseudonym, or that of the same person; repeat."
        ),
    ] = None,
    of: Annotated[
        Path | None,
        typer.Option("--of", metavar="PATH", help="Read the key of the project that this file or folder is in."),
    ] = None,
    json: Json = False,
) -> None:
    """Tell who the pseudonyms of annotators are, by the key in the project's folder, which only its owner can read.

    The key is .goldspan/names.json in the nearest folder that has one, from here or from --of upwards, else beside
    goldspan.toml, else here or at --of.
    """
    from ....corpus.privacy.name_key import NameKey, key_of, key_path, read_key, set_pseudonym
    from ....schema import UsageError, did_you_mean

    if of is not None and not of.exists():
        raise UsageError(f"--of {of}: no such file or folder. Fix: a file of the project, or its folder")
    path = key_path() if of is None else key_of(of)
    pairs = [pair.rpartition("=") for pair in assign or []]
    for pair, (name, equals, _) in zip(assign or [], pairs, strict=True):
        if not name or not equals:
            raise UsageError(f"--assign {pair}: Fix: NAME=PSEUDONYM, as in ada=annotator-1")
    key = read_key(path) or NameKey(path, {})
    for name, _, pseudonym in pairs:
        key = set_pseudonym(path, name, pseudonym)
    by_pseudonym = key.names()
    for pseudonym in pseudonyms or []:
        if pseudonym not in by_pseudonym:
            fix = did_you_mean(pseudonym, list(by_pseudonym)) if by_pseudonym else "export or report first"
            raise UsageError(f"{shown_key(path)}: nobody is {pseudonym!r}. Fix: {fix}")
    shown = {pseudonym: by_pseudonym[pseudonym] for pseudonym in pseudonyms or by_pseudonym}
    if json:
        result_json({"key": str(path), "names": shown})
        return
    if not by_pseudonym:
        none = (
            f"--of {of}: its project has no key" if of is not None and not path.exists() else "nobody has a pseudonym"
        )
        note(f"{none} yet: the first export or report makes {shown_key(path)}")
        return
    table([(pseudonym, one_line(", ".join(of))) for pseudonym, of in shown.items()], ("pseudonym", "names"))
    note(f"key: {shown_key(path)}")
