"""A5 and L1: whether a country, a capital or another place acts or is where something happens.

A country is an actor unless a cue indicates a place; a place within a country is a place unless it has an organisation
or speaks. Cues are the words before the name, what it possesses, and what it is coordinated with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ....schema import Place
from ..decision_table import DecisionRule, deciding_rule, no, yes
from ..known_names import slug
from ..passage import Mention, Passage
from ..word_lists import class_names, word_list
from .datelines import is_dateline
from .place_verbs import falls_on, is_object_of, is_struck
from .site_cues import (
    Site,
    governing_word,
    is_called_capital,
    is_coordinated_place,
    is_destination,
    is_end_of_road,
    is_left_for,
    is_origin_of_goods,
    may_be_noun,
    modifies_noun,
    names_war,
    possesses_place,
    site_of,
)

_BEFORE_PLACES = word_list("before_places")
_FACILITY_CUES = word_list("facility_cues")
_CONJUNCTIONS = word_list("place_conjunctions")
_ABOVE_CUES = word_list("above_cues")
_BATTLE_CUES = word_list("battle_cues")
_LEAVE_OR_REACH = word_list("leave_or_reach")
_BLAME_ADJECTIVES = word_list("blame_adjectives")
_UNSPOKEN_VERBS = word_list("unspoken_verbs")
_POLITICAL_ACTS = word_list("political_acts")
_PERFECTS = word_list("perfects_of_places")
_SPEAKING_BUILDINGS = word_list("speaking_buildings")
_SITUATED = word_list("geographical_verbs")
_CONTAINING = word_list("containing_verbs")
_RELATIVES = frozenset(("which", "that"))
_AREA_NOUNS = class_names("place_admin", "place_region", "place_settlement")
_STRIKING = class_names("striking", "only_at_places")
_HELD_PLACES = class_names("striking", "only_at_places", "place_settlement")
_OF_ORGANISATIONS = class_names("bodies", "rulers", "armed", "officials", "titles", "title_parts", "modifiers")


def assign_labels(passage: Passage) -> None:
    """Label every mention ACTOR or LOCATION."""
    for mention in passage.mentions():
        if not mention.label:
            mention.label = "LOCATION" if _is_location(passage, mention) else "ACTOR"
            if mention.label == "LOCATION" and mention.name_kind == "adjective":
                mention.name_kind = "state"
                mention.places = _country_of(passage, mention)
            elif mention.label == "ACTOR" and mention.place_kind == "facility" and mention.actor is None:
                mention.id, mention.kind = slug(passage.surface(mention.first, mention.last)), "organization"


def _country_of(passage: Passage, mention: Mention) -> list[Place]:
    """Return the country whose adjective a mention is."""
    entry = passage.lexicon.get(mention.actor.name) if mention.actor is not None else None
    return entry.places if entry is not None else []


def _is_location(passage: Passage, mention: Mention) -> bool:
    if mention.name_kind == "place":
        return not _place_acts(passage, mention)
    if mention.name_kind == "state" or (mention.name_kind == "capital" and mention.places):
        return _is_place_by_rule(passage, mention)
    if mention.name_kind == "adjective":
        return mention.actor is not None and mention.actor.kind == "state" and names_war(passage, mention)
    if mention.name_kind == "actor" and mention.place_kind == "facility":
        return _at_a_facility(passage, mention) or _is_attacked(passage, mention)
    # "the White House": an organisation and a building, but Xinhua is not the town of this name
    building = mention.name_kind == "capital" or (mention.name_kind == "actor" and _is_building(mention))
    return bool(building) and _at_a_facility(passage, mention)


def _is_place_by_rule(passage: Passage, mention: Mention) -> bool:
    """Check whether a country or a capital is a place, and note the rule that says so."""
    site = site_of(passage, mention)
    rule = deciding_rule(PLACE_RULES, site)
    if rule is None or not rule.verdict(site):
        return False
    mention.cue = rule.name.partition(":")[0]
    return True


def _is_building(mention: Mention) -> bool:
    return any(place.kind != "settlement" for place in mention.places)


def _at_a_facility(passage: Passage, mention: Mention) -> bool:
    position, _ = governing_word(passage, mention.first)
    if position < 0:
        return False
    lower, prior = passage.tokens.lower(position), passage.tokens.classes(position - 1)
    if lower == "of":
        return "place_nouns" in prior
    return lower in _FACILITY_CUES and passage.tokens.lower(position - 1) != "according"


def _is_attacked(passage: Passage, mention: Mention) -> bool:
    position, _ = governing_word(passage, mention.first)
    attack = passage.tokens.lower(position) == "on" and "attacks" in passage.tokens.classes(position - 1)
    return attack or is_object_of(passage, mention.first, _STRIKING) or is_struck(passage, mention.last)


def _place_acts(passage: Passage, mention: Mention) -> bool:
    """Check whether a region or province acts: it has an organisation, or says something."""
    tokens = passage.tokens
    last = mention.last
    kind = mention.place_kind or (mention.places[0].kind if mention.places else "settlement")
    if kind == "facility":
        return _building_speaks(passage, mention)
    if kind not in ("region", "admin"):
        return False
    position, directed = governing_word(passage, mention.first)
    if directed:
        return False
    if passage.is_possessive(last):
        return _possesses_organisation(passage, last + 1) and not possesses_place(passage, last + 1)
    if position >= 0 and tokens.lower(position) in _BEFORE_PLACES:
        return False
    if not tokens.same_sentence(mention.first, last):
        return False
    if tokens.lower(last) in _PERFECTS:
        last += 1  # "Catalonia has voted"
    lower = tokens.lower(last)
    return lower in _POLITICAL_ACTS or ("speech" in tokens.classes(last) and lower not in _UNSPOKEN_VERBS)


def _possesses_organisation(passage: Passage, index: int) -> bool:
    """Check whether an organisation is possessed, with words before its noun: "England's domestic governing body"."""
    tokens = passage.tokens
    for position in range(index, index + 4):
        if not tokens.same_sentence(index, position) or passage.owners[position] is not None:
            return False
        if tokens.classes(position) & _OF_ORGANISATIONS and (position == index or may_be_noun(passage, position)):
            return True
        if not tokens.words[position].text[0].isalpha():
            return False
    return False


def _building_speaks(passage: Passage, mention: Mention) -> bool:
    """Check whether a building's name is that of the institution in it, which says something (A2)."""
    tokens, last = passage.tokens, mention.last
    if tokens.lower(last - 1) not in _SPEAKING_BUILDINGS:
        return False
    position = passage.index_before(mention.first)
    asked = tokens.lower(position) == "to" and tokens.lower(position - 1) == "according"
    speaks = tokens.same_sentence(last - 1, last) and "speech" in tokens.classes(last)
    return asked or (speaks and tokens.lower(position) not in _FACILITY_CUES)


