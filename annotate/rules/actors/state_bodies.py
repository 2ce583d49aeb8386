"""The bodies of a state that their names leave open: "Iran's Air Force", "Parliament of X", "the Defence Ministry"."""

from __future__ import annotations

import re

from ....schema import Actor
from ..known_names import slug
from ..passage import Mention, Passage
from ..tokens import FUNCTION_WORDS
from ..word_lists import class_names, word_list, written_names

_FORCES = class_names("armed", "modifiers")
_STATES = ("state", "adjective", "capital")
_MINISTRY = re.compile(r"(?:(?P<field>.+) )?ministry(?: (?:of|for) (?:the )?(?P<of>.+))?")
_FIELDS = {
    "defense": "defence",
    "national-defense": "defence",
    "national-defence": "defence",
    "foreign": "foreign-affairs",
    "internal-affairs": "interior",
    "public-health": "health",
}
_MILITARY = word_list("military_heads")
_WHOLE_MILITARY = frozenset(written_names("names_of_militaries"))
_SERVICES = frozenset(written_names("names_of_services"))


def find_bodies_of_states(passage: Passage, bodies: dict[str, Mention], country: str) -> None:
    """Set the actor of bodies whose state is named beside them, or which the document has named in full before.

    Args:
        passage: The passage with the names.
        bodies: The bodies that the document has named, by the slug of their name without the state; more are added.
        country: The code of the only country that the document is about; empty if there is none.
    """
    for mention in passage.mentions():
        kind = mention.kind if mention.actor is None else mention.actor.kind
        if mention.name_kind != "actor" or kind not in ("state", "military"):
            continue
        surface = passage.surface(mention.first, mention.last)
        state = _state_beside(passage, mention)
        if state is not None:
            if mention.actor is None or mention.actor.country not in ("", state.id):
                set_body(passage, mention, state, surface)
            bodies[slug(surface)] = mention
        elif mention.actor is not None:
            bodies[slug(_named_state(passage, surface)[1])] = mention
        elif mention.id == slug(surface):
            _find_state(passage, mention, surface, bodies, country)


def _state_beside(passage: Passage, mention: Mention) -> Actor | None:
    """Return the state beside the name of its body: "Iran's X", "the Israeli army's X", "X of the Y army"."""
    tokens = passage.tokens
    owner = None
    if passage.is_possessive(mention.first - 1):
        position = mention.first - 2
        while position > 0 and passage.owners[position] is None and tokens.classes(position) & _FORCES:
            position -= 1
        owner = passage.mention_at(position)
    elif tokens.lower(mention.last) == "of" and tokens.lower(mention.last + 1) == "the":
        owner = passage.mention_at(mention.last + 2)
    if owner is None or owner.actor is None:
        return None
    if owner.name_kind in _STATES:
        return owner.actor if owner.actor.id == owner.actor.country else None
    return passage.lexicon.actors.get(owner.actor.country) if owner.actor.kind == "military" else None


def _find_state(passage: Passage, mention: Mention, surface: str, bodies: dict[str, Mention], country: str) -> None:
    """Set the actor of a body by the state at the end of its name, or by what the document has named before."""
    state, body = _named_state(passage, surface)
    if state is not None:
        set_body(passage, mention, state, body)
        bodies[slug(body)] = mention
    elif _is_common_name(passage, mention):
        known = bodies.get(slug(surface))
        if known is not None:
            mention.actor, mention.id, mention.kind = known.actor, known.id, known.kind
        elif (state := passage.lexicon.actors.get(country)) is not None:
            set_body(passage, mention, state, surface)


def _named_state(passage: Passage, surface: str) -> tuple[Actor | None, str]:
    """Return the state at the end or start of a body's name, and the rest: "Ministry of X of Y", "Kenya Air Force"."""
    body, _, name = surface.rpartition(" of ")
    entry = passage.lexicon.get(name.removeprefix("the ")) if body else None
    if entry is not None and entry.state is not None:
        return entry.state, body
    words = surface.split()
    for size in (1, 2):
        rest = " ".join(words[size:])
        entry = passage.lexicon.get(" ".join(words[:size])) if _is_own_body(rest.lower()) else None
        for actor in (*entry.nouns, *entry.adjectives) if entry is not None else ():
            if actor.id == actor.country:
                return actor, rest
    return None, surface


def _is_own_body(body: str) -> bool:
    """Check whether every state has one body of this name: a ministry, or a service such as its navy."""
    return body in _WHOLE_MILITARY or body in _SERVICES or _MINISTRY.fullmatch(body) is not None


def _is_common_name(passage: Passage, mention: Mention) -> bool:
    """Check whether a name consists of common words alone: "the Defence Ministry"."""
    words = passage.tokens.words[mention.first : mention.last]
    return all(bool(word.classes) or word.lower in FUNCTION_WORDS for word in words)


def set_body(passage: Passage, mention: Mention, state: Actor, body: str) -> None:
    """Set the actor, or id and kind, of the body of a state with a name."""
    for name in state.names:
        if found := passage.lexicon.actors.find(f"{name} {body}"):
            mention.actor = found[0]
            return
    mention.actor = None
    ministry = _MINISTRY.fullmatch(body.lower())
    if body.lower() in _WHOLE_MILITARY:
        mention.id, mention.kind = f"{state.id.lower()}-military", "military"
        return
    if ministry is None:
        mention.id = f"{state.id.lower()}-{slug(body)}"
        words = body.lower().split()
        mention.kind = "military" if words[-1] in _MILITARY or words[0] in _MILITARY else "state"
        return
    field = slug(ministry["of"] or ministry["field"] or "ministry")
    field = _FIELDS.get(field, field)
    mention.id = f"{state.id.lower()}-ministry-of-{field}"
    mention.kind = "military" if field == "defence" else "state"
