"""The default extractor: rules for all four labels with values, on spaCy's tokeniser, with no model to download.

Every passage is read in the same steps: words with offsets (`tokens`), known names (`known_names`, from the `lexicon`
of registry and gazetteer), dates (`dates`), names by their form (`actors.organisations`, `places.place_names`,
`actors.persons`, `actors.unknown_names`), what the document has introduced (`document_context`, `context_resolution`),
phrases with names that denote actors (`actors.actor_phrases`), actor or place (`places.actor_or_place`), counts
(`counts`), and values (`document_reader`).
"""

from .rules_extractor import RULES, Rules, rules_support

__all__ = ["RULES", "Rules", "rules_support"]