def _is_described(site: Site) -> bool:
    """Check whether a text describes where a country lies: "Libya borders Chad"."""
    return site.following in _SITUATED and site.passage.tokens.same_sentence(site.mention.first, site.mention.last)


def _is_part_of_region(site: Site) -> bool:
    """Check whether a country is in the list of what a region includes: "the Maghreb, which includes Libya"."""
    passage, tokens, before = site.passage, site.passage.tokens, site.governor - 1
    if site.governing not in _CONTAINING:
        return False
    if tokens.lower(before) in _RELATIVES:
        before -= 2 if tokens.lower(before - 1) == "," else 1
    region = passage.mention_at(before)
    if not tokens.same_sentence(before, site.governor):
        return False
    return region.place_kind == "region" or _is_region(region) if region is not None else _is_area(passage, before)


def _is_region(mention: Mention) -> bool:
    return bool(mention.places) and mention.places[0].kind in ("region", "natural")


def _is_area(passage: Passage, index: int) -> bool:
    return not passage.tokens.classes(index).isdisjoint(_AREA_NOUNS)


def _is_possessor(site: Site) -> bool:
    return site.passage.is_possessive(site.mention.last)


def _possesses_place(site: Site) -> bool:
    return possesses_place(site.passage, site.mention.last + 1)


def _names_conflict(site: Site) -> bool:
    return names_war(site.passage, site.mention)


def _is_hyphenated_modifier(site: Site) -> bool:
    """Check whether a hyphen joins a name to the word that it modifies something with: "the US-led campaign"."""
    tokens, last = site.passage.tokens, site.mention.last
    joined = tokens.is_joined(last) and tokens.is_joined(last + 1) and tokens.words[last].hyphen
    return joined and not tokens.words[last + 1].capital


def _is_country_before_noun(site: Site) -> bool:
    return not site.capital and modifies_noun(site.passage, site.mention.last)


def _is_before_area(site: Site) -> bool:
    return bool(site.after & _AREA_NOUNS) and not site.passage.tokens.words[site.mention.last].capital


