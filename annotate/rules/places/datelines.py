"""Datelines, with which a report states where it is from: "GOMA, Congo, May 2 (Reuters) -", "PARIS (AP) —"."""

from __future__ import annotations

from ..decision_table import DecisionRule, decide
from ..passage import Mention, Passage

_DASHES = frozenset(("–", "—", "-", "--", "---"))
_JOINTS = frozenset(("/", "("))
_PLACES = frozenset(("state", "place"))
_LONGEST_BRACKET = 5


def is_dateline(passage: Passage, mention: Mention) -> bool:
    """Check whether a name is the place of a dateline."""
    tokens, first, last = passage.tokens, mention.first, mention.last
    if last + 1 >= len(tokens) or not tokens.same_sentence(first, last):
        return False
    country = passage.mention_at(last + 1) if tokens.lower(last) == "," else None
    if country is not None and country.name_kind == "state" and country.actor is mention.actor:
        return True
    starts = tokens.starts_sentence(first) or tokens.lower(first - 1) in _JOINTS
    return starts and decide(DATELINE_RULES, (passage, mention), otherwise=False)


def _follows(case: tuple[Passage, Mention], *marks: str) -> bool:
    return case[0].tokens.lower(case[1].last) in marks


def _is_hyphenated(case: tuple[Passage, Mention]) -> bool:
    """Check whether a hyphen joins a name to the next: "Moscow-Kyiv talks"."""
    tokens, last = case[0].tokens, case[1].last
    return tokens.words[last].text == "-" and tokens.is_joined(last) and tokens.is_joined(last + 1)


def _is_upper(case: tuple[Passage, Mention]) -> bool:
    return case[0].tokens.words[case[1].first].upper


def _joins_dateline(case: tuple[Passage, Mention]) -> bool:
    """Check whether the place that a slash joins to a name is that of a dateline: "Washington/Ankara, 3 April"."""
    passage, after = case[0], case[1].last + 1
    other = passage.mention_at(after) if _follows(case, "/") else None
    return _is_upper(case) or (other is not None and other.first == after and is_dateline(passage, other))


def _starts_report(case: tuple[Passage, Mention], index: int) -> bool:
    """Check whether a report may start at an index: with a capital letter, as nothing within a sentence does."""
    tokens = case[0].tokens
    return _is_upper(case) or (index < len(tokens) and tokens.words[index].capital)


def _closes_before_report(case: tuple[Passage, Mention]) -> bool:
    """Check whether brackets with an agency in them end a dateline: "Yangon (AFP) — The junta"."""
    tokens, last = case[0].tokens, case[1].last
    for index in range(last + 1, min(last + _LONGEST_BRACKET, len(tokens) - 1)):
        if tokens.lower(index) == ")":
            return tokens.lower(index + 1) in _DASHES or _is_upper(case)
    return False


def _precedes_place_or_date(case: tuple[Passage, Mention]) -> bool:
    passage, after = case[0], case[1].last + 1
    following = passage.mention_at(after)
    return _is_upper(case) or passage.blocked[after] or (following is not None and _is_divided(passage, following))


def _is_divided(passage: Passage, following: Mention) -> bool:
    """Check whether a dash or bracket ends a dateline after the country in it: "Goma, Congo — "."""
    ends = passage.tokens.lower(following.last)
    return following.name_kind in _PLACES and (ends in _DASHES or ends == "(")


DATELINE_RULES: tuple[DecisionRule[tuple[Passage, Mention], bool], ...] = (
    DecisionRule(
        "before a dash",
        lambda case: _follows(case, *_DASHES) and not _is_hyphenated(case),
        lambda case: _starts_report(case, case[1].last + 1),
    ),
    DecisionRule("before an agency in brackets", lambda case: _follows(case, "("), _closes_before_report),
    DecisionRule("before a colon", lambda case: _follows(case, ":"), _is_upper),
    DecisionRule("before a comma", lambda case: _follows(case, ","), _precedes_place_or_date),
    DecisionRule("joined to the next: JERUSALEM/GAZA", lambda case: _follows(case, "/", ")"), _joins_dateline),
    DecisionRule(
        "in capitals before a report without a mark: BEIJING The",
        lambda case: _is_upper(case) and not case[0].tokens.headline[case[0].tokens.sentence[case[1].first]],
        lambda case: case[0].tokens.words[case[1].last].capital and not case[0].tokens.words[case[1].last].upper,
    ),
)
"""When a name at the start of a sentence is the place of a dateline."""
