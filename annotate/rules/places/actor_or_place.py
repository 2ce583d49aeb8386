"""A5 and L1: whether a country, a capital or any other place acts or is where something happens.

A country is an actor unless a cue makes a place of it; a place below a country is a place unless it owns a body or
speaks. The cues stand in the words before the name, in what it possesses and in what it is coordinated with.
"""

from __future__ import annotations

from ..passage import Mention, Passage
from ..word_lists import word_list

_INSIDE_CUES = word_list("inside_cues")
_BEFORE_PLACES = word_list("before_places")
_FACILITY_CUES = word_list("facility_cues")
_PART_NOUNS = word_list("part_nouns")
_ANDS = frozenset(("and", "or", "&", "plus", "but", ","))
_DASHES = frozenset(("–", "—", "-", "("))
_NAMED_DIRECTIONS = frozenset(("north", "south", "east", "west", "inner", "central"))
_LEAVING = word_list("leaving_verbs")
_LEFT = frozenset("leave leaving left reach reaching".split())
# behind a name, these begin no noun that the name modifies
_NOT_NOUNS = word_list("not_nouns_after_names")
_NOUN_ENDINGS = (
    *("s", "ion", "ment", "ce", "cy", "ship", "port", "ry", "al", "ike", "ase", "oil", "er", "aft", "ane", "ar", "ty"),
)


def assign_labels(passage: Passage) -> None:
    """Labels every mention ACTOR or LOCATION."""
    for mention in passage.mentions():
        if mention.label:
            continue
        place = False
        if mention.name_kind == "place":
            place = not _place_acts(passage, mention)
        elif mention.name_kind == "capital" and not mention.places:
            place = _at_a_facility(passage, mention)  # "the White House", a body and a building
        elif mention.name_kind in ("state", "capital"):
            place = _is_place(passage, mention)
        elif mention.name_kind == "actor" and mention.places:
            place = _at_a_facility(passage, mention)
        mention.label = "LOCATION" if place else "ACTOR"


def _lead(passage: Passage, first: int) -> tuple[int, bool]:
    """The index of the word that governs a name, -1 for none, and whether a direction word stands between."""
    tokens = passage.tokens
    at = passage.index_before(first)
    directed = False
    while at >= 0:
        classes = tokens.classes(at)
        low = tokens.lower(at)
        if "direction" in classes and not (low in _NAMED_DIRECTIONS and tokens.words[at].capital):
            directed = True
        elif "before_country" not in classes and low != "-" and tokens.lower(at - 1) != "-":
            break
        at = passage.index_before(at)
    return at, directed


def _at_a_facility(passage: Passage, mention: Mention) -> bool:
    at, _ = _lead(passage, mention.first)
    if at >= 0 and passage.tokens.lower(at) == "of":
        return "place_nouns" in passage.tokens.classes(at - 1)
    return at >= 0 and passage.tokens.lower(at) in _FACILITY_CUES


