"""A4: the actor that a phrase denotes, by the registry or by the table of derived ids."""

from __future__ import annotations

from ..decision_table import DecisionRule, decide, yes
from ..known_names import slug
from ..passage import Mention, Passage
from ..word_lists import class_names, word_list
from .state_bodies import set_body

_GROUP_CLASSES = class_names("armed", "groups")
_PEOPLE_CLASSES = class_names("people")
_BODY_NOUNS = word_list("body_nouns")
_CIVIL_BODIES = word_list("civil_bodies")
_MEMBER_STATES = word_list("member_states")
_PERSONNEL = word_list("employed_nouns")
_PRESS = word_list("press_nouns")
_SEVERAL_MEDIA = word_list("several_media_nouns")
_MEMBERS = word_list("member_nouns")
_GUARDS = word_list("guard_nouns")
_PEACEKEEPERS = word_list("peacekeeper_nouns")
_MARINES = word_list("marine_nouns")
_POLICE = word_list("police_nouns")
_FORCES = word_list("air_force_nouns")
_EMBASSIES = word_list("embassy_nouns")
_SUPPORTERS = word_list("supporter_nouns")
_BRANCHES = word_list("branch_nouns")
_LOCAL_MODIFIERS = word_list("local_modifiers")
_CIVIL_MODIFIERS = word_list("civil_modifiers")
_MILITARY_MODIFIERS = word_list("military_modifiers")
_REBEL_ADJECTIVES = word_list("rebel_adjectives")
_CIVIL_SERVICES = ("police", "parliament")
_CIVIL_KINDS = ("media", "organization", "intergovernmental")


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
        self.prefix = id_prefix(passage, source)
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
            decide(PLAIN_RULES, self, None)

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

    @property
    def state(self) -> bool:
        """Whether the name is that of a state."""
        return self.base is not None and self.base.kind == "state" and self.base.id == self.base.country

    def denotes_officials(self) -> bool:
        """Check whether the phrase denotes officials, or who works for a government: "US embassy personnel"."""
        personnel = self.noun in _PERSONNEL and not _CIVIL_MODIFIERS.isdisjoint(self.modifiers)
        return personnel or ("officials" in self.classes and not self.rebel)

    def denotes_named_body(self) -> bool:
        """Check whether the phrase denotes the body named in it: "Reuters news agency", "BBC reporters", "UN staff"."""
        base = self.base
        kind = base.kind if base is not None else self.source.kind
        body = base is not None and (kind == "military" or (kind == "state" and base.id != base.country))
        if kind == "media" and (self.noun in _PRESS or self.noun in _BODY_NOUNS):
            return True
        members = kind == "intergovernmental" and self.noun in _MEMBER_STATES
        people = members or (bool(self.classes & _PEOPLE_CLASSES) and self.noun not in _SUPPORTERS)
        return (body or kind in _CIVIL_KINDS) and (people or (self.noun in _BODY_NOUNS and not self.modifiers))

    def denotes_named_group(self) -> bool:
        """Check whether the phrase denotes the armed group that is named in it."""
        if self.noun in _BRANCHES:
            return False  # "an al-Qaeda affiliate"
        kind = self.base.kind if self.base is not None else self.source.kind
        group = kind == "armed_group" or (self.base is None and kind == "military")
        return group and (bool(self.classes & _GROUP_CLASSES) or self.noun in _MEMBERS or self.rebel)

    def denotes_military(self) -> bool:
        """Check whether the phrase denotes armed forces that are no rebels."""
        if self.rebel:
            return False
        member = "service" in self.modifiers and self.noun.startswith("member")
        return "armed" in self.classes or self.noun in _PEACEKEEPERS or member

    def use_name(self) -> None:
        """Set the actor to that of the name."""
        self.phrase.actor, self.phrase.id, self.phrase.kind = self.base, self.source.id, self.source.kind

    def derive(self, type: str, kind: str) -> None:  # noqa: A002 - the type in the table of the guidelines
        """Set the id to that of the name and a type, such as `usa-contractors`."""
        self._set(f"{self.prefix}-{type}", kind)

    def resolve_rulers(self) -> None:
        """Resolve rulers: a state's are the state, those of a city's administration a body of their own."""
        base = self.base
        if self.source.name_kind == "person":
            country = base.country if base is not None else ""
            self._set(country or slug(self.surface), "state")
        elif self.source.name_kind == "capital" and not _LOCAL_MODIFIERS.isdisjoint(self.modifiers):
            self._set(slug(self.surface), "state")  # "Kyiv city administration"
        elif self.state:
            self.phrase.actor = base
        elif base is not None:
            self._set(base.id, base.kind)
        else:
            self._set(slug(self.surface), "state")

    def resolve_officials(self) -> None:
        """Resolve officials, of a military where a modifier says so."""
        military = not _MILITARY_MODIFIERS.isdisjoint(self.modifiers)
        base = self.base
        if military and not self.prefix.endswith("-military"):
            self._set(f"{self.prefix}-military-officials", "military")
        else:
            people = base is None or base.kind == "civilian"
            self._set(f"{self.prefix}-officials", "state" if base is None or people else base.kind)

    def service(self) -> str:
        """Return the service that the phrase names, such as navy, air force, marines or police; empty if none."""
        modifiers, noun = self.modifiers, self.noun
        if noun == "navy" or "naval" in modifiers or "navy" in modifiers:
            return "navy"
        if noun in _POLICE or "police" in modifiers:
            return "police"
        if modifiers[-1:] == ["air"] and noun in _FORCES:
            return "air-force"
        if modifiers[:1] == ["coast"] or noun == "coastguard":
            return "coast-guard"
        if noun in _MARINES:
            return "marines"
        return "parliament" if noun == "parliament" else ""

    def resolve_service(self) -> None:
        """Resolve a service: police and parliament are a state's, all others of its military."""
        service = self.service()
        self.derive(service, "state" if service in _CIVIL_SERVICES else "military")

    def resolve_military(self) -> None:
        """Resolve armed forces: those of a state, a military or an armed people."""
        base = self.base
        body = base is not None and base.kind == "state" and base.id != base.country
        if base is not None and (body or base.kind == "military"):
            self.phrase.actor = base  # "Colombian police officers"
        elif base is not None and "coalition" in base.id:
            self.phrase.actor = base  # "Coalition forces"
        elif base is not None and base.kind in ("civilian", "organization"):
            self._set(f"{self.prefix}-groups", "armed_group")
        else:
            self._set(f"{self.prefix}-military", "military")

    def resolve_groups(self) -> None:
        """Resolve a group: supporters of a party are civilians, other groups armed."""
        kind = self.base.kind if self.base is not None else self.source.kind
        if kind in _CIVIL_KINDS and self.noun in _SUPPORTERS:
            self._set(f"{self.prefix}-{self.noun}", "civilian")
        else:
            self._set(f"{self.prefix}-groups", "armed_group")

    def resolve_organisation(self) -> None:
        """Resolve an organisation by the registry, otherwise to the state's code and the rest of the name."""
        base = self.base
        if self.noun in _PRESS:
            several = self.noun in _SEVERAL_MEDIA
            self._set(f"{self.prefix}-media" if several else slug(self.surface), "media")
            return
        if not self.state or base is None:
            self._set(slug(self.surface), "state" if base is not None and base.kind == "state" else "organization")
            return
        if self.noun in _CIVIL_BODIES or self.modifiers[-1:] == ["think"]:
            self._set(f"{self.prefix}-{slug(self.rest)}", "organization")
        else:
            set_body(self.passage, self.phrase, base, self.rest)


