"""Language tags: what is one, its canonical form, and what the fix says where it is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldspan.schema import DataError, RecordCodec, canonical_language, language_error, parse_language
from goldspan.schema.language import _TWO_LETTERS

CANONICAL = {
    "de": "de",
    "EN": "en",
    "PT-br": "pt-BR",
    "zh-hant-TW": "zh-Hant-TW",
    "es-419": "es-419",
    "de-1996": "de-1996",
    "sl-rozaj-biske": "sl-rozaj-biske",
    "ckb": "ckb",
    "qaa": "qaa",
    "iw": "he",
    "mul": "mul",
    "en-GB-x-AB": "en-GB-x-ab",
    "de-u-co-phonebk": "de-u-co-phonebk",
    "x-Thieves": "x-thieves",
}
FAULTS = {
    "deu": "write de",
    "ger": "write de",
    "en_US": "write en-US",
    "German": "write de",
    "ENGLISH": "write en",
    " de ": "write de",
    "und": "leave it out",
    "jp": "such as de or pt-BR",
    "de-": "such as de or pt-BR",
    "i-klingon": "such as de or pt-BR",
    "../x": "such as de or pt-BR",
    "": "such as de or pt-BR",
    "de,en": "such as de or pt-BR",
}


@pytest.mark.parametrize(("tag", "expected"), CANONICAL.items(), ids=CANONICAL)
def test_a_tag_has_one_form(tag: str, expected: str, codec: RecordCodec) -> None:
    assert parse_language(tag) == canonical_language(expected) == expected
    line = b'{"id":"a","text":"x","spans":[],"meta":{"language":"%b"}}' % tag.encode()
    assert codec.decode(line).meta.language == expected
    assert codec.decode(codec.encode(codec.decode(line))).meta.language == expected


@pytest.mark.parametrize(("tag", "fix"), FAULTS.items(), ids=map(repr, FAULTS))
def test_what_is_no_tag_is_refused_with_a_fix(tag: str, fix: str, codec: RecordCodec) -> None:
    with pytest.raises(DataError, match="not a language tag") as refused:
        parse_language(tag)
    assert fix in str(refused.value)
    with pytest.raises(DataError, match=r"meta\.language"):
        codec.decode(b'{"id":"a","text":"x","spans":[],"meta":{"language":"%b"}}' % tag.encode())


def test_the_two_letter_codes_are_those_of_iso_639() -> None:
    from pycountry import languages

    assert {language.alpha_2 for language in languages if hasattr(language, "alpha_2")} == _TWO_LETTERS


@given(st.text(max_size=12) | st.from_regex(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,3}", fullmatch=True))
def test_a_canonical_form_is_its_own(tag: str) -> None:
    form = canonical_language(tag)
    assert (form is None) == (language_error(tag) is not None)
    assert form is None or (canonical_language(form) == form and canonical_language(form.upper()) == form)


def test_a_language_is_written_only_where_it_is_stated(codec: RecordCodec) -> None:
    unstated = codec.decode(b'{"id":"a","text":"x","spans":[],"meta":{"language":null}}')
    assert b"language" not in codec.encode(unstated) and b'"title":null' in codec.encode(unstated)
