"""Cues that a country, a capital or another place is where something happens: the words around its name."""

from __future__ import annotations

from dataclasses import dataclass

from ..passage import Mention, Passage
from ..word_lists import class_names, word_list, word_sequence

_PART_NOUNS = word_list("part_nouns")
_NAMED_DIRECTIONS = word_list("named_directions")
_LEAVING = word_list("leaving_verbs")
_NOT_NOUNS = word_list("not_nouns_after_names")
_NOUN_ENDINGS = word_sequence("noun_endings")
_VERB_ENDINGS = word_sequence("verb_endings")
_OF_CIVIL_WARS = word_list("civil_war_adjectives")
_AGAINST = word_list("before_opponents")
_WARS = frozenset(("war", "wars"))
_PLACE_NOUNS = word_list("possessed_places")
_CAPITAL_NOUNS = word_list("capital_nouns")
_LIST_JOINTS = word_list("list_joints")
_ROADS = word_list("road_words", "track_words")
_CLASSES_OF_NO_NOUN = class_names("acting", "speech", "moving", "going", "adverbs", "calendar")
_CLASSES_OF_PLACES = class_names(
    *("place_region", "place_admin", "place_settlement", "place_facility", "place_natural", "place_nouns"),
    *("direction", "before_country", "describing_place"),
)
_MOTION = class_names("going", "moving")


@dataclass(slots=True)
class Site:
    """The name of a country or capital, and the words around it.

    Attributes:
        passage: The passage.
        mention: The name.
        capital: Whether it is the name of a capital.
        after: The classes of the word after it, if that is in the same sentence.
        governor: The index of the word that governs it, such as a preposition or verb; -1 if none.
        governing: That word in lower case; empty if none.
        directed: Whether a direction is between that word and the name.
    """

    passage: Passage
    mention: Mention
    capital: bool
    after: frozenset[str]
    governor: int
    governing: str
    directed: bool

    @property
    def following(self) -> str:
        """The word after the name, in lower case, in whichever sentence."""
        return self.passage.tokens.lower(self.mention.last)

    @property
    def prior(self) -> str:
        """The word before the governing one, in lower case."""
        return self.passage.tokens.lower(self.governor - 1)

    @property
    def prior_classes(self) -> frozenset[str]:
        """The classes of the word before the governing one."""
        return self.passage.tokens.classes(self.governor - 1)


def site_of(passage: Passage, mention: Mention) -> Site:
    """Return a name with the words around it."""
    tokens = passage.tokens
    first, last = mention.first, mention.last
    governor, directed = governing_word(passage, first)
    return Site(
        passage,
        mention,
        mention.name_kind == "capital",
        tokens.classes(last) if tokens.same_sentence(first, last) else frozenset(),
        governor,
        tokens.lower(governor) if governor >= 0 else "",
        directed,
    )


def governing_word(passage: Passage, first: int) -> tuple[int, bool]:
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


def is_coordinated_place(site: Site) -> bool:
    """Check whether a country is a place because the name before it is.

    In a list all names have the same role; after a place and a comma the country states where the place is.
    """
    passage, mention, tokens = site.passage, site.mention, site.passage.tokens
    comma = site.governing == ","
    other = passage.mention_at(site.governor - 1) or _before_unknown_names(passage, site.governor)
    if other is None:
        # "in Syria, Iraq, and Lebanon"
        other = passage.mention_at(site.governor - 2) if not comma and site.prior == "," else None
        return other is not None and other.label == "LOCATION" and tokens.same_sentence(other.first, mention.first)
    if not tokens.same_sentence(other.first, mention.first) or other.name_kind not in ("state", "capital", "place"):
        return False
    if comma and (
        other.name_kind == "place"
        or (other.name_kind == "capital" and other.label == "LOCATION" and other.actor is mention.actor)
    ):
        return True  # "Kandahar, Afghanistan"
    listed = not comma or site.following in _LIST_JOINTS
    return listed and other.label == "LOCATION"


def _before_unknown_names(passage: Passage, comma: int) -> Mention | None:
    """Return the name before one that is not known, in a list: Lebanon, in "Lebanon, Awdheegle, Jordan and Egypt"."""
    tokens = passage.tokens
    position = comma - 1
    while position > 0 and tokens.words[position].name_like and passage.owners[position] is None:
        position -= 1
    unknown = tokens.lower(comma) == "," and 0 < position < comma - 1 and tokens.same_sentence(position, comma)
    return passage.mention_at(position - 1) if unknown and tokens.lower(position) == "," else None


def is_called_capital(site: Site) -> bool:
    """Check whether the text calls a name a capital: "the Sudanese capital, Khartoum"."""
    tokens, first = site.passage.tokens, site.mention.first
    position = first - 2 if tokens.lower(first - 1) == "," else first - 1
    return tokens.lower(position) in _CAPITAL_NOUNS and tokens.same_sentence(position, first)