PLAIN_RULES: tuple[DecisionRule[ActorResolver, None], ...] = (
    DecisionRule("rulers", lambda r: "rulers" in r.classes, ActorResolver.resolve_rulers),
    DecisionRule("officials", ActorResolver.denotes_officials, ActorResolver.resolve_officials),
    DecisionRule("an embassy is its state", lambda r: r.noun in _EMBASSIES and r.state, ActorResolver.use_name),
    DecisionRule("the body that is named: UN staff", ActorResolver.denotes_named_body, ActorResolver.use_name),
    DecisionRule("contractors", lambda r: "contractors" in r.classes, lambda r: r.derive("contractors", "civilian")),
    DecisionRule("the group that is named: Hamas fighters", ActorResolver.denotes_named_group, ActorResolver.use_name),
    DecisionRule("a service", lambda r: bool(r.service()) and r.base is not None, ActorResolver.resolve_service),
    DecisionRule("armed forces", ActorResolver.denotes_military, ActorResolver.resolve_military),
    DecisionRule("a group", lambda r: "groups" in r.classes or r.rebel, ActorResolver.resolve_groups),
    DecisionRule("people", lambda r: "people" in r.classes, lambda r: r.derive("people", "civilian")),
    DecisionRule("an organisation", yes, ActorResolver.resolve_organisation),
)
"""What a phrase denotes that is not tied to its name by a word such as "backed", by its head noun."""


def id_prefix(passage: Passage, mention: Mention) -> str:
    """Return the id of a name as used in derived ids."""
    actor = mention.actor
    if actor is None:
        return mention.id or slug(passage.surface(mention.first, mention.last))
    if actor.kind == "civilian":
        return slug(actor.adjectives[0]) if actor.adjectives else actor.id
    return actor.id.lower()
