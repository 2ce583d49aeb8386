"""A5 and L1: whether a country, a capital or another place acts or is where something happens.

A country is an actor unless a cue indicates a place; a place within a country is a place unless it has an organisation
or speaks. Cues are the words before the name, what it possesses, and what it is coordinated with.
"""

from __future__ import annotations

from ..passage import Mention, Passage
from ..word_lists import word_list

_INSIDE_CUES = word_list("inside_cues")
_BEFORE_PLACES = word_list("before_places")
_FACILITY_CUES = word_list("facility_cues")
_PART_NOUNS = word_list("part_nouns")
_CONJUNCTIONS = frozenset(("and", "or", "&", "plus", "but", ","))
_DASHES = frozenset(("–", "—", "-", "("))
_NAMED_DIRECTIONS = frozenset(("north", "south", "east", "west", "inner", "central"))
_LEAVING = word_list("leaving_verbs")
_LEAVE_OR_REACH = frozenset("leave leaving left reach reaching".split())
_NOT_NOUNS = word_list("not_nouns_after_names")
_NOUN_ENDINGS = (
    *("s", "ion", "ment", "ce", "cy", "ship", "port", "ry", "al", "ike", "ase", "oil", "er", "aft", "ane", "ar", "ty"),
)


def assign_labels(passage: Passage) -> None:
    """Label every mention ACTOR or LOCATION."""
    for mention in passage.mentions():
        if mention.label:
            continue
        is_location = False
        if mention.name_kind == "place":
            is_location = not _place_acts(passage, mention)
        elif mention.name_kind == "capital" and not mention.places:
            is_location = _at_a_facility(passage, mention)  # "the White House": an organisation and a building
        elif mention.name_kind in ("state", "capital"):
            is_location = _is_place(passage, mention)
        elif mention.name_kind == "actor" and mention.places:
            is_location = _at_a_facility(passage, mention)
        mention.label = "LOCATION" if is_location else "ACTOR"


def _governing_word(passage: Passage, first: int) -> tuple[int, bool]:
    """Return the index of the word that governs a name (-1 if none), and whether a direction is between them."""
    tokens = passage.tokens
    position = passage.index_before(first)
    directed = False
    while position >= 0:
        classes = tokens.classes(position)
        lower = tokens.lower(position)
        if "direction" in classes and not (lower in _NAMED_DIRECTIONS and tokens.words[position].capital):
            directed = True
        elif "before_country" not in classes and lower != "-" and tokens.lower(position - 1) != "-":
            break
        position = passage.index_before(position)
    return position, directed


def _at_a_facility(passage: Passage, mention: Mention) -> bool:
    position, _ = _governing_word(passage, mention.first)
    if position >= 0 and passage.tokens.lower(position) == "of":
        return "place_nouns" in passage.tokens.classes(position - 1)
    return position >= 0 and passage.tokens.lower(position) in _FACILITY_CUES


def _is_place(passage: Passage, mention: Mention) -> bool:
    """Check whether a country or capital is a place here."""
    tokens = passage.tokens
    first, last = mention.first, mention.last
    capital = mention.name_kind == "capital"
    if passage.is_possessive(last):
        return _possesses_place(passage, last + 1)
    after = tokens.classes(last) if tokens.same_sentence(first, last) else frozenset()
    if "conflicts" in after and not _is_second_party(passage, mention):
        return True  # "the Ukraine war"
    position, directed = _governing_word(passage, first)
    if directed or (
        capital and (_is_struck(passage, last) or _is_dateline(passage, mention) or _is_called_capital(passage, first))
    ):
        return True
    if not capital and _modifies_noun(passage, last):
        return False  # "US bases"
    if capital and after & {"place_admin", "place_region"} and not tokens.words[last].capital:
        return True
    lower = tokens.lower(position) if position >= 0 else ""
    previous = passage.mention_at(first - 1)
    if previous is not None and previous.name_kind == "place" and tokens.same_sentence(first - 1, first):
        return True  # punctuation was stripped: "MAIDUGURI Nigeria"
    if lower in _CONJUNCTIONS:
        return _is_coordinated_place(passage, mention, position)
    if lower == "(":
        owner = passage.mention_at(position - 1)
        return (owner is not None and owner.label == "LOCATION") or (capital and tokens.lower(last) == ",")
    if lower in _INSIDE_CUES:
        return not (lower == "in" and "believing" in tokens.classes(position - 1))
    if lower in ("toward", "towards"):
        return "attitudes" not in tokens.classes(position - 1)
    if lower in ("at", "over", "above", "under"):
        return (capital and lower != "under") or tokens.lower(position - 1) in (
            "flying",
            "flew",
            "airspace",
            "skies",
            "flights",
        )
    if lower in ("off", "along"):
        return True
    if lower == "from":
        return not _is_origin_of_goods(passage, position)
    if lower == "to":
        return _is_destination(passage, position)
    if lower == "for":
        return _is_left_for(passage, position) or (
            capital and tokens.lower(position - 1) in ("battle", "fight", "fighting", "bound")
        )
    if lower == "on":
        return capital and "attacks" in tokens.classes(position - 1)
    if lower == "of":
        prior = tokens.classes(position - 1)
        return "of_power" not in prior and (capital or "place_nouns" in prior)
    if position >= 0 and "moving" in tokens.classes(position):
        return lower not in _LEAVE_OR_REACH or not tokens.words[position].capital
    if capital:
        blamed = tokens.lower(last) in ("responsible", "accountable")
        return position >= 0 and bool(tokens.classes(position) & {"striking", "place_settlement"}) and not blamed
    return False