def possesses_place(passage: Passage, index: int) -> bool:
    """Check whether the possession at an index is a named place: "Syria's northeastern Hasakeh province" (L4)."""
    tokens = passage.tokens
    for position in range(index, min(index + 6, len(tokens))):
        if not tokens.same_sentence(index - 1, position):
            return False
        owner = passage.owners[position]
        if owner is not None:
            return owner.name_kind in ("place", "capital") and not passage.is_possessive(owner.last)
        if (
            tokens.lower(position) in _PART_NOUNS
            and not modifies_noun(passage, position + 1)
            and not passage.mention_at(position + 1)
        ):
            return True  # "in Syria's south"
        if tokens.lower(position) in _PLACE_NOUNS and not modifies_noun(passage, position + 1):
            return passage.mention_at(position + 1) is None or not _is_actor_at(passage, position + 1)
        if not (tokens.classes(position) & _CLASSES_OF_PLACES or tokens.lower(position) == "-"):
            return False
    return False


def _is_actor_at(passage: Passage, index: int) -> bool:
    owner = passage.mention_at(index)
    return owner is not None and owner.name_kind in ("actor", "person")


def names_war(passage: Passage, mention: Mention) -> bool:
    """Check whether a name is the place of a war rather than a party: "Yemen's civil war", "the Syrian conflict"."""
    tokens, position = passage.tokens, mention.last
    possessive = passage.is_possessive(position)
    position += possessive
    civil = tokens.lower(position) in _OF_CIVIL_WARS
    position += civil
    if not tokens.same_sentence(mention.first, position) or "conflicts" not in tokens.classes(position):
        return False
    if possessive and not _ends_phrase(passage, position + 1):
        return False  # "Russia's war machine"
    if not civil and (_is_second_party(passage, mention) or tokens.lower(position + 1) in _AGAINST):
        return False
    # "the Russian war" is that of a party, "the Russian crisis" may be either
    return civil or mention.name_kind != "adjective" or tokens.lower(position) not in _WARS


def _ends_phrase(passage: Passage, index: int) -> bool:
    """Check whether a phrase ends before an index: no noun follows."""
    tokens = passage.tokens
    if not tokens.same_sentence(index - 1, index) or not tokens.words[index].text[0].isalpha():
        return True
    return tokens.lower(index) in _NOT_NOUNS or bool(tokens.classes(index) & _CLASSES_OF_NO_NOUN)


def _is_second_party(passage: Passage, mention: Mention) -> bool:
    """Check whether a name before "war" is the second of two parties: "Russia-Ukraine war" (A4)."""
    first = mention.first
    other = passage.mention_at(first - 2)
    if other is None:
        return False
    joint = passage.tokens.words[first - 1]
    return joint.hyphen or joint.text in ("—", "/") or (joint.lower == "and" and other.name_kind != "place")


def modifies_noun(passage: Passage, index: int) -> bool:
    """Check whether a name modifies the noun at the index after it: "US bases"."""
    return may_be_noun(passage, index) and passage.tokens.lower(index).endswith(_NOUN_ENDINGS)


def may_be_noun(passage: Passage, index: int) -> bool:
    """Check whether the word at an index may be a noun: in lower case, and neither a verb nor a function word."""
    tokens = passage.tokens
    if not tokens.same_sentence(index - 1, index) or passage.blocked[index] or passage.owners[index] is not None:
        return False
    word = tokens.words[index]
    return not (
        not word.text[0].isalpha()
        or word.capital
        or word.lower in _NOT_NOUNS
        or word.lower.endswith(_VERB_ENDINGS)
        or word.classes & _CLASSES_OF_NO_NOUN
    )


def is_origin_of_goods(site: Site) -> bool:
    """Check whether "from" states who provides something rather than a place: "support from Iran"."""
    tokens, position = site.passage.tokens, site.governor
    for back in range(position - 1, max(position - 6, -1), -1):
        if not tokens.same_sentence(back, position) or tokens.lower(back) in (",", ";"):
            return False
        classes = tokens.classes(back)
        if "obtaining" in classes and (back == position - 1 or not classes & _MOTION):
            return True
    return False


def is_left_for(site: Site) -> bool:
    """Check whether "for" is followed by a destination: "fled Myanmar for Bangladesh"."""
    tokens, position = site.passage.tokens, site.governor
    words = range(max(position - 5, 0), position)
    return any(tokens.lower(back) in _LEAVING and tokens.same_sentence(back, position) for back in words)


def is_destination(site: Site) -> bool:
    """Check whether "to" is followed by a destination: after a verb of motion, with no verb of giving nearer."""
    tokens, position = site.passage.tokens, site.governor
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


def is_end_of_road(site: Site) -> bool:
    """Check whether a hyphen joins a name to another, and a road between the two follows."""
    passage, tokens = site.passage, site.passage.tokens
    first, last = site.mention.first, site.mention.last
    if last < len(tokens) and tokens.words[last].hyphen and tokens.is_joined(last):
        other = passage.mention_at(last + 1)
        last = other.last if other is not None and tokens.is_joined(last + 1) else last
    elif not (first > 1 and tokens.words[first - 1].hyphen and passage.mention_at(first - 2) is not None):
        return False
    return tokens.lower(last) in _ROADS and tokens.same_sentence(first, last)
