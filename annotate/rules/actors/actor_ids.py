"""A4: whom an actor's phrase means, by the registry or by the table of derived ids."""

from __future__ import annotations

from ..known_names import slug
from ..passage import Mention, Passage
from ..word_lists import word_list

_OF_THE_GROUP = frozenset(("armed", "groups"))
_PRESS = frozenset("media broadcaster newspapers newspaper outlets outlet".split())
_MEMBERS = frozenset("member members suspect suspects supporters loyalists".split())
_REBEL_ADJECTIVES = word_list("rebel_adjectives")


class ActorResolver:
    """Finds the actor that a phrase means.

    Args:
        passage: Where it stands.
        grown: The phrase, which takes the actor or an id and kind.
        source: The name that modifies.
        index: First word behind the name and its tie.
        head: The head noun.
    """

    def __init__(self, passage: Passage, grown: Mention, source: Mention, index: int, head: int) -> None:
        self.passage = passage
        self.grown = grown
        self.source = source
        self.base = source.actor
        self.registry = passage.lexicon.actors
        self.noun = passage.tokens.lower(head)
        self.classes = passage.tokens.classes(head)
        self.inside = [passage.tokens.lower(at) for at in range(index, head)]
        self.rest = passage.surface(index, grown.last)
        self.surface = passage.surface(grown.first, grown.last)
        self.of = _tied_id(passage, source)

    def name(self, *, tied: bool) -> None:
        """By the registry, else by the guidelines' table of derived ids."""
        if not tied:
            known = next((actor for actor in self.registry.find(self.surface) if actor.kind != "person"), None)
            if known is not None:
                self.grown.actor = known
                return
        if tied:
            self._tied()
        else:
            self._plain()

    def _set(self, id: str, kind: str) -> None:  # noqa: A002 - the records' own word
        known = self.registry.get(id)
        if known is not None and known.id == id and known.kind == kind:
            self.grown.actor = known
        self.grown.id, self.grown.kind = id, kind

    def _tied(self) -> None:
        classes = self.classes
        if "officials" in classes:
            self._set(f"{self.of}-officials", self.base.kind if self.base is not None else "state")
        elif "rulers" in classes or (
            "bodies" in classes and "armed" not in classes and self.noun not in ("guard", "guards")
        ):
            self._set(slug(self.surface), "state")
        elif "contractors" in classes:
            self._set(f"{self.of}-contractors", "civilian")
        elif "people" in classes and not classes & _OF_THE_GROUP and not _REBEL_ADJECTIVES.intersection(self.inside):
            self._set(f"{self.of}-people", "civilian")
        else:
            self._set(f"{self.of}-backed-groups", "armed_group")

    def _plain(self) -> None:
        base, noun, classes = self.base, self.noun, self.classes
        state = base is not None and base.kind == "state" and base.id == base.country
        if "rulers" in classes:
            self._rulers(state=state)
        elif "officials" in classes and not _REBEL_ADJECTIVES.intersection(self.inside):
            self._officials()
        elif "contractors" in classes:
            self._set(f"{self.of}-contractors", "civilian")
        elif (
            base is not None
            and base.kind == "armed_group"
            and (classes & _OF_THE_GROUP or noun in _MEMBERS or _REBEL_ADJECTIVES.intersection(self.inside))
        ):
            self.grown.actor = base  # "Hamas fighters", "Islamic State group"
        elif (service := self._service()) and base is not None:
            self._set(f"{self.of}-{service}", "state" if service in ("police", "parliament") else "military")
        elif (
            "armed" in classes
            or noun in ("peacekeepers", "peacekeeper")
            or ({"service"} & set(self.inside) and noun.startswith("member"))
        ) and not _REBEL_ADJECTIVES.intersection(self.inside):
            self._armed()
        elif "groups" in classes or _REBEL_ADJECTIVES.intersection(self.inside):
            self._set(f"{self.of}-groups", "armed_group")
        elif "people" in classes:
            self._set(f"{self.of}-people", "civilian")
        else:
            self._body(state=state)

    def _rulers(self, *, state: bool) -> None:
        base = self.base
        if self.source.name_kind == "person":
            country = base.country if base is not None else ""
            self._set(country or slug(self.surface), "state")
        elif state and base is not None:
            self.grown.actor = base
        elif base is not None:
            self._set(base.id, base.kind)
        else:
            self._set(slug(self.surface), "state")

    def _officials(self) -> None:
        military = {"military", "army", "defense", "defence", "security"} & set(self.inside) != set()
        base = self.base
        if military and not self.of.endswith("-military"):
            self._set(f"{self.of}-military-officials", "military")
        else:
            self._set(f"{self.of}-officials", base.kind if base is not None else "state")

    def _service(self) -> str:
        """The service of its own that the phrase names: navy, air force, marines, police."""
        inside, noun = self.inside, self.noun
        if noun == "navy" or "naval" in inside or "navy" in inside:
            return "navy"
        if noun == "police" or "police" in inside:
            return "police"
        if inside[-1:] == ["air"] and noun in ("force", "forces"):
            return "air-force"
        if inside[:1] == ["coast"] or noun == "coastguard":
            return "coast-guard"
        if noun in ("marines", "marine"):
            return "marines"
        return "parliament" if noun == "parliament" else ""

    def _armed(self) -> None:
        base = self.base
        if base is not None and base.kind == "military":
            self.grown.actor = base
        elif base is not None and base.kind in ("civilian", "organization"):
            self._set(f"{self.of}-groups", "armed_group")
        else:
            self._set(f"{self.of}-military", "military")

    def _body(self, *, state: bool) -> None:
        """A body of its own: the registry's name for it, else the state's code and the rest of its name."""
        base = self.base
        if self.noun in _PRESS:
            self._set(f"{self.of}-media" if self.noun == "media" else slug(self.surface), "media")
            return
        if not state or base is None:
            self._set(slug(self.surface), "state" if base is not None and base.kind == "state" else "organization")
            return
        for name in base.names:
            if found := self.registry.find(f"{name} {self.rest}"):
                self.grown.actor = found[0]
                return
        words = self.rest.lower().split()
        if words[-1] == "ministry":
            field = slug(" ".join(words[:-1])) or "ministry"
            proper = {"defense": "defence", "foreign": "foreign-affairs"}.get(field, field)
            self._set(f"{self.of}-ministry-of-{proper}", "military" if proper == "defence" else "state")
        else:
            self._set(f"{self.of}-{slug(self.rest)}", "state")


def _tied_id(passage: Passage, mention: Mention) -> str:
    """The id of the one tied to, as it stands in derived ids."""
    actor = mention.actor
    if actor is None:
        return mention.id or slug(passage.surface(mention.first, mention.last))
    if actor.kind == "civilian":
        return slug(actor.adjectives[0]) if actor.adjectives else actor.id
    return actor.id.lower()
