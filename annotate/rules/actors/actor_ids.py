"""A4: the actor that a phrase denotes, by the registry or by the table of derived ids."""

from __future__ import annotations

from ..known_names import slug
from ..passage import Mention, Passage
from ..word_lists import class_names, word_list

_GROUP_CLASSES = class_names("armed", "groups")
_PRESS = word_list("press_nouns")
_MEMBERS = word_list("member_nouns")
_GUARDS = word_list("guard_nouns")
_PEACEKEEPERS = word_list("peacekeeper_nouns")
_MARINES = word_list("marine_nouns")
_FORCES = word_list("air_force_nouns")
_MILITARY_MODIFIERS = word_list("military_modifiers")
_REBEL_ADJECTIVES = word_list("rebel_adjectives")
_CIVIL_SERVICES = ("police", "parliament")


class ActorResolver:
    """Resolver of the actor that a phrase denotes.

    Args:
        passage: The passage of the phrase.
        phrase: The phrase, whose actor, or id and kind, are set.
        source: The name that modifies the head noun.
        index: The index of the first word after the name and its tie ("-backed").
        head: The index of the head noun.
    """

    def __init__(self, passage: Passage, phrase: Mention, source: Mention, index: int, head: int) -> None:
        self.passage = passage
        self.phrase = phrase
        self.source = source
        self.base = source.actor
        self.registry = passage.lexicon.actors
        self.noun = passage.tokens.lower(head)
        self.classes = passage.tokens.classes(head)
        self.modifiers = [passage.tokens.lower(position) for position in range(index, head)]
        self.rest = passage.surface(index, phrase.last)
        self.surface = passage.surface(phrase.first, phrase.last)
        self.prefix = _id_prefix(passage, source)
        self.rebel = not _REBEL_ADJECTIVES.isdisjoint(self.modifiers)

    def resolve(self, *, tied: bool) -> None:
        """Set the actor by the registry, otherwise by the table of derived ids in the guidelines.

        Args:
            tied: Whether the phrase denotes a group tied to the name, such as "Iran-backed militias".
        """
        if not tied:
            known = next((actor for actor in self.registry.find(self.surface) if actor.kind != "person"), None)
            if known is not None:
                self.phrase.actor = known
                return
        if tied:
            self._resolve_tied()
        else:
            self._resolve_plain()

    def _set(self, id: str, kind: str) -> None:  # noqa: A002 - the name in records
        known = self.registry.get(id)
        if known is not None and known.id == id and known.kind == kind:
            self.phrase.actor = known
        self.phrase.id, self.phrase.kind = id, kind

    def _resolve_tied(self) -> None:
        classes = self.classes
        if "officials" in classes:
            self._set(f"{self.prefix}-officials", self.base.kind if self.base is not None else "state")
        elif "rulers" in classes or ("bodies" in classes and "armed" not in classes and self.noun not in _GUARDS):
            self._set(slug(self.surface), "state")
        elif "contractors" in classes:
            self._set(f"{self.prefix}-contractors", "civilian")
        elif "people" in classes and not classes & _GROUP_CLASSES and not self.rebel:
            self._set(f"{self.prefix}-people", "civilian")
        else:
            self._set(f"{self.prefix}-backed-groups", "armed_group")

    def _resolve_plain(self) -> None:
        state = self.base is not None and self.base.kind == "state" and self.base.id == self.base.country
        if "rulers" in self.classes:
            self._resolve_rulers(state=state)
        elif "officials" in self.classes and not self.rebel:
            self._resolve_officials()
        elif "contractors" in self.classes:
            self._set(f"{self.prefix}-contractors", "civilian")
        elif self._is_named_group():
            self.phrase.actor = self.base  # "Hamas fighters", "Islamic State group"
        elif (service := self._service()) and self.base is not None:
            self._set(f"{self.prefix}-{service}", "state" if service in _CIVIL_SERVICES else "military")
        elif self._is_armed():
            self._resolve_armed()
        elif "groups" in self.classes or self.rebel:
            self._set(f"{self.prefix}-groups", "armed_group")
        elif "people" in self.classes:
            self._set(f"{self.prefix}-people", "civilian")
        else:
            self._resolve_organisation(state=state)

    def _is_named_group(self) -> bool:
        """Check whether the phrase denotes the armed group that is named in it."""
        group = self.base is not None and self.base.kind == "armed_group"
        return group and (bool(self.classes & _GROUP_CLASSES) or self.noun in _MEMBERS or self.rebel)

    def _is_armed(self) -> bool:
        """Check whether the phrase denotes armed forces that are no rebels."""
        if self.rebel:
            return False
        member = "service" in self.modifiers and self.noun.startswith("member")
        return "armed" in self.classes or self.noun in _PEACEKEEPERS or member

    def _resolve_rulers(self, *, state: bool) -> None:
        base = self.base
        if self.source.name_kind == "person":
            country = base.country if base is not None else ""
            self._set(country or slug(self.surface), "state")
        elif state and base is not None:
            self.phrase.actor = base
        elif base is not None:
            self._set(base.id, base.kind)
        else:
            self._set(slug(self.surface), "state")

    def _resolve_officials(self) -> None:
        military = not _MILITARY_MODIFIERS.isdisjoint(self.modifiers)
        base = self.base
        if military and not self.prefix.endswith("-military"):
            self._set(f"{self.prefix}-military-officials", "military")
        else:
            self._set(f"{self.prefix}-officials", base.kind if base is not None else "state")

    def _service(self) -> str:
        """Return the service that the phrase names, such as navy, air force, marines or police; empty if none."""
        modifiers, noun = self.modifiers, self.noun
        if noun == "navy" or "naval" in modifiers or "navy" in modifiers:
            return "navy"
        if noun == "police" or "police" in modifiers:
            return "police"
        if modifiers[-1:] == ["air"] and noun in _FORCES:
            return "air-force"
        if modifiers[:1] == ["coast"] or noun == "coastguard":
            return "coast-guard"
        if noun in _MARINES:
            return "marines"
        return "parliament" if noun == "parliament" else ""

    def _resolve_armed(self) -> None:
        base = self.base
        if base is not None and base.kind == "military":
            self.phrase.actor = base
        elif base is not None and base.kind in ("civilian", "organization"):
            self._set(f"{self.prefix}-groups", "armed_group")
        else:
            self._set(f"{self.prefix}-military", "military")

    def _resolve_organisation(self, *, state: bool) -> None:
        """Resolve an organisation by the registry, otherwise to the state's code and the rest of the name."""
        base = self.base
        if self.noun in _PRESS:
            self._set(f"{self.prefix}-media" if self.noun == "media" else slug(self.surface), "media")
            return
        if not state or base is None:
            self._set(slug(self.surface), "state" if base is not None and base.kind == "state" else "organization")
            return
        for name in base.names:
            if matches := self.registry.find(f"{name} {self.rest}"):
                self.phrase.actor = matches[0]
                return
        words = self.rest.lower().split()
        if words[-1] == "ministry":
            field = slug(" ".join(words[:-1])) or "ministry"
            proper = {"defense": "defence", "foreign": "foreign-affairs"}.get(field, field)
            self._set(f"{self.prefix}-ministry-of-{proper}", "military" if proper == "defence" else "state")
        else:
            self._set(f"{self.prefix}-{slug(self.rest)}", "state")


def _id_prefix(passage: Passage, mention: Mention) -> str:
    """Return the id of a name as used in derived ids."""
    actor = mention.actor
    if actor is None:
        return mention.id or slug(passage.surface(mention.first, mention.last))
    if actor.kind == "civilian":
        return slug(actor.adjectives[0]) if actor.adjectives else actor.id
    return actor.id.lower()
