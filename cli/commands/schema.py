"""`goldspan schema`: show a scheme, check one, compare two."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated, Any

import typer

from ...schema.errors import pluralize
from ..console import note, result, result_json, table
from ..option_effects import CheckedGroup
from ..options import Json, SchemeFile
from .schema_migrate import migrate, scheme_named

app = CheckedGroup(help="The annotation scheme: show it, check your own, compare and change it.", no_args_is_help=True)

app.command()(migrate)


@app.command()
def show(scheme: SchemeFile = None, json: Json = False) -> None:
    """Print the scheme: labels, the fields of their values, zone kinds."""
    from ...annotate.guidelines import shipped_guidelines
    from ...schema import load_scheme

    loaded = load_scheme(scheme)
    if json:
        result_json(_as_data(loaded))
        return
    result(f"{loaded.title} ({loaded.ref}), fingerprint {loaded.fingerprint[:12]}")
    result(loaded.description)
    for label in loaded.labels.values():
        result(f"\n{label.name}  key {label.hotkey or '-'}  {label.definition}")
        for item in label.fields.values():
            choices = getattr(item.type, "choices", None) or (getattr(item.type, "authority", None) or item.type.name,)
            result(f"  {item.name} ({', '.join(choices)})  {item.definition}")
        for example in label.examples:
            result(f"  e.g. {example}")
    result("\nNot annotated (zones)")
    for kind, definition in loaded.zones.items():
        result(f"  {kind}  {definition}")
    if not loaded.overlap:
        result("\nSpans never overlap.")
    if loaded.guidelines:
        where = ": docs/guidelines.md in the repository" if shipped_guidelines(loaded) else ""
        result(f"Guidelines {loaded.guidelines} decide the hard cases{where}.")


def _as_data(scheme: Any) -> dict[str, Any]:
    return {
        "name": scheme.name,
        "version": scheme.version,
        "title": scheme.title,
        "description": scheme.description,
        "fingerprint": scheme.fingerprint,
        "guidelines": scheme.guidelines,
        "overlap": scheme.overlap,
        "labels": {
            label.name: {
                "definition": label.definition,
                "colour": label.colour,
                "hotkey": label.hotkey,
                "correct": label.correct,
                "fields": {
                    item.name: {
                        **item.type.spec(),
                        "keys": [key.name for key in item.keys],
                        "definition": item.definition,
                    }
                    for item in label.fields.values()
                },
            }
            for label in scheme.labels.values()
        },
        "zones": scheme.zones,
    }


@app.command()
def check(file: Annotated[Path, typer.Argument(help="A scheme file (TOML).")], json: Json = False) -> None:
    """Report every problem of a scheme file, with its line."""
    from ...annotate.finders.scheme_check import check_patterns
    from ...schema import DataError, load_scheme

    try:
        scheme = load_scheme(file)
        if unchecked := check_patterns(scheme):
            note(unchecked)
    except DataError as error:
        if not json:
            raise
        result_json(
            {"file": str(file), "problems": [{"line": p.line, "what": p.what, "fix": p.fix} for p in error.problems]}
        )
        raise typer.Exit(1) from error
    if json:
        result_json({"file": str(file), "problems": [], "scheme": scheme.ref, "fingerprint": scheme.fingerprint})
    else:
        labels = ", ".join(scheme.labels)
        label_list = f"{pluralize(len(scheme.labels), 'label')} ({labels})"
        result(f"{file}: {scheme.ref}, {label_list}, fingerprint {scheme.fingerprint[:12]}")


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="A scheme file, or `conflict-news` for the built-in scheme.")],
    new: Annotated[str, typer.Argument(help="The other one.")],
    records: Annotated[
        list[str] | None,
        typer.Option("--records", help="Records annotated with OLD: list their affected spans; repeat."),
    ] = None,
    json: Json = False,
) -> None:
    """Show what changed from one scheme to another, and which existing spans become invalid.

    Ends with status 1 if spans of the given records become invalid.
    """
    from ...corpus.inspection.scheme_effects import invalidated_spans
    from ...schema import scheme_changes
    from ...schema.files.scheme_diff import pattern_changes

    before, after = scheme_named(old), scheme_named(new)
    changes = scheme_changes(before, after)
    patterns = pattern_changes(before, after)
    affected = invalidated_spans(records or (), before, after)
    if json:
        result_json(
            {
                "old": before.ref,
                "new": after.ref,
                "changes": [*changes, *patterns],
                "affected": [span.to_dict() for span in affected],
            }
        )
    else:
        for line in [*(changes or ["no change that affects spans or zones"]), *patterns]:
            result(line)
        if changes and before.ref == after.ref:
            result(f"both are {after.ref}. Fix: raise the version of the new one")
        if affected:
            result(f"\nno longer valid: {pluralize(len(affected), 'span')}")
            table(
                [
                    (f"{span.document} [{span.start}, {span.end})", span.label, span.surface, span.reason)
                    for span in affected
                ],
                ("document", "label", "surface", "why"),
            )
            call = shlex.join(["goldspan", "schema", "migrate", old, new, "--draft"])
            note(f"next: {call}, for a map by which `goldspan schema migrate` takes them to {after.ref}")
        elif records:
            result("every span of the records is still valid")
    if affected:
        raise typer.Exit(1)


@app.command("json-schema")
def json_schema(scheme: SchemeFile = None) -> None:
    """Print a JSON Schema of one line of a records file."""
    from ...schema import load_scheme, record_json_schema

    result_json(record_json_schema(load_scheme(scheme)))


@app.command("studio-config")
def studio_config(scheme: SchemeFile = None) -> None:
    """Print the labeling config of Label Studio for the scheme."""
    from ...annotate.label_studio.mapping.labeling_config import labeling_config
    from ...schema import load_scheme

    result(labeling_config(load_scheme(scheme)))