def _is_coordinated_place(passage: Passage, mention: Mention, position: int) -> bool:
    """Check whether a country is a place because the name before it is.

    In a list all names have the same role; after a place and a comma the country states where the place is.
    """
    tokens = passage.tokens
    other = passage.mention_at(position - 1)
    comma = tokens.lower(position) == ","
    if other is None:
        # "in Syria, Iraq, and Lebanon"
        other = passage.mention_at(position - 2) if not comma and tokens.lower(position - 1) == "," else None
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
    """Check whether a capital starts a dateline: "MOSCOW, November 8", "Mogadishu, Somalia -", "KYIV (Reuters) -"."""
    tokens = passage.tokens
    first, last = mention.first, mention.last
    upper = tokens.words[first].upper
    lower = tokens.lower(last) if tokens.same_sentence(first, last) else ""
    country = passage.mention_at(last + 1)
    if lower == "," and country is not None and country.name_kind == "state" and country.actor is mention.actor:
        return True
    if not tokens.starts_sentence(first) and tokens.lower(first - 1) not in ("/", "("):
        return False
    if lower in _DASHES or lower == ":":
        return upper or lower == "("
    return lower in (",", ")") and last + 1 < len(tokens) and (upper or passage.blocked[last + 1])


def _is_called_capital(passage: Passage, first: int) -> bool:
    """Check whether the text calls a name a capital: "the Sudanese capital, Khartoum"."""
    tokens = passage.tokens
    position = first - 2 if tokens.lower(first - 1) == "," else first - 1
    return tokens.lower(position) in ("capital", "city") and tokens.same_sentence(position, first)


def _is_struck(passage: Passage, last: int) -> bool:
    """Check whether the words after a name state that it was struck: "was bombed", "the Kabul blast"."""
    tokens = passage.tokens
    if not tokens.same_sentence(last - 1, last):
        return False
    lower = tokens.lower(last)
    if lower in ("was", "were", "is", "has", "had", "being"):
        near = range(last + 1, min(last + 4, len(tokens)))
        return any("struck" in tokens.classes(position) for position in near) and tokens.same_sentence(last, last + 1)
    if lower in ("came", "comes", "coming") and tokens.lower(last + 1) == "under":
        return True
    return lower in ("blast", "blasts", "bombing", "bombings", "explosion", "airport", "suburb", "suburbs", "siege")


def _possesses_place(passage: Passage, index: int) -> bool:
    """Check whether the possession is a named place: "Syria's northeastern Hasakeh province" (L4)."""
    tokens = passage.tokens
    for position in range(index, min(index + 6, len(tokens))):
        if not tokens.same_sentence(index - 1, position):
            return False
        owner = passage.owners[position]
        if owner is not None:
            return owner.name_kind in ("place", "capital") and not passage.is_possessive(owner.last)
        classes = tokens.classes(position)
        if (
            tokens.lower(position) in _PART_NOUNS
            and not _modifies_noun(passage, position + 1)
            and not passage.mention_at(position + 1)
        ):
            return True  # "in Syria's south"
        kind = any(name.startswith("place_") for name in classes)
        if not (kind or classes & {"direction", "before_country", "describing_place"} or tokens.lower(position) == "-"):
            return False
    return False


def _is_second_party(passage: Passage, mention: Mention) -> bool:
    """Check whether a name before "war" is the second of two parties: "Russia-Ukraine war" (A4)."""
    tokens = passage.tokens
    other = passage.mention_at(mention.first - 2)
    if other is None:
        return False
    joint = tokens.words[mention.first - 1]
    return joint.hyphen or joint.text in ("—", "/") or (joint.lower == "and" and other.name_kind != "place")


def _modifies_noun(passage: Passage, index: int) -> bool:
    """Check whether a name modifies the noun at the index after it: "US bases"."""
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


def _is_origin_of_goods(passage: Passage, position: int) -> bool:
    """Check whether "from" states who provides something rather than a place: "support from Iran"."""
    tokens = passage.tokens
    for back in range(position - 1, max(position - 6, -1), -1):
        if not tokens.same_sentence(back, position) or tokens.lower(back) in (",", ";"):
            return False
        classes = tokens.classes(back)
        if "obtaining" in classes and (back == position - 1 or not classes & {"going", "moving"}):
            return True
    return False


def _is_left_for(passage: Passage, position: int) -> bool:
    """Check whether "for" is followed by a destination: "fled Myanmar for Bangladesh"."""
    words = range(max(position - 5, 0), position)
    return any(
        passage.tokens.lower(back) in _LEAVING and passage.tokens.same_sentence(back, position) for back in words
    )


def _is_destination(passage: Passage, position: int) -> bool:
    """Check whether "to" is followed by a destination: after a verb of motion, with no verb of giving nearer."""
    tokens = passage.tokens
    freight = False
    for back in range(position - 1, max(position - 9, -1), -1):
        if not tokens.same_sentence(back, position) or tokens.lower(back) in (";", ":"):
            return False
        classes = tokens.classes(back)
        if "going" in classes:
            return not (freight and "armed" not in classes)
        if "given_to" in classes and back == position - 1:
            return False
        freight = freight or "freight" in classes
    return False


def _place_acts(passage: Passage, mention: Mention) -> bool:
    """Check whether a region or province acts: it has an organisation, or says something."""
    tokens = passage.tokens
    last = mention.last
    kind = mention.place_kind or (mention.places[0].kind if mention.places else "settlement")
    if kind not in ("region", "admin"):
        return False
    position, directed = _governing_word(passage, mention.first)
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
    if position >= 0 and tokens.lower(position) in _BEFORE_PLACES:
        return False
    speaks = tokens.same_sentence(mention.first, last) and "speech" in tokens.classes(last)
    return speaks and tokens.lower(last) not in ("called", "reported", "told")
