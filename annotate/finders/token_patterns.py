"""Patterns of tokens in the notation of spaCy's `Matcher`, run as regular expressions over the tokens of a text.

spaCy says which tokens fit which description. Each token then becomes a word of zeros and ones, one for each of the
descriptions, and the pattern a regular expression over these words. `Matcher` itself follows all stretches at once,
which takes seconds for three hundred repeated tokens, and cannot be stopped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from ...corpus.spans.timed_patterns import TimedPattern
from ...corpus.spans.tokenisation import CHARACTERS, tokenizer_name
from ...schema import DataError
from ...schema.extras import require_extras
from ...schema.files.scheme_patterns import SchemePattern
from ..rules.guideline_tokenizer import blank_pipeline

_OPERATORS = {"": "", "1": "", "?": "?", "*": "*", "+": "+"}
_COUNTED = re.compile(r"\{(\d*)(,?)(\d*)\}")
_TRAINED = frozenset("POS TAG MORPH DEP LEMMA ENT_TYPE ENT_ID ENT_IOB ENT_KB_ID SENT_START IS_SENT_START _".split())
"""Attributes that only a trained pipeline sets."""


class TokenPattern:
    """A pattern of tokens.

    Args:
        pattern: The pattern.
        more_time: As for `TimedPattern`.

    Attributes:
        descriptions: A description of a token for each that the pattern has, as JSON; empty for any token.
        groups: The names that its tokens have as `group`.

    Raises:
        DataError: It is not such a pattern.
    """

    def __init__(self, pattern: SchemePattern, more_time: str = "") -> None:
        self._pattern = pattern
        tokens = [self._token(dict(token)) for token in pattern.tokens]
        self.descriptions = sorted({description for description, _, _ in tokens} - {""})
        expression, open_group = "", ""
        for description, quantifier, group in tokens:
            if group != open_group:
                expression += (")" if open_group else "") + (f"(?P<{group}>" if group else "")
                open_group = group
            expression += f"(?:;{self._bits(description)}){quantifier}"
        self._timed = TimedPattern(pattern, expression + (")" if open_group else ""), more_time=more_time)
        self.groups = self._timed.groups
        groups = [group for _, _, group in tokens]
        beginnings = [group for before, group in pairwise(["", *groups]) if group not in ("", before)]
        if len(beginnings) > len(self.groups):
            raise DataError(pattern.problem("tokens of one group are apart", "name the groups differently"))
        self._needed = {d for d, quantifier, _ in tokens if d and not quantifier.startswith(("?", "*", "{0"))}

    def _token(self, token: dict[str, Any]) -> tuple[str, str, str]:
        """Return a token's description as JSON, its quantifier and its group."""
        operator, group = str(token.pop("OP", "")), token.pop("group", "")
        if not isinstance(group, str) or (group and not group.isidentifier()):
            raise DataError(self._pattern.problem(f"{group!r} is not a name of a group", "use letters and _"))
        for key in _keys(token):
            if key.upper() in _TRAINED:
                what = f"{key} is known to trained pipelines only, and patterns run without one"
                raise DataError(self._pattern.problem(what, "use LOWER, SHAPE, IS_TITLE and the like"))
            if key.upper() == "REGEX":
                what = "REGEX within a token is not supported"
                raise DataError(self._pattern.problem(what, "write the pattern as `regex`, or list words with IN"))
        return json.dumps(token, sort_keys=True) if token else "", self._quantifier(operator), group

    def _quantifier(self, operator: str) -> str:
        if operator in _OPERATORS:
            return _OPERATORS[operator]
        match = _COUNTED.fullmatch(operator)
        if match is None or not (match[1] or match[3]):
            what, fix = f"unknown operator {operator!r}", "? * + {2} {2,} {,3} {2,3}; for not: NOT_IN, or IS_… = false"
            raise DataError(self._pattern.problem(what, fix))
        return f"{{{match[1] or 0}{match[2]}{match[3]}}}"

    def _bits(self, description: str) -> str:
        size = len(self.descriptions)
        if not description:
            return f"[01]{{{size}}}"
        at = self.descriptions.index(description)
        return f"[01]{{{at}}}1[01]{{{size - at - 1}}}"

    def search(
        self, fitting: Mapping[str, set[int]], n_tokens: int, seconds: float
    ) -> Iterator[tuple[tuple[int, int], dict[str, tuple[int, int]]]]:
        """Yield each stretch of tokens that the pattern finds, and those of its groups.

        Args:
            fitting: The numbers of the tokens that fit each description.
            n_tokens: How many tokens the text has.
            seconds: As for `TimedPattern.search`.

        Raises:
            PatternTimeoutError: It takes longer.
        """
        if not all(fitting[description] for description in self._needed):
            return
        sets = [fitting[description] for description in self.descriptions]
        words = "".join(";" + "".join("1" if number in fits else "0" for fits in sets) for number in range(n_tokens))
        size = len(sets) + 1
        for match in self._timed.search(words, seconds):
            groups = {name: match.span(name) for name in self.groups if match.end(name) > match.start(name)}
            yield (
                (match.start() // size, match.end() // size),
                {name: (start // size, end // size) for name, (start, end) in groups.items()},
            )


class TokenReader:
    """A reader of the tokens of texts in one language, which knows what fits the descriptions of patterns.

    Args:
        language: The language of the texts; None if it is not stated.
        patterns: The patterns, with where each is from.

    Raises:
        DataError: A description is not one that spaCy knows.
        DependencyError: spaCy is not installed.
    """

    def __init__(self, language: str | None, patterns: Mapping[TokenPattern, SchemePattern]) -> None:
        require_extras("a pattern of tokens", "rules")
        import spacy
        from spacy.matcher import Matcher

        name = tokenizer_name(language)
        self._pipeline = pipeline = blank_pipeline(name) if name == CHARACTERS else spacy.blank(name)
        self._matcher = Matcher(pipeline.vocab, validate=True)
        self._descriptions: dict[int, str] = {}
        for pattern, origin in patterns.items():
            for description in pattern.descriptions:
                if description in self._matcher:
                    continue
                try:
                    self._matcher.add(description, [[json.loads(description)]])
                except Exception as error:  # of several classes, one for each stage of its checks
                    reason = " ".join(str(error).split())[:200]
                    raise DataError(origin.problem(f"spaCy knows no such token: {reason}")) from error
                self._descriptions[pipeline.vocab.strings[description]] = description

    def read(self, text: str) -> tuple[list[tuple[int, int]], dict[str, set[int]]]:
        """Return the offsets of the tokens of a text, and the numbers of those that fit each description."""
        fitting: dict[str, set[int]] = {description: set() for description in self._descriptions.values()}
        with self._pipeline.memory_zone():  # forgets the words of the text
            tokens = self._pipeline.tokenizer(text)
            for key, start, _ in self._matcher(tokens):
                fitting[self._descriptions[key]].add(start)
            return [(token.idx, token.idx + len(token)) for token in tokens], fitting


def _keys(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        for key, part in data.items():
            yield str(key)
            yield from _keys(part)
