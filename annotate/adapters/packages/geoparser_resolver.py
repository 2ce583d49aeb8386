"""The extractor `geoparser`: the package geoparser, which finds places and their entries in GeoNames (Gomes 2024).

Its recogniser and its resolver are used as they are, without the database in which the package keeps projects.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

from ....schema import DependencyError, Document, Extractor, Parameter, Scheme, Span, UsageError, Value, load_places
from ..normalisation import MAP, ForeignSpan, PredictionNormalizer
from .model_folder import weights_digest
from .text_pieces import text_pieces

_PLACE = "toponym"
_PIECE = 20_000
"""Most characters of a piece: pipelines of spaCy refuse a million, and take much memory for less."""

_GEONAMES = ("geonames", "geonames-cities")
"""The gazetteers of the package whose identifiers are those of GeoNames."""


_SENTENCES = "xx_sent_ud_sm"
"""The pipeline by which the resolver of the package finds the sentence of a place."""


class GeoparserExtractor:
    """An extractor that runs the recogniser and the resolver of the package geoparser.

    A place has its id in GeoNames, its point and, where goldspan's own gazetteer has it too, its kind and country.

    Args:
        scheme: The scheme of the layers.
        recognizer: What finds places, `predict(texts)`.
        resolver: What finds their entries, `predict(texts, references)`.
        gazetteer: Where the entries are, `find(identifier)`.
        identity: The versions of package, models and gazetteer.
        map: A file that maps the label `toponym`; by default it is the scheme's LOCATION.
    """

    def __init__(
        self,
        scheme: Scheme,
        *,
        recognizer: Any,
        resolver: Any,
        gazetteer: Any,
        identity: str,
        map: Path | None,  # noqa: A002 - the argument's name
    ) -> None:
        own = Path(str(resources.files("goldspan.corpus.gold_sets").joinpath("maps/lgl.toml")))
        self._scheme, self._recognizer, self._resolver, self._gazetteer = scheme, recognizer, resolver, gazetteer
        self._normalizer = PredictionNormalizer(scheme, map=map or own, fill=False)
        target = self._normalizer.names.get(_PLACE)
        self._label = scheme.label(target) if target else None
        self._places = load_places()
        self.tally = self._normalizer.tally
        self.name = "geoparser"
        self.version = f"{identity}+{self._places.edition}{self._normalizer.signature}"

    def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
        """Return the layers of a batch; long texts are cut at the ends of sentences."""
        pieces = text_pieces(documents, lambda text: len(text) <= _PIECE)
        found: list[list[ForeignSpan]] = [[] for _ in documents]
        texts = [piece.text for piece in pieces]
        references = [list(spans or ()) for spans in self._recognizer.predict(texts)] if texts else []
        entries = self._resolver.predict(texts, references) if texts else []
        for piece, spans, referents in zip(pieces, references, entries, strict=True):
            for (start, end), referent in zip(spans, referents, strict=True):
                value = self._value(referent)
                found[piece.document].append(ForeignSpan(piece.start + start, piece.start + end, _PLACE, value=value))
        return self._normalizer.layers(documents, found)

    def _value(self, referent: tuple[str, str] | None) -> Value | None:
        """Return the value of an entry of the gazetteer; None without one, or if the scheme has no such value."""
        feature = self._gazetteer.find(referent[1]) if referent else None
        if feature is None or self._label is None:
            self.tally["places without an entry in the gazetteer"] += feature is None
            return None
        parts = dict(self._parts(str(feature.identifier), feature.data))
        keys = {key.name for field in self._label.fields.values() for key in field.keys}
        kept = {key: part for key, part in parts.items() if key in keys and part is not None}
        if not kept or self._label.value_problem(kept) is not None:
            self.tally["places whose value the scheme does not allow"] += 1
            return None
        return self._scheme.value(self._label.name, **kept)

    def _parts(self, identifier: str, data: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
        place = f"geonames:{identifier}"
        yield "lat", data.get("latitude")
        yield "lon", data.get("longitude")
        if known := self._places.get(place):
            yield from {"id": known.id, "kind": known.kind, "country": known.country or None}.items()
        else:
            yield "id", place


def _edition(gazetteer: Any) -> str:
    """Return what tells an installed gazetteer from others: its name, and the size and time of its file."""
    from geoparser.gazetteer.artifact import artifact_path

    file = artifact_path(gazetteer.gazetteer_name).stat()
    return f"{gazetteer.gazetteer_name}-{file.st_size}.{int(file.st_mtime)}"


class _GeoparserFactory:
    packages: ClassVar[Mapping[str, Sequence[str]]] = {"geoparser": ("geoparser", "spacy", "sentence_transformers")}
    summary = "the package geoparser: places with their entries in GeoNames"
    parameters = (
        Parameter(
            "gazetteer", "geonames or geonames-cities, as `python -m geoparser install` has it", default="geonames"
        ),
        Parameter("spacy", "pipeline of spaCy that finds places: a package or a folder", default="en_core_web_sm"),
        Parameter("model", "sentence transformer that chooses among entries", default="dguzh/geo-all-MiniLM-L6-v2"),
        MAP,
    )

    def __call__(
        self,
        scheme: Scheme,
        *,
        gazetteer: str,
        spacy: str,
        model: str,
        map: Path | None,  # noqa: A002 - the argument's name
    ) -> Extractor:
        """Create the extractor.

        Raises:
            DataError: The label map is invalid.
            DependencyError: The gazetteer or a model is not there.
            UsageError: The gazetteer has no ids of GeoNames.
        """
        if gazetteer not in _GEONAMES:
            raise UsageError(f"gazetteer={gazetteer!r} has no ids of GeoNames. Fix: one of {', '.join(_GEONAMES)}")
        from geoparser.gazetteer import Gazetteer
        from geoparser.modules import SentenceTransformerResolver, SpacyRecognizer
        from spacy.util import get_installed_models

        for pipeline in (spacy, _SENTENCES):
            if pipeline not in get_installed_models() and not Path(pipeline).is_dir():  # the package would install it
                what = f"the pipeline {pipeline!r}, which geoparser uses, is not installed"
                raise DependencyError(f"{what}. Fix: python -m spacy download {pipeline}")
        try:
            entries = Gazetteer(gazetteer)
            recognizer = SpacyRecognizer(model_name=spacy)
            resolver = SentenceTransformerResolver(model_name=model, gazetteer_name=gazetteer)
        except (OSError, ValueError, ImportError, RuntimeError) as error:
            reason = " ".join(str(error).split())[:300].removesuffix(".")
            fix = f"python -m geoparser install {gazetteer}, or name models that are there"
            raise DependencyError(f"geoparser cannot be loaded: {reason}. Fix: {fix}") from error
        meta = recognizer.nlp.meta
        weights = weights_digest(resolver.transformer)[:8]
        identity = f"{version('geoparser')}-{_edition(entries)}-{meta['name']}-{meta['version']}-{weights}"
        return GeoparserExtractor(
            scheme, recognizer=recognizer, resolver=resolver, gazetteer=entries, identity=identity, map=map
        )


GEOPARSER = _GeoparserFactory()
"""The factory behind the entry point `geoparser`."""
