"""Names of organisations by their head nouns ("X Brigade", "Ministry of Y"), and ships."""

from __future__ import annotations

from ..known_names import NEVER_IN_NAMES, slug
from ..passage import Mention, Passage
from ..word_lists import word_list

HEADS_OF_PHRASES = frozenset(("rulers", "armed", "officials", "groups", "people", "contractors", "bodies"))
"""Classes of nouns before which a name makes a phrase of A3."""

_MEDIA = word_list("media_heads")
_STATE = word_list("state_heads")
_MILITARY = word_list("military_heads")
_ARMED = word_list("armed_group_heads")
_ARMED_WORDS = word_list("armed_group_words")
# heads whose name may consist of common words alone: "Foreign Ministry", "Supreme Court", "Border Patrol Unit"
_NEEDS_NO_NAME = _STATE | _MILITARY | frozenset(("bank", "union", "committee", "board"))
# heads that begin no name by themselves: "Forces of Change" does, "Press for Peace" does not
_NOT_INITIAL = word_list("not_initial_heads")
_ARMS = frozenset("battlegroup group grouping command fleet".split())
_POSSESSIVE_NOUNS = word_list("possessive_nouns")
_TAILS = frozenset(("of", "for", "against"))
_INSIDE = frozenset(("modifiers", "title_parts", "organisation_heads", "armed", "groups", "bodies", "given", "people"))
_SHIP_PREFIXES = word_list("ship_prefixes")
_MERCHANT = frozenset("mv m/v mt m/t ss".split())
_VESSEL_NOUNS = word_list("vessel_nouns")


def find_organisations(page: Passage) -> None:
    """Finds organisations and ships by the shape of their names."""
    for index, word in enumerate(page.tokens.words):
        if word.capital and not page.blocked[index]:
            if "organisation_heads" in word.classes:
                _body(page, index)
            elif word.low in _SHIP_PREFIXES and word.upper:
                _ship(page, index)
            elif word.low == "operation":
                _operation(page, index)
        if word.low in _MERCHANT or word.low in _VESSEL_NOUNS or word.low == "v":
            _merchant(page, index)


def _ship(page: Passage, index: int) -> None:
    last = _capitals(page, index + 1, most=3)
    if last > index + 1:
        surface = page.surface(index, last)
        actor = next(iter(page.lexicon.actors.find(surface)), None)
        page.add(Mention(index, last, "actor", actor=actor, id=slug(surface), kind="military"))


def _merchant(page: Passage, index: int) -> None:
    """Merchant ships are neither actors nor places (A2): their names belong to nobody."""
    tokens = page.tokens
    low = tokens.low(index)
    if low == "v" and not (index >= 2 and tokens.low(index - 1) == "/" and tokens.low(index - 2) == "m"):
        return
    if low in ("ss", "mt", "mv") and not tokens.words[index].upper:
        return
    last = _capitals(page, index + 1, most=3)
    if low in _VESSEL_NOUNS and last == index + 2 and tokens.words[index + 1].upper:
        return
    for at in range(index + 1, last):
        if (owner := page.owner[at]) is not None:
            page.drop(owner)
    for at in range(index if low in _MERCHANT or low == "v" else index + 1, last):
        page.blocked[at] = True


def _operation(page: Passage, index: int) -> None:
    """Names of operations are nothing (A2)."""
    for at in range(index, _capitals(page, index + 1, most=4)):
        if (owner := page.owner[at]) is not None:
            page.drop(owner)
        page.blocked[at] = True


def _capitals(page: Passage, first: int, *, most: int) -> int:
    tokens = page.tokens
    last = first
    while (
        last < min(first + most, len(tokens))
        and tokens.same_sentence(first - 1, last)
        and tokens.words[last].capital
        and not page.blocked[last]
        and "calendar" not in tokens.classes(last)
    ):
        last += 1
    return last


def _body(page: Passage, head: int) -> None:
    tokens = page.tokens
    owner = page.owner[head]
    if owner is not None and owner.last - 1 != head:
        return
    first, proper = _start(page, head)
    last, tail = _tail(page, _arm(page, head + 1, head))
    if owner is not None and (first, last) == (owner.first, owner.last):
        return
    if last - first < 2 or (first == head and tokens.low(head) in _NOT_INITIAL):
        return
    lead = page.owner[first]
    if lead is not None and lead.last == head and not tail and tokens.classes(head) & HEADS_OF_PHRASES:
        return  # "Iranian Forces", "Biden Administration": a phrase of A3, whose value its head decides
    surface = page.surface(first, last)
    known = next((actor for actor in page.lexicon.actors.find(surface) if actor.kind != "person"), None)
    if known is None:
        if (
            not proper
            and not tail
            and (tokens.low(head) not in _NEEDS_NO_NAME or tokens.headline[tokens.sentence[head]])
        ):
            return
        if (
            not tail
            and "titles" in tokens.classes(last)
            and tokens.same_sentence(head, last)
            and tokens.words[last].capital
        ):
            return  # "Interior Cabinet Secretary"
    page.add(_mention(page, first, last, head, surface))


