"""The tables of codes from pycountry: countries (ISO 3166), currencies (ISO 4217), languages (ISO 639)."""

from __future__ import annotations

import pycountry

from ..names.settlements import SEPARATOR

KOSOVO = "XKX"
"""The code in use for Kosovo, which has none of ISO."""

_WITHDRAWN_CURRENCIES = """
ADP AFA ALK ANG AOK AON AOR ARA ARP ARY ATS AYM AZM BAD BEC BEF BEL BGJ BGK BGL BGN BOP BRB BRC BRE BRN BRR BUK BYB BYR
CHC CSD CSJ CSK CUC CYP DDM DEM ECS ECV EEK ESA ESB ESP FIM FRF GEK GHC GHP GNE GNS GQE GRD GWE GWP HRD HRK IEP ILP ILR
ISJ ITL LAJ LSM LTL LTT LUC LUF LUL LVL LVR MGF MLF MRO MTL MTP MVQ MXP MZE MZM NIC NLG PEH PEI PES PLZ PTE RHD ROK ROL
RUR SDD SDP SIT SKK SLL SRG STD SUR TJR TMM TPE TRL UAK UGS UGW USS UYN UYP VEB VEF VNC XEU XFO XFU XRE YDD YUD YUM YUN
ZAL ZMK ZRN ZRZ ZWC ZWD ZWL ZWN ZWR
"""
"""Currencies of table A.3 of ISO 4217, which texts of their time name and pycountry lacks."""


def alpha_3(alpha_2: str) -> str:
    """Return the alpha-3 code of a country by the code that GeoNames has; empty for none."""
    country = pycountry.countries.get(alpha_2=alpha_2)
    return KOSOVO if alpha_2 == "XK" else country.alpha_3 if country else ""


def country_table() -> str:
    """Return all alpha-3 codes of countries, current and withdrawn, one to a line."""
    countries = (*pycountry.countries, *pycountry.historic_countries)
    codes = {country.alpha_3 for country in countries} | {KOSOVO}
    return "".join(f"{code}\n" for code in sorted(codes))


def currency_table() -> str:
    """Return all codes of currencies, current and withdrawn, one to a line."""
    codes = {currency.alpha_3 for currency in pycountry.currencies} | {*_WITHDRAWN_CURRENCIES.split()}
    return "".join(f"{code}\n" for code in sorted(codes))


def language_table() -> str:
    """Return a line for each language, by code: the three-letter code, the two-letter code or nothing, the names."""
    lines = []
    for language in sorted(pycountry.languages, key=lambda language: language.alpha_3):
        other = (getattr(language, key, None) for key in ("bibliographic", "common_name", "inverted_name"))
        names = dict.fromkeys((language.name, *filter(None, other)))
        lines.append("\t".join((language.alpha_3, getattr(language, "alpha_2", ""), SEPARATOR.join(names))))
    return "".join(f"{line}\n" for line in lines)
