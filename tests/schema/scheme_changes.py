"""Random schemes, changes of them with their maps, and documents, for properties of migrations."""

from __future__ import annotations

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from goldspan.schema import (
    Document,
    Layer,
    MigratedDocument,
    Migration,
    Scheme,
    Span,
    Value,
    Zone,
    migrate,
    parse_migration,
    parse_scheme,
)

TEXT = "Ahmad fled Idlib on 5 May with 300 others, and 20 died."
NAMES = ["ACTOR", "PLACE", "TIME", "يوم", "ЛЮДИ", "a b"]
NEW_NAMES = [f"{name}{number}" for name in ("N", "新") for number in range(6)]
FIELDS: list[dict[str, Any]] = [
    {"type": "choice", "choices": ["a", "b", "c"]},
    {"type": "text"},
    {"type": "identifier"},
    {"type": "interval"},
    {"type": "edtf"},
    {"type": "coordinates"},
    {"type": "number"},
    {"type": "number", "units": ["km", "m"]},
    {"type": "number", "unit": "UCUM"},
    {"type": "money"},
    {"type": "duration"},
    {"type": "boolean"},
    {"type": "choices", "choices": ["a", "b", "c"]},
    {"type": "wikidata"},
]
"""Fields of every type of value that goldspan brings."""
PARTS: dict[str, list[dict[str, Any]]] = {
    "text": [{"": "x y"}, {"": "a"}, {"": "7"}],
    "identifier": [{"": "x"}, {"": "a"}],
    "interval": [{"min": 3, "max": 3}, {"min": 3}, {"min": 1, "max": 9, "approx": True}],
    "edtf": [{"": "2024-05"}, {"": "2024"}],
    "coordinates": [{"lat": 1.5, "lon": 2.5}],
    "number": [{"": -1.5}, {"": 7.0}],
    "money": [{"": 1.5, "_currency": "EUR"}, {"": 2.0}],
    "duration": [{"": "P3D"}, {"": "PT2H30M"}],
    "boolean": [{"": True}, {"": False}],
    "choices": [{"": ["a"]}, {"": ["a", "c"]}],
    "wikidata": [{"": "Q42"}],
}
"""Parts of values by type: those of keys that begin with the field's name without it."""

TO_TEXT = ("interval", "choice", "identifier", "edtf", "boolean", "duration", "wikidata")
"""Types whose values lose nothing as text."""

Tables = dict[str, Any]
"""A scheme as `parse_scheme` takes it."""


@st.composite
def scheme_tables(draw: st.DrawFn) -> Tables:
    labels: Tables = {}
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True)):
        kinds = draw(st.lists(st.sampled_from(FIELDS), max_size=2, unique_by=lambda kind: kind["type"]))
        labels[name] = {"definition": "-", "fields": {f"f{i}": dict(kind) for i, kind in enumerate(kinds)}}
    zones = dict.fromkeys(draw(st.lists(st.sampled_from(["url", "stamp", "by"]), unique=True)), "-")
    spans = {"overlap": draw(st.booleans()), "boundaries": "any"}
    return {"name": "random", "version": 1, "labels": labels, "zones": zones, "spans": spans}


@st.composite
def changes(draw: st.DrawFn, tables: Tables) -> tuple[Tables, Tables]:
    """Return another scheme, and the map to it."""
    version = tables["version"] + 1
    labels: Tables = {}
    lines: Tables = {}
    for name, table in tables["labels"].items():
        targets = [name, f"N{draw(st.integers(0, 3))}", *labels]
        choices = [field for field, kind in table["fields"].items() if kind["type"] == "choice"]
        if choices and draw(st.booleans()):
            field = choices[0]
            cases = [[value] for value in table["fields"][field]["choices"]]
            if draw(st.booleans()):  # with a line for all others
                cases[-1] = []
            splits = [draw(_line(table, draw(st.sampled_from(targets)), labels)) for _ in cases]
            for line, values in zip(splits, cases, strict=True):
                line |= {"where": {field: values}} if values else {}
            lines[name] = {"split": splits}
            continue
        target = draw(st.sampled_from(["", *targets, *targets])) if labels else draw(st.sampled_from(targets[:2]))
        lines[name] = draw(_line(table, target, labels)) if target else ""
    if draw(st.booleans()):
        labels[f"M{version}"] = {"definition": "-", "fields": {"added": dict(draw(st.sampled_from(FIELDS)))}}
    kinds = {kind: draw(st.sampled_from(["", kind, "all", f"z{version}"])) for kind in tables["zones"]}
    zones = dict.fromkeys([kind for kind in kinds.values() if kind], "-") | {f"zone{version}": "-"}
    spans = {"overlap": draw(st.booleans()), "boundaries": "any"}
    new = {"name": "random", "version": version, "labels": labels, "zones": zones, "spans": spans}
    return new, {"labels": lines, "zones": kinds}