def _follows_place(site: Site) -> bool:
    first = site.mention.first
    previous = site.passage.mention_at(first - 1)
    return (
        previous is not None and previous.name_kind == "place" and site.passage.tokens.same_sentence(first - 1, first)
    )


def _brackets_state_place(site: Site) -> bool:
    owner = site.passage.mention_at(site.governor - 1)
    return (owner is not None and owner.label == "LOCATION") or (site.capital and site.following == ",")


def _follows_verb_of_motion(site: Site) -> bool:
    return site.governor >= 0 and "moving" in site.passage.tokens.classes(site.governor)


def _is_object_of_motion(site: Site) -> bool:
    return site.governing not in _LEAVE_OR_REACH or not site.passage.tokens.words[site.governor].capital


def _is_struck_capital(site: Site) -> bool:
    return site.capital and is_struck(site.passage, site.mention.last)


def _starts_dateline(site: Site) -> bool:
    return site.capital and is_dateline(site.passage, site.mention)


def _is_held(site: Site) -> bool:
    held = is_object_of(site.passage, site.mention.first, _HELD_PLACES)
    return held and site.following not in _BLAME_ADJECTIVES


def _follows_preposition(site: Site) -> bool:
    return site.governing in _PREPOSITIONS


def _is_place_by_preposition(site: Site) -> bool:
    return _PREPOSITIONS[site.governing](site)


_PREPOSITIONS: Mapping[str, Callable[[Site], bool]] = {
    **dict.fromkeys(word_list("inside_cues"), yes),
    "in": lambda site: "believing" not in site.prior_classes,  # "trust in Iran"
    **dict.fromkeys(word_list("toward_prepositions"), lambda site: "attitudes" not in site.prior_classes),
    **dict.fromkeys(word_list("above_prepositions"), lambda site: site.capital or site.prior in _ABOVE_CUES),
    "under": lambda site: site.prior in _ABOVE_CUES,
    **dict.fromkeys(word_list("along_prepositions"), yes),
    "from": lambda site: not is_origin_of_goods(site),
    "to": is_destination,
    "for": lambda site: is_left_for(site) or (site.capital and site.prior in _BATTLE_CUES),
    "on": lambda site: site.capital and ("attacks" in site.prior_classes or falls_on(site)),
    "of": lambda site: "of_power" not in site.prior_classes and (site.capital or "place_nouns" in site.prior_classes),
}
"""Whether a country or capital is a place after a preposition."""

PLACE_RULES: tuple[DecisionRule[Site, bool], ...] = (
    DecisionRule("an end of a road: the Damascus-Aleppo highway", is_end_of_road, yes),
    DecisionRule("a modifier of another word: the US-led campaign", _is_hyphenated_modifier, no),
    DecisionRule("a place of war, also as its possessor: Yemen's civil war", _names_conflict, yes),
    DecisionRule("a possessor is a place if it possesses one: Syria's south", _is_possessor, _possesses_place),
    DecisionRule("a place after a direction: northern Syria", lambda site: site.directed, yes),
    DecisionRule("a capital that was struck: Kyiv was bombed", _is_struck_capital, yes),
    DecisionRule("a capital in a dateline: MOSCOW, November 8", _starts_dateline, yes),
    DecisionRule("a capital that is called one", lambda site: site.capital and is_called_capital(site), yes),
    DecisionRule("a country that the text describes: Libya borders Chad", _is_described, yes),
    DecisionRule("a part of a region: the Maghreb includes Libya", _is_part_of_region, yes),
    DecisionRule("an actor before a noun: US bases", _is_country_before_noun, no),
    DecisionRule("a capital before region or province", lambda site: site.capital and _is_before_area(site), yes),
    DecisionRule("a place after one, without punctuation: MAIDUGURI Nigeria", _follows_place, yes),
    DecisionRule("as the name before it", lambda site: site.governing in _CONJUNCTIONS, is_coordinated_place),
    DecisionRule("in brackets as the name before it", lambda site: site.governing == "(", _brackets_state_place),
    DecisionRule("by the preposition before it", _follows_preposition, _is_place_by_preposition),
    DecisionRule("a place after a verb of motion: entered Syria", _follows_verb_of_motion, _is_object_of_motion),
    DecisionRule("a capital that is attacked or held: shelled Kyiv", lambda site: site.capital, _is_held),
)
"""When a country or a capital is a place; otherwise it is an actor."""
