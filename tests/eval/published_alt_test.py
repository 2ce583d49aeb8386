"""Labels that three readers and six models gave to 120 answers, and what the authors' code makes of them.

The labels are those of `data/mtbench` in https://github.com/nitaytech/AltTest (commit 18428b1), which are of MT-Bench
(Zheng et al. 2023, CC BY 4.0): `a` and `b` for the better answer, `t` for a tie, `.` where a reader gave none. The figures
are winning rate and advantage probability as `alt_test(model, readers, "accuracy", epsilon)` of its
`alt_test_example.ipynb` returns them.
"""

from __future__ import annotations

from collections.abc import Mapping

READERS: Mapping[str, str] = {
    "author_0": "............ta..tttttt........ttbbbbbbaabt....aaaa..tatb..bbbttt..aaaaaabb..bbtbbttbtaba....ttttbb..aataab..bb....btbbbt",
    "author_4": "atbbttbbtataaatttt....ttbttatabb....bb..btaatb....aaaatbbbbbbbaaaaaa..aababa..bb....ttaaabbb......btaabaaaba..btab......",
    "expert_24": "abbbaabbtata..bb..ttttttbttttt..bbbb..aa..atttaaaaaa....bb....tbaa..aa..abtatb..bbtt....tttbtaaabbta..ba..batbtbabbbbbbt",
}

MODELS: Mapping[str, str] = {
    "gemini_flash": "bbbbbbbbbbbbaaaaaabbaaaabbaattbbbbaaaaaaaaaabbaaaaaaaabbbbbbbbbbaaaaaaaabbaabbbbbbbbbbbabbbbbbaabbbbabbbaabbbabbbbbbbbaa",
    "gemini_pro": "bbbbbbbbbbaaaattaattaabbbbaattbbbbaaaaaaabbatbaaaaaaaabbbbbbbbaaaaaaaaaabbaaaabbbbbbbbaabbbbabbbbbbbaaaaaaaabbbbbbbbbbaa",
    "gpt-4o": "bbbbaabbttaaaabbbbaaaaaabbaattbbbbaabbaabbaabbaaaaaaaabbbbbbbbbbaaaaaaaabbaaaabbbbaaaaaabbbbaaaabbbbaaaaaabbbbaabbbbbbaa",
    "llama-31": "bbbbaabbbabbbbbbabbbaaaabbaababbbbaabbabbbaabbabaaaabbbbbbbbaaatataaaaaabbbbbbbbbbaaaaaatabtbbbbbbbbabbbbabbaaaabbbbbbbb",
    "gpt-4o-mini": "bbbbbbbbbbbbaaaaaaaaaaaabbaattbbbbaaaaaaaaaabbaaaaaaaabbbbbbaattaaaaaaaaaaaabbbbbbaaaaaaaabbbbaabbbbaabbaabbbbaabbbbbbaa",
    "mistral-v03": "aabbtttbttttattttaatttaattaattbbbbaattaabbttbtaattaatttbbbbbttttttataaaaaattaattbattaaaattbbataabbtaaaaattttaaaabbttaatt",
}

FIGURES: Mapping[str, Mapping[float, tuple[float, float]]] = {
    "gemini_flash": {
        0.1: (0.0, 0.7189023439023439),
        0.2: (0.0, 0.7189023439023439),
        0.3: (0.0, 0.7189023439023439),
        0.4: (1.0, 0.7189023439023439),
    },
    "gemini_pro": {
        0.1: (0.0, 0.7645128895128894),
        0.2: (0.0, 0.7645128895128894),
        0.3: (1.0, 0.7645128895128894),
        0.4: (1.0, 0.7645128895128894),
    },
    "gpt-4o": {
        0.1: (0.0, 0.7728101478101479),
        0.2: (0.0, 0.7728101478101479),
        0.3: (1.0, 0.7728101478101479),
        0.4: (1.0, 0.7728101478101479),
    },
    "llama-31": {
        0.1: (0.0, 0.6871611871611871),
        0.2: (0.0, 0.6871611871611871),
        0.3: (0.0, 0.6871611871611871),
        0.4: (1.0, 0.6871611871611871),
    },
    "gpt-4o-mini": {
        0.1: (0.0, 0.7354871104871106),
        0.2: (0.0, 0.7354871104871106),
        0.3: (0.6666666666666666, 0.7354871104871106),
        0.4: (1.0, 0.7354871104871106),
    },
    "mistral-v03": {
        0.1: (0.0, 0.6831929331929332),
        0.2: (0.0, 0.6831929331929332),
        0.3: (0.0, 0.6831929331929332),
        0.4: (1.0, 0.6831929331929332),
    },
}
