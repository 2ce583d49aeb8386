"""The default extractor: rules for all four labels with values, on spaCy's tokeniser, with no model to download.

Every passage is read in the same steps: words with offsets (`tokens`), known names (`known_names`, from the `lexicon`
of registry and gazetteer), dates (`dates`), names by their form (`actors.organisations`, `places.place_names`,
`actors.persons`, `actors.unknown_names`), what the document has introduced (`document_context`, `context_resolution`),
phrases with names that denote actors (`actors.actor_phrases`), actor or place (`places.actor_or_place`), counts
(`counts`), and values (`document_reader`).

Examples:
    >>> from goldspan.annotate.rules import RULES
    >>> from goldspan.schema import Document, conflict_scheme
    >>> rules = RULES(conflict_scheme())
    >>> [[span]] = rules.extract([Document(id="a", text="At least 12 people were killed.", spans=())])
    >>> span.label, span.value.min, span.value.unit
    ('COUNT', 12, 'killed')
"""

from .rules_extractor import RULES, Rules, rules_support

__all__ = ["RULES", "Rules", "rules_support"]
