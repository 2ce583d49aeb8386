"""The default extractor: rules for all four labels with values, on spaCy's tokeniser, with no model to download.

Reading goes through the same steps for every passage: words with offsets (`tokens`), known names (`names`, from the
`lexicon` of registry and gazetteer), dates (`dates`), names by their shape (`bodies`, `places`, `persons`), what the
document said before (`memory`), phrases that names make actors (`phrases`), actor or place (`roles`), counts
(`counts`), and values (`reader`).
"""

from .rules_extractor import RULES, Rules, rules_support

__all__ = ["RULES", "Rules", "rules_support"]
