"""The migrations that a project has been through, in its labeling config, and what its pages may still send after them.

A page that was opened before a migration continues in the old labels and fields, and the editor drops what it finds in
a control that the labeling config lacks. So the config keeps the controls of earlier schemes out of sight, and their
labels, so that marks in them show. What they hold is migrated when it is read.

The migrations themselves are a comment in the style sheet of the config: whoever reads the project knows them, on any
server, and config and migrations never differ.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from xml.etree import ElementTree as ET

import msgspec

from ....schema import DataError, Problem, Scheme, UsageError, parse_scheme
from ....schema.migration.document_migration import Migration
from ....schema.migration.migration_map import parse_migration
from .controls import controls
from .hotkeys import NO_KEY
from .labeling_config import LABELS, TEXT, name_attributes, result_label
from .pickers.picker_controls import pickers

_COMMENT = re.compile(r"/\* goldspan-migrations ([A-Za-z0-9_=-]+) \*/")
_MOST_BYTES = 10_000_000  # of migrations, unpacked


class MigrationRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A migration of a project.

    Attributes:
        old: The map's old scheme, as TOML.
        new: Its new scheme, as TOML.
        map: The map, as TOML.
        reverse: Whether the project went from the new scheme to the old one.
        done: Whether all work was migrated; else it is to be continued.
    """

    old: str
    new: str
    map: str
    reverse: bool = False
    done: bool = False

    def load(self) -> Migration:
        """Return the migration."""
        forward = parse_migration(self.map, parse_scheme(self.old), parse_scheme(self.new))
        return forward.reversed if self.reverse else forward


def migrations_in(config: str) -> tuple[MigrationRecord, ...]:
    """Return the migrations that a labeling config tells of, oldest first.

    Raises:
        DataError: They cannot be read, because somebody changed them.
    """
    found = _COMMENT.search(config)
    if found is None:
        return ()
    try:
        unpacked = zlib.decompressobj().decompress(base64.urlsafe_b64decode(found[1]), _MOST_BYTES)
        return msgspec.json.decode(unpacked, type=tuple[MigrationRecord, ...])
    except (ValueError, zlib.error, msgspec.MsgspecError) as error:
        fix = "restore the labeling config from the backup of the migration"
        raise DataError(Problem("the migrations in the labeling config of the project cannot be read", fix)) from error


def current_migrations(config: str, scheme: Scheme, title: str) -> tuple[MigrationRecord, ...]:
    """Return the migrations of a project that somebody wants to use with a scheme.

    Args:
        config: Its labeling config.
        scheme: The scheme.
        title: Its title, for messages.

    Raises:
        DataError: A migration was cut off, or the migrations cannot be read.
        UsageError: The scheme is one from which the project was migrated.
    """
    records = migrations_in(config)
    if not records:
        return ()
    if not records[-1].done:
        fix = "run the same goldspan studio migrate again, which completes it"
        raise DataError(Problem(f"the migration of project {title!r} was cut off", fix))
    steps = [record.load() for record in records]
    now = steps[-1].new
    if scheme.fingerprint != now.fingerprint and any(step.old.fingerprint == scheme.fingerprint for step in steps):
        problem = f"`scheme` {scheme.ref}: project {title!r} was migrated to {now.ref}"
        raise UsageError(f"{problem}. Fix: the file of {now.ref} as `scheme`")
    return records


def with_migrations(config: str, scheme: Scheme, migrations: Sequence[MigrationRecord]) -> str:
    """Return a scheme's labeling config with migrations, and with the labels and controls of earlier schemes.

    Args:
        config: The labeling config of the scheme.
        scheme: The scheme.
        migrations: The migrations, oldest first; without any the config stays as it is.
    """
    if not migrations:
        return config
    root = ET.fromstring(config)
    labels = next(element for element in root.iter("Labels") if element.get("name") == LABELS)
    earlier = [found for step in reversed(migrations) for found in _schemes(step) if found != scheme]
    hidden = _add_labels(labels, earlier)
    hidden += any(element.get("hotkey") == NO_KEY for element in list(labels)[: -hidden or None])  # of a review
    style = next(root.iter("Style"))
    style.text = f"{style.text}{_style(hidden)}{_comment(migrations)}\n"
    view = ET.SubElement(root, "View", className="goldspan-earlier")
    known = {element.get("name") for element in root.iter()}
    for control in _controls(earlier):
        if control.get("name") not in known:
            known.add(control.get("name"))
            view.append(control)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode")


def with_records(config: str, migrations: Sequence[MigrationRecord]) -> str:
    """Return a labeling config that tells of migrations with other records of them in their place."""
    return _COMMENT.sub(_comment(migrations), config)


def _comment(migrations: Sequence[MigrationRecord]) -> str:
    packed = base64.urlsafe_b64encode(zlib.compress(msgspec.json.encode(migrations), 9)).decode()
    return f"/* goldspan-migrations {packed} */"


def _schemes(record: MigrationRecord) -> tuple[Scheme, Scheme]:
    migration = record.load()
    return migration.old, migration.new


def _add_labels(labels: ET.Element, earlier: Iterable[Scheme]) -> int:
    """Add the labels of earlier schemes that the latest one lacks; return their number."""
    known = {element.get("alias") or element.get("value") for element in labels}
    added = 0
    for scheme in earlier:
        for label in scheme.labels.values():
            result = result_label(label.name, scheme)
            if result not in known:
                known.add(result)
                named = name_attributes(label.name, result)
                ET.SubElement(labels, "Label", {**named, "background": label.colour, "hotkey": NO_KEY})
                added += 1
    return added


def _style(hidden: int) -> str:
    rules = [".goldspan-earlier { display: none; }"]
    if hidden:
        rules.append(f".goldspan-top .lsf-labels .lsf-label:nth-last-child(-n+{hidden}) {{ display: none; }}")
    return "\n".join(rules) + "\n"


def _controls(earlier: Iterable[Scheme]) -> Iterator[ET.Element]:
    """Yield a control for each field of earlier schemes, of the kind that it had."""
    for scheme in earlier:
        for label in scheme.labels:
            for control in controls(scheme)[label]:
                yield _control(
                    control.name, {"choices": "Choices", "number": "Number", "textarea": "TextArea"}[control.kind]
                )
            for picker in pickers(scheme)[label].values():
                yield _control(picker.here, "Choices")
                yield _control(picker.listed, "Taxonomy")


def _control(name: str, tag: str) -> ET.Element:
    control = ET.Element(tag, {"name": name, "toName": TEXT, "perRegion": "true"})
    if tag in ("Choices", "Taxonomy"):  # which answers are no choices any more, the editor keeps as they are
        ET.SubElement(control, "Choice", {"value": "-", "hotkey": NO_KEY})
    elif tag == "Number":
        control.set("hotkey", NO_KEY)
    return control