@st.composite
def _line(draw: st.DrawFn, table: Tables, target: str, labels: Tables) -> Tables:
    """Return the line of a label, and add its target with its fields to the new labels."""
    goal = labels.setdefault(target, {"definition": "-", "fields": {}})
    fields: Tables = {}
    for field, kind in table["fields"].items():
        fields[field] = draw(_field(kind, goal["fields"]))
    line = {"to": target, "fields": fields}
    if draw(st.booleans()):
        fixed = f"g{len(goal['fields'])}"
        goal["fields"][fixed] = {"type": "choice", "choices": [target, "p"]}
        line["set"] = {fixed: draw(st.sampled_from([target, "p"]))}
    return line


@st.composite
def _field(draw: st.DrawFn, kind: Tables, fields: Tables) -> Any:
    """Return the line of a field, and add its target to the fields of the new label."""
    free = f"g{len(fields)}"
    change = draw(st.sampled_from(["drop", "rename", "choices", "convert"]))
    taken = kind["type"] in ("interval", "coordinates") and any(
        kind["type"] == other["type"] for other in fields.values()
    )
    if change == "drop" or (taken and change != "convert"):
        return ""
    if change == "choices" and kind["type"] == "choice":
        fields[free] = {"type": "choice", "choices": ["a", "z"]}
        return {"to": free, "values": {name: draw(st.sampled_from(["a", "z", ""])) for name in kind["choices"]}}
    if change == "choices" and kind["type"] in ("text", "identifier"):
        fields[free] = {"type": "choice", "choices": ["a", "z"]}
        return {"to": free, "values": {"x": "z"}}
    if taken and kind["type"] == "coordinates":
        return ""
    if change == "convert" and kind["type"] in TO_TEXT:
        fields[free] = {"type": "text"}
        return free
    fields[free] = dict(kind)
    return free


@st.composite
def spans_of(draw: st.DrawFn, scheme: Scheme, *, most: int = 5) -> list[Span]:
    spans = []
    for number in range(draw(st.integers(0, most))):
        start = draw(st.integers(0, 50))
        label = draw(st.sampled_from(list(scheme.labels)))
        extra = draw(st.sampled_from([None, {"mine": [1]}]))
        spans.append(
            Span(
                start,
                start + draw(st.integers(1, 4)),
                label,
                draw(values_of(scheme, label)),
                id=f"s{number}",
                extra=extra,
            )
        )
    return spans


@st.composite
def values_of(draw: st.DrawFn, scheme: Scheme, label: str) -> Value | None:
    parts: dict[str, Any] = {}
    for field in scheme.labels[label].fields.values():
        known = PARTS.get(field.type.name) or [{"": name} for name in field.keys[0].choices]
        chosen = dict(draw(st.sampled_from([{}, *known])))
        if any(key.name == f"{field.name}_unit" for key in field.keys):
            chosen["_unit"] = draw(st.sampled_from([None, "km", "m"]))
        for key, part in chosen.items():
            parts[f"{field.name}{key}" if not key or key[0] == "_" else key] = part
    return scheme.value(label, **parts)


@st.composite
def documents(draw: st.DrawFn, scheme: Scheme) -> Document:
    zones = [
        Zone(5 * i, 5 * i + 3, draw(st.sampled_from(list(scheme.zones))))
        for i in range(3)
        if scheme.zones and draw(st.booleans())
    ]
    layer = draw(
        st.sampled_from(
            [
                None,
                Layer(),
                Layer(annotator="a", scheme=scheme.ref),
                Layer(annotator="a", scheme=scheme.ref, scheme_sha256=scheme.fingerprint, extra={"mine": 1}),
            ]
        )
    )
    return Document(id="a", text=TEXT, spans=tuple(draw(spans_of(scheme))), zones=tuple(zones), layer=layer)


@st.composite
def histories(draw: st.DrawFn, *, least: int = 1, most: int = 3) -> tuple[list[Migration], Document]:
    """Return migrations one after the other, and a document of the first scheme."""
    tables = draw(scheme_tables())
    schemes, migrations = [parse_scheme(tables)], []
    for _ in range(draw(st.integers(least, most))):
        tables, lines = draw(changes(tables))
        schemes.append(parse_scheme(tables))
        migrations.append(parse_migration(lines, *schemes[-2:]))
    return migrations, draw(documents(schemes[0]))


def answered(document: Document, migration: Migration, *, clashes: bool = True) -> MigratedDocument:
    """Migrate a document, and answer every question with the first option, by which the first of the spans stays.

    Args:
        document: The document.
        migration: The migration.
        clashes: Whether spans may clash by it; hypothesis tries another example if they do.
    """
    answers: dict[Any, Any] = {}
    while (migrated := migrate(document, migration, answers)).questions:
        for question in migrated.questions:
            assume(clashes or question.kind != "overlap")
            answers[question.key] = [1] if question.kind == "overlap" else (question.options or ("",))[0]
    return migrated
