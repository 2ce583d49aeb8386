"""The items of spaCy's JSON files: training examples, docs, and paragraphs of spaCy 2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, pairwise
from typing import Any

from ....schema import DataError, Problem
from ..conll.tag_notation import parse_tag
from ..conll.tag_repair import require_entities
from ..conll.tag_schemes import TagSchemeDetector
from ..foreign.json_values import id_of, list_of, object_of, offset_of, string_of
from ..foreign.stated_documents import StatedDocument
from ..foreign.token_texts import JOINED, find_tokens, join_tokens
from .doc_spans import DocSpan, add_spans, span_of_list, span_of_object, spans_of_groups

UNKNOWN_ENTITIES = "documents whose entities are unknown"
"""Why a doc has no spans, if nothing says that it has none."""
OTHER_ANNOTATIONS = "annotations other than spans"
"""The kind of omission for tags, lemmas, dependencies and the like, once for a document."""

_OF_TOKENS = ("tag", "pos", "lemma", "dep", "head", "morph")
_EXAMPLE = ("entities", "spans", "cats", "text")
_DOC = ("text", "ents", "spans", "sents", "tokens", "cats", "title", "settings", "_")
_UNKNOWN = ("-", "", None)


def example_document(text: Any, annotations: Any, extra: Mapping[str, Any], name: str = "") -> StatedDocument:
    """Return what a training example states.

    Args:
        text: Its text.
        annotations: The object with its `entities`, `spans` and `cats`.
        extra: Data to keep.
        name: Id of the document.

    Raises:
        DataError: The text is no string, or a span is not `[start, end, label]`.
    """
    if not isinstance(text, str):
        raise DataError(Problem("the example has no text", "give each example as [text, {…}]"))
    annotations = object_of(annotations, "what follows the text")
    stated = StatedDocument(text, id=name, extra=_with_cats(extra, annotations.get("cats")))
    entities = list_of(annotations.get("entities"), "`entities`")
    ents = [span_of_list(item, f"entity {number}") for number, item in enumerate(entities, 1)]
    add_spans(stated, ents, spans_of_groups(annotations.get("spans"), span_of_list))
    if annotations.get("entities") is None and annotations.get("spans") is None:
        stated.without_spans = UNKNOWN_ENTITIES
    stated.left_out[OTHER_ANNOTATIONS] += any(bool(v) for k, v in annotations.items() if k not in _EXAMPLE)
    return stated


def doc_document(item: Mapping[str, Any], id_field: str) -> StatedDocument:
    """Return what a doc states, as `Doc.to_json` or an input of displaCy has it.

    Raises:
        DataError: A span is invalid.
    """
    kept = {k: v for k, v in item.items() if k not in (*_DOC, id_field) and not k.startswith("underscore_")}
    underscore = object_of(item.get("_") or {}, "`_`")
    stated = StatedDocument(
        string_of(item, "text", "the doc"),
        id=id_of(item, id_field),
        extra=_with_cats(underscore | kept, item.get("cats")),
        meta={"title": item["title"]} if isinstance(item.get("title"), str) and item["title"] else {},
    )
    ents = [span_of_object(ent, f"entity {n}") for n, ent in enumerate(list_of(item.get("ents"), "`ents`"), 1)]
    extensions: dict[tuple[int, int], dict[str, Any]] = {}
    for name, values in object_of(item.get("underscore_span") or {}, "`underscore_span`").items():
        for value in list_of(values, f"`underscore_span` {name!r}"):
            value = object_of(value, f"`underscore_span` {name!r}")
            bounds = offset_of(value.get("start"), repr(name)), offset_of(value.get("end"), repr(name))
            extensions.setdefault(bounds, {})[name] = value.get("value")
    add_spans(stated, ents, spans_of_groups(item.get("spans"), span_of_object), extensions)
    of_tokens = object_of(item.get("underscore_token") or {}, "`underscore_token`")
    stated.left_out["extension attributes of tokens"] += sum(
        len(list_of(values, "`underscore_token`")) for values in of_tokens.values()
    )
    tokens = [object_of(token, "a token") for token in list_of(item.get("tokens"), "`tokens`")]
    stated.left_out[OTHER_ANNOTATIONS] += any(key in token for token in tokens for key in _OF_TOKENS)
    places = [(offset_of(token.get("start"), "a token"), offset_of(token.get("end"), "a token")) for token in tokens]
    _state_words(stated, places)
    if item.get("ents") is None and not item.get("spans"):
        stated.without_spans = UNKNOWN_ENTITIES
    return stated


def _state_words(stated: StatedDocument, places: Sequence[tuple[int, int]]) -> None:
    """State the words of spans that begin and end with tokens, if only blanks are between the tokens."""
    gaps = pairwise([0, *(bound for place in places for bound in place), len(stated.text)])
    if any(start > end or stated.text[start:end].strip() for start, end in islice(gaps, 0, None, 2)):
        return
    starts, ends = {start for start, _ in places}, {end for _, end in places}
    for span in stated.spans:
        ((start, end),) = span.fragments
        if start in starts and end in ends and 0 <= start < end <= len(stated.text):
            span.words = stated.text[start:end]


def _with_cats(extra: Mapping[str, Any], cats: Any) -> dict[str, Any]:
    return {**extra, "cats": cats} if cats else dict(extra)


def paragraph_documents(
    item: Mapping[str, Any], letters: TagSchemeDetector, id_field: str, repair: str
) -> Iterator[StatedDocument]:
    """Yield what the paragraphs of a document of spaCy 2 state.

    Args:
        item: The document.
        letters: The letters of the file's tags, which tell their scheme.
        id_field: The field that holds its id.
        repair: Name of the rule for tags that do not follow their scheme.

    Raises:
        DataError: A token is not at its place, or tags do not follow their scheme.
    """
    name, paragraphs = id_of(item, id_field), list_of(item.get("paragraphs"), "`paragraphs`")
    for number, paragraph in enumerate(paragraphs, 1):
        own = f"{name}#{number}" if name and len(paragraphs) > 1 else name
        yield _paragraph(object_of(paragraph, f"paragraph {number}"), letters, own, repair)


def _paragraph(paragraph: Mapping[str, Any], letters: TagSchemeDetector, name: str, repair: str) -> StatedDocument:
    sentences = list_of(paragraph.get("sentences"), "`sentences`")
    by_sentence = [list_of(object_of(s, "a sentence").get("tokens"), "`tokens`") for s in sentences]
    tokens = [object_of(token, "a token") for sentence in by_sentence for token in sentence]
    words = [string_of(token, "orth", "a token") for token in tokens]
    raw = paragraph.get("raw")
    if isinstance(raw, str):
        text, places = raw, find_tokens(raw, words)
    else:
        spaces = [token.get("space") for token in tokens]
        known = all(isinstance(space, str) for space in spaces)
        text, places = join_tokens(words, [str(space) for space in spaces] if known else ())
    listed = [object_of(cat, "a category") for cat in list_of(paragraph.get("cats") or None, "`cats`")]
    cats = {str(cat.get("label")): cat.get("value") for cat in listed}
    stated = StatedDocument(text, id=name, extra=_with_cats({}, cats))
    if not isinstance(raw, str) and not known:
        stated.changed[JOINED] += 1
    ents: list[DocSpan] = []
    position = 0
    for sentence in by_sentence:
        ends = places[position : position + len(sentence)]
        ents += _tagged(sentence, ends, letters, stated, repair)
        position += len(sentence)
    offsets = list_of(paragraph.get("entities"), "`entities`")
    ents += [span_of_list(entity, f"entity {number}") for number, entity in enumerate(offsets, 1)]
    add_spans(stated, ents, {})
    _state_words(stated, places)
    unknown = sum(token.get("ner") in _UNKNOWN for token in tokens)
    if unknown == len(tokens) and tokens and not offsets:
        stated.without_spans = UNKNOWN_ENTITIES
    elif not offsets:
        stated.left_out["tokens whose entity is unknown"] += unknown
    more = any(key in token for token in tokens for key in _OF_TOKENS) or any(s.get("brackets") for s in sentences)
    stated.left_out[OTHER_ANNOTATIONS] += more
    stated.left_out["links of entities"] += len(list_of(paragraph.get("links") or None, "`links`"))
    return stated


def _tagged(
    tokens: list[dict[str, Any]],
    places: list[tuple[int, int]],
    letters: TagSchemeDetector,
    stated: StatedDocument,
    repair: str,
) -> Iterator[DocSpan]:
    """Yield the entities of a sentence by the tags of its tokens."""
    tags = []
    for token in tokens:
        tag = token.get("ner")
        if isinstance(tag, str) and tag.startswith("!"):
            stated.left_out["tags of what a token is not"] += 1
            tag = "O"
        tags.append(parse_tag("O" if tag in _UNKNOWN else str(tag)))
    entities, ill_formed = require_entities(tags, letters.scheme(assume_iob2=False), repair)
    stated.changed[f"ill-formed chunks read by the rule {repair}"] += ill_formed
    for entity in entities:
        yield DocSpan(places[entity.first][0], places[entity.end - 1][1], entity.label)


def add_tags(letters: TagSchemeDetector, item: Any) -> None:
    """Add the tags of a document of spaCy 2 to those by which the scheme of a file is recognised."""
    paragraphs = item.get("paragraphs") if isinstance(item, dict) else None
    for paragraph in paragraphs if isinstance(paragraphs, list) else []:
        sentences = paragraph.get("sentences") if isinstance(paragraph, dict) else None
        for sentence in sentences if isinstance(sentences, list) else []:
            tokens = sentence.get("tokens") if isinstance(sentence, dict) else None
            tags = [token.get("ner") for token in tokens if isinstance(token, dict)] if isinstance(tokens, list) else []
            known = [tag for tag in tags if isinstance(tag, str) and tag not in _UNKNOWN and not tag.startswith("!")]
            letters.add_sentence([parse_tag(tag) for tag in known])
