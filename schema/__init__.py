"""The scheme, the data model, the actor registry and the gazetteer, on which all other packages build.

Offsets are 0-based, half-open and count Unicode code points.

Examples:
    >>> from goldspan.schema import Document, conflict_scheme
    >>> scheme = conflict_scheme()
    >>> document = Document(id="erbil", text="Iran struck Erbil.", spans=())
    >>> document = document.add("Erbil", "LOCATION", {"kind": "settlement"})
    >>> document.spans[0].value.kind
    'settlement'
    >>> document.spans[0] == scheme.span(12, 17, "LOCATION", kind="settlement")
    True
"""

from .document import Decision, Document, InvalidAnnotation, Layer, Metadata, Span, Value, Zone
from .edtf import Edtf, parse_edtf
from .errors import (
    CombinedError,
    DataError,
    DependencyError,
    GoldspanError,
    Problem,
    UsageError,
    did_you_mean,
    for_each,
    os_error_hint,
    pluralize,
    truncate_problems,
)
from .extractor import Extractor, ExtractorFactory, Parameter
from .files.json_schema import record_json_schema
from .files.scheme_diff import scheme_changes, span_incompatibility
from .files.scheme_file import conflict_scheme, load_scheme, parse_scheme
from .files.scheme_writer import save_scheme
from .fingerprint import LayerFingerprint, layer_fingerprint
from .hashing import canonical_json, sha256_hex
from .language import NEUTRAL, canonical_language, is_english, language_error, parse_language, primary_language
from .migration.document_migration import MigratedDocument, Migration, migrate
from .migration.migration_map import load_migration, parse_migration
from .migration.questions import MigrationQuestion
from .names.actors import Actor, ActorRegistry, load_actors
from .names.authorities import canonical_value
from .names.gazetteer import Gazetteer, Place, load_places
from .records.record import RecordCodec
from .scheme import Label, Scheme
from .value_types import VALUE_TYPES, distance_km, value_text
from .values.label_field import Field
from .values.value_type import Key, ValueType

__all__ = [
    "NEUTRAL",
    "VALUE_TYPES",
    "Actor",
    "ActorRegistry",
    "CombinedError",
    "DataError",
    "Decision",
    "DependencyError",
    "Document",
    "Edtf",
    "Extractor",
    "ExtractorFactory",
    "Field",
    "Gazetteer",
    "GoldspanError",
    "InvalidAnnotation",
    "Key",
    "Label",
    "Layer",
    "LayerFingerprint",
    "Metadata",
    "MigratedDocument",
    "Migration",
    "MigrationQuestion",
    "Parameter",
    "Place",
    "Problem",
    "RecordCodec",
    "Scheme",
    "Span",
    "UsageError",
    "Value",
    "ValueType",
    "Zone",
    "canonical_json",
    "canonical_language",
    "canonical_value",
    "conflict_scheme",
    "did_you_mean",
    "distance_km",
    "for_each",
    "is_english",
    "language_error",
    "layer_fingerprint",
    "load_actors",
    "load_migration",
    "load_places",
    "load_scheme",
    "migrate",
    "os_error_hint",
    "parse_edtf",
    "parse_language",
    "parse_migration",
    "parse_scheme",
    "pluralize",
    "primary_language",
    "record_json_schema",
    "save_scheme",
    "scheme_changes",
    "sha256_hex",
    "span_incompatibility",
    "truncate_problems",
    "value_text",
]
