"""The pages of the scheme and of the record format, generated from the scheme and its JSON Schema."""

from __future__ import annotations

import json

from goldspan.schema import Label, conflict_scheme, record_json_schema


def page() -> str:
    """Return the page with labels, fields and zones of the built-in scheme."""
    scheme = conflict_scheme()
    zones = "\n".join(f"| `{kind}` | {meaning} |" for kind, meaning in scheme.zones.items())
    return (
        f"# Scheme: {scheme.title}\n\n`{scheme.ref}`, explained by version {scheme.guidelines} of the\n"
        f"[guidelines](../guidelines.md). Generated from the scheme's file when the site is built;\n"
        f"[Records and schemes](../records.md#the-scheme-file) explains how to write your own.\n\n"
        f"{scheme.description.strip()}\n\n"
        + "\n".join(_label(label) for label in scheme.labels.values())
        + f"\n## Zones\n\nParts of a text that are not annotated.\n\n| kind | what it is |\n|---|---|\n{zones}\n"
    )


def _label(label: Label) -> str:
    rows = "\n".join(
        f"| `{field.name}` | {field.type.name} | {', '.join(f'`{c}`' for c in getattr(field.type, 'choices', ()))} |"
        f" {(field.definition or '').replace('<', '&lt;')} |"
        for field in label.fields.values()
    )
    correct = " or ".join("`" + "` and `".join(group) + "`" for group in label.correct)
    examples = "\n".join(f"- {example}" for example in label.examples).replace("[", "**").replace("]", "**")
    return (
        f"## {label.name}\n\n{label.definition}\n\n| field | type | choices | meaning |\n|---|---|---|---|\n{rows}\n\n"
        f"A value is correct if it agrees with the gold's in {correct}.\n\n{examples}\n"
    )


def record_page() -> str:
    """Return the page with the JSON Schema of a record under the built-in scheme."""
    schema = json.dumps(record_json_schema(conflict_scheme()), indent=2, ensure_ascii=False)
    return (
        "# JSON Schema of a record\n\nThe output of `goldspan schema json-schema` for the conflict news scheme;\n"
        f"[Records and schemes](../records.md) explains the keys.\n\n```json\n{schema}\n```\n"
    )