def _start(page: Passage, head: int) -> tuple[int, bool]:
    """Where the name that ends with a head noun starts, and whether a word in it is a name by itself."""
    tokens = page.tokens
    words = tokens.words
    sentence = tokens.sentence[head]
    headline = tokens.headline[sentence]
    owner = page.owner[head]
    first = owner.first if owner is not None else head
    proper = owner is not None
    while first > 0 and tokens.sentence[first - 1] == sentence and not page.blocked[first - 1]:
        at = first - 1
        word = words[at]
        mention = page.owner[at]
        if word.text in ("'s", "’s", "'", "’"):
            # "People's Army"; a possessor of its own stays out
            if at == 0 or words[at - 1].low not in _POSSESSIVE_NOUNS or not words[at - 1].capital:
                break
        elif word.hyphen:
            if at == 0 or not words[at - 1].capital or not tokens.joined(at) or not tokens.joined(first):
                break
        elif mention is not None:
            if (headline and mention.sort in ("state", "place")) or (mention.sort == "person" and mention.last < head):
                break
            proper = True
            first = mention.first
            continue
        elif word.digits and word.text[-2:].lower() in ("st", "nd", "rd", "th"):
            proper = True
        elif (
            not word.capital
            or word.low in NEVER_IN_NAMES
            or word.classes & {"calendar", "not_name", "speech"}
            or ("titles" in word.classes and "title_parts" not in word.classes and word.low not in ("general", "judge"))
            or (word.classes and not word.classes & _INSIDE and (headline or tokens.opens(at)))
        ):
            break
        else:
            proper = proper or word.name_like
        first = at
    while first < head and words[first].hyphen:
        first += 1
    return first, proper


def _tail(page: Passage, last: int) -> tuple[int, bool]:
    """How far "of Y", "for Y and Z" runs on behind a head noun, and whether it does."""
    tokens = page.tokens
    words = tokens.words
    sentence = tokens.sentence[last - 1]
    found = False
    while last < len(words) and tokens.sentence[last] == sentence:
        index = last
        if tokens.low(last) in _TAILS:
            index += 2 if tokens.low(last + 1) == "the" else 1
        elif found and tokens.low(last) in ("and", "&"):
            if page.at(last + 1) is not None or not tokens.classes(last + 1) & {"common", *_INSIDE}:
                break
            index += 1
        else:
            break
        begin = index
        while index < len(words) and tokens.sentence[index] == sentence and not page.blocked[index]:
            word = words[index]
            if not (word.capital or (word.hyphen and tokens.joined(index))) or "calendar" in word.classes:
                break
            if index > begin and "titles" in word.classes and not word.classes & {"organisation_heads", "title_parts"}:
                break
            owner = page.owner[index]
            if owner is not None and (owner.sort == "person" or not words[owner.last - 1].capital):
                break
            if owner is not None and owner.sort == "adjective" and not _capital(page, owner.last):
                break  # "the 57th Brigade of the Ukrainian army" are two
            index = owner.last if owner is not None else index + 1
        if index == begin:
            break
        last, found = index, True
    return last, found


def _arm(page: Passage, last: int, head: int) -> int:
    """The index behind what follows a head without "of": "Battlegroup West", "Border Guard Bangladesh (BGB)"."""
    tokens = page.tokens
    if last >= len(tokens) or not tokens.same_sentence(head, last) or not tokens.words[last].capital:
        return last
    if "direction" in tokens.classes(last) and page.owner[last] is None and tokens.low(head) in _ARMS:
        return last + 1
    owner = page.owner[last]
    return owner.last if owner is not None and owner.sort == "state" and tokens.low(owner.last) == "(" else last


def _capital(page: Passage, index: int) -> bool:
    return index < len(page.tokens) and page.tokens.words[index].capital


def _mention(page: Passage, first: int, last: int, head: int, surface: str) -> Mention:
    """The body as a mention: the registry's, also where the text owes it to a state ("Iran's Foreign Ministry")."""
    registry = page.lexicon.actors
    tokens = page.tokens
    actor = next((actor for actor in registry.find(surface) if actor.kind != "person"), None)
    owner = page.at(first - 2) if page.possessive(first - 1) else None
    if actor is None and owner is not None and owner.actor is not None:
        names = (f"{name} {surface}" for name in owner.actor.names)
        actor = next((found[0] for name in names if (found := registry.find(name))), None)
    if actor is None and tokens.low(head) in ("government", "republic") and head == first:
        ruled = page.at(last - 1)
        if ruled is not None and ruled.sort == "state":
            actor = ruled.actor
    mention = Mention(first, last, "actor", actor=actor)
    if actor is None:
        lead = page.owner[first]
        mention.id, mention.kind = slug(surface), _kind(page, first, last, head)
        if mention.kind == "armed_group" and lead is not None and lead.sort in ("state", "adjective", "capital"):
            mention.kind = "military" if tokens.low(head) in _MILITARY else "armed_group"
    return mention


def _kind(page: Passage, first: int, last: int, head: int) -> str:
    tokens = page.tokens
    low = tokens.low(head)
    words = {tokens.low(index) for index in range(first, last)}
    if low in _MEDIA:
        return "media"
    if low in _ARMED or (low in _MILITARY and words & _ARMED_WORDS):
        return "armed_group"
    if low in _MILITARY:
        return "military"
    return "state" if low in _STATE else "organization"