def _is_place(passage: Passage, mention: Mention) -> bool:
    """Whether a country or capital is a place here."""
    tokens = passage.tokens
    first, last = mention.first, mention.last
    capital = mention.name_kind == "capital"
    if passage.is_possessive(last):
        return _possesses_place(passage, last + 1)
    behind = tokens.classes(last) if tokens.same_sentence(first, last) else frozenset()
    if "conflicts" in behind and not _joined_parties(passage, mention):
        return True  # "the Ukraine war"
    at, directed = _lead(passage, first)
    if directed or (
        capital and (_struck(passage, last) or _is_dateline(passage, mention) or _named_capital(passage, first))
    ):
        return True
    if not capital and _modifies(passage, last):
        return False  # "US bases"
    if capital and behind & {"place_admin", "place_region"} and not tokens.words[last].capital:
        return True
    low = tokens.lower(at) if at >= 0 else ""
    beside = passage.mention_at(first - 1)
    if beside is not None and beside.name_kind == "place" and tokens.same_sentence(first - 1, first):
        return True  # punctuation was stripped: "MAIDUGURI Nigeria"
    if low in _ANDS:
        return _like_its_neighbour(passage, mention, at)
    if low == "(":
        owner = passage.mention_at(at - 1)
        return (owner is not None and owner.label == "LOCATION") or (capital and tokens.lower(last) == ",")
    if low in _INSIDE_CUES:
        return not (low == "in" and "believing" in tokens.classes(at - 1))
    if low in ("toward", "towards"):
        return "attitudes" not in tokens.classes(at - 1)
    if low in ("at", "over", "above", "under"):
        return (capital and low != "under") or tokens.lower(at - 1) in (
            "flying",
            "flew",
            "airspace",
            "skies",
            "flights",
        )
    if low in ("off", "along"):
        return True
    if low == "from":
        return not _obtained(passage, at)
    if low == "to":
        return _goes(passage, at)
    if low == "for":
        return _left_for(passage, at) or (capital and tokens.lower(at - 1) in ("battle", "fight", "fighting", "bound"))
    if low == "on":
        return capital and "attacks" in tokens.classes(at - 1)
    if low == "of":
        prior = tokens.classes(at - 1)
        return "of_power" not in prior and (capital or "place_nouns" in prior)
    if at >= 0 and "moving" in tokens.classes(at):
        return low not in _LEFT or not tokens.words[at].capital
    if capital:
        blamed = tokens.lower(last) in ("responsible", "accountable")
        return at >= 0 and bool(tokens.classes(at) & {"striking", "place_settlement"}) and not blamed
    return False


def _like_its_neighbour(passage: Passage, mention: Mention, at: int) -> bool:
    """In a list a country is what its neighbour is; behind a place and a comma it is where that lies."""
    tokens = passage.tokens
    other = passage.mention_at(at - 1)
    comma = tokens.lower(at) == ","
    if other is None:
        # "in Syria, Iraq, and Lebanon"
        other = passage.mention_at(at - 2) if not comma and tokens.lower(at - 1) == "," else None
        return other is not None and other.label == "LOCATION" and tokens.same_sentence(other.first, mention.first)
    if not tokens.same_sentence(other.first, mention.first) or other.name_kind not in ("state", "capital", "place"):
        return False
    if comma and (
        other.name_kind == "place"
        or (other.name_kind == "capital" and other.label == "LOCATION" and other.actor is mention.actor)
    ):
        return True  # "Kandahar, Afghanistan"
    listed = not comma or tokens.lower(mention.last) in ("and", "or", ",")
    return listed and other.label == "LOCATION"


def _is_dateline(passage: Passage, mention: Mention) -> bool:
    """Whether a capital opens a dateline: "MOSCOW, November 8", "Mogadishu, Somalia -", "KYIV (Reuters) -"."""
    tokens = passage.tokens
    first, last = mention.first, mention.last
    upper = tokens.words[first].upper
    low = tokens.lower(last) if tokens.same_sentence(first, last) else ""
    country = passage.mention_at(last + 1)
    if low == "," and country is not None and country.name_kind == "state" and country.actor is mention.actor:
        return True
    if not tokens.starts_sentence(first) and tokens.lower(first - 1) not in ("/", "("):
        return False
    if low in _DASHES or low == ":":
        return upper or low == "("
    return low in (",", ")") and last + 1 < len(tokens) and (upper or passage.blocked[last + 1])


def _named_capital(passage: Passage, first: int) -> bool:
    """Whether a name is said to be a capital: "the Sudanese capital, Khartoum"."""
    tokens = passage.tokens
    at = first - 2 if tokens.lower(first - 1) == "," else first - 1
    return tokens.lower(at) in ("capital", "city") and tokens.same_sentence(at, first)


def _struck(passage: Passage, last: int) -> bool:
    """Whether what stands behind a name strikes it, or is a part of it: "was bombed", "the Kabul blast"."""
    tokens = passage.tokens
    if not tokens.same_sentence(last - 1, last):
        return False
    low = tokens.lower(last)
    if low in ("was", "were", "is", "has", "had", "being"):
        near = range(last + 1, min(last + 4, len(tokens)))
        return any("struck" in tokens.classes(at) for at in near) and tokens.same_sentence(last, last + 1)
    if low in ("came", "comes", "coming") and tokens.lower(last + 1) == "under":
        return True
    return low in ("blast", "blasts", "bombing", "bombings", "explosion", "airport", "suburb", "suburbs", "siege")


