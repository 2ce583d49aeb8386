"""The tables of codes: `countries.txt` (ISO 3166) and `languages.tsv` (ISO 639), from pycountry."""

from __future__ import annotations

import pycountry

from ..names.settlements import SEPARATOR

KOSOVO = "XKX"
"""The code in use for Kosovo, which has none of ISO."""


def alpha_3(alpha_2: str) -> str:
    """Return the alpha-3 code of a country by the code that GeoNames has; empty for none."""
    country = pycountry.countries.get(alpha_2=alpha_2)
    return KOSOVO if alpha_2 == "XK" else country.alpha_3 if country else ""


def country_table() -> str:
    """Return all alpha-3 codes of countries, current and withdrawn, one to a line."""
    countries = (*pycountry.countries, *pycountry.historic_countries)
    codes = {country.alpha_3 for country in countries} | {KOSOVO}
    return "".join(f"{code}\n" for code in sorted(codes))


def language_table() -> str:
    """Return a line for each language, by code: the three-letter code, the two-letter code or nothing, the names."""
    lines = []
    for language in sorted(pycountry.languages, key=lambda language: language.alpha_3):
        other = (getattr(language, key, None) for key in ("bibliographic", "common_name", "inverted_name"))
        names = dict.fromkeys((language.name, *filter(None, other)))
        lines.append("\t".join((language.alpha_3, getattr(language, "alpha_2", ""), SEPARATOR.join(names))))
    return "".join(f"{line}\n" for line in lines)