def _possesses_place(passage: Passage, index: int) -> bool:
    """Whether what is owned is a place with a name: "Syria's northeastern Hasakeh province" (L4)."""
    tokens = passage.tokens
    for at in range(index, min(index + 6, len(tokens))):
        if not tokens.same_sentence(index - 1, at):
            return False
        owner = passage.owners[at]
        if owner is not None:
            return owner.name_kind in ("place", "capital") and not passage.is_possessive(owner.last)
        classes = tokens.classes(at)
        if tokens.lower(at) in _PART_NOUNS and not _modifies(passage, at + 1) and not passage.mention_at(at + 1):
            return True  # "in Syria's south"
        kind = any(name.startswith("place_") for name in classes)
        if not (kind or classes & {"direction", "before_country", "describing_place"} or tokens.lower(at) == "-"):
            return False
    return False


def _joined_parties(passage: Passage, mention: Mention) -> bool:
    """Whether a name before "war" is the second of two: "Russia-Ukraine war" (A4)."""
    tokens = passage.tokens
    other = passage.mention_at(mention.first - 2)
    if other is None:
        return False
    joint = tokens.words[mention.first - 1]
    return joint.hyphen or joint.text in ("—", "/") or (joint.lower == "and" and other.name_kind != "place")


def _modifies(passage: Passage, index: int) -> bool:
    """Whether the name before an index modifies the noun there: "US bases"."""
    tokens = passage.tokens
    if not tokens.same_sentence(index - 1, index) or passage.blocked[index] or passage.owners[index] is not None:
        return False
    word = tokens.words[index]
    if (
        not word.text[0].isalpha()
        or word.capital
        or word.lower in _NOT_NOUNS
        or word.lower.endswith(("ed", "ing", "ly"))
    ):
        return False
    if word.classes & {"acting", "speech", "moving", "going", "adverbs", "calendar"}:
        return False
    return word.lower.endswith(_NOUN_ENDINGS)


def _obtained(passage: Passage, at: int) -> bool:
    """Whether "from" names who something comes from rather than where: "support from Iran"."""
    tokens = passage.tokens
    for back in range(at - 1, max(at - 6, -1), -1):
        if not tokens.same_sentence(back, at) or tokens.lower(back) in (",", ";"):
            return False
        classes = tokens.classes(back)
        if "obtaining" in classes and (back == at - 1 or not classes & {"going", "moving"}):
            return True
    return False


def _left_for(passage: Passage, at: int) -> bool:
    """Whether "for" leads to a place: "fled Myanmar for Bangladesh"."""
    words = range(max(at - 5, 0), at)
    return any(passage.tokens.lower(back) in _LEAVING and passage.tokens.same_sentence(back, at) for back in words)


def _goes(passage: Passage, at: int) -> bool:
    """Whether "to" leads to a place: a word of going stands before it, and none of giving nearer."""
    tokens = passage.tokens
    freight = False
    for back in range(at - 1, max(at - 9, -1), -1):
        if not tokens.same_sentence(back, at) or tokens.lower(back) in (";", ":"):
            return False
        classes = tokens.classes(back)
        if "going" in classes:
            return not (freight and "armed" not in classes)
        if "given_to" in classes and back == at - 1:
            return False
        freight = freight or "freight" in classes
    return False


def _place_acts(passage: Passage, mention: Mention) -> bool:
    """Whether a region or province acts: it owns a body, or says something."""
    tokens = passage.tokens
    last = mention.last
    kind = mention.place_kind or (mention.places[0].kind if mention.places else "settlement")
    if kind not in ("region", "admin"):
        return False
    at, directed = _lead(passage, mention.first)
    if directed:
        return False
    if passage.is_possessive(last):
        owned = tokens.classes(last + 1) & {
            "bodies",
            "rulers",
            "armed",
            "officials",
            "titles",
            "title_parts",
            "modifiers",
        }
        return bool(owned) and not _possesses_place(passage, last + 1)
    if at >= 0 and tokens.lower(at) in _BEFORE_PLACES:
        return False
    speaks = tokens.same_sentence(mention.first, last) and "speech" in tokens.classes(last)
    return speaks and tokens.lower(last) not in ("called", "reported", "told")
