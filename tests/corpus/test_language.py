"""A corpus has the language that somebody states, everywhere it matters, and none where nobody does."""

from __future__ import annotations

import json
import pkgutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldspan.cli.main import app
from goldspan.corpus import load, read_records
from goldspan.corpus.formats import export_documents, load_format
from goldspan.corpus.formats.huggingface.hub_format import HubFormat
from goldspan.corpus.formats.huggingface.metadata import ReleaseMetadata
from goldspan.corpus.ingest.text_zones import find_zones
from goldspan.corpus.inspection.record_checks import check_document
from goldspan.corpus.spans import tokenisation
from goldspan.corpus.spans.tokenisation import (
    lacks_tokenizer,
    missing_tokenizer_packages,
    token_offsets,
    tokenizer_language,
    tokenizer_name,
)
from goldspan.eval import agreement, score
from goldspan.schema import Document, Metadata, Scheme, Span, UsageError

from ..conftest import SEEDS, Run, record, span, write_lines

GERMAN = "Der Irak und z.B. der Iran verloren am 3. März 20 Mann."


def _document(tag: str | None, name: str) -> Document:
    spans = (Span(0, 4, "ACTOR"),)
    return Document(id=name, text=f"Iran left {name}.", spans=spans, meta=Metadata(language=tag))


def languages(path: Path, scheme: Scheme) -> dict[str, str | None]:
    return {document.id: document.meta.language for document in read_records(path, scheme)}


def test_a_manifest_states_the_language_of_its_folder_and_of_single_articles(
    goldspan: Run, tmp_path: Path, scheme: Scheme
) -> None:
    corpus = tmp_path / "corpus"
    for name in ("a.txt", "b.txt", "below/c.txt", "other/d.txt"):
        (corpus / name).parent.mkdir(parents=True, exist_ok=True)
        (corpus / name).write_text("Text.", encoding="utf-8")
    (corpus / "rows.csv").write_text("id,text,language\ne,Text,\nf,Text,PT-br\n", encoding="utf-8")
    (corpus / "manifest.toml").write_text(
        'language = "de"\n[[article]]\nfile = "b.txt"\nlanguage = "fr"\n', encoding="utf-8"
    )
    (corpus / "other" / "manifest.toml").write_text('language = "nl"\n', encoding="utf-8")
    done = goldspan("corpus", "build", corpus, "--out", tmp_path / "out.jsonl")
    assert done.returncode == 0, done.stderr
    expected = {"a": "de", "b": "fr", "below/c": "de", "other/d": "nl", "e": "de", "f": "pt-BR"}
    assert languages(tmp_path / "out.jsonl", scheme) == expected


WRONG = {
    "of the folder": ('language = "German"\n', "language 'German' is not a language tag (BCP 47). Fix: write de"),
    "of an article": ('[[article]]\nfile = "a.txt"\nlanguage = "en_US"\n', "article 1: language 'en_US'"),
    "of another type": ("language = 3\n", "language '3' is not a language tag"),
}


@pytest.mark.parametrize(("manifest", "told"), WRONG.values(), ids=WRONG)
def test_a_manifest_with_a_wrong_language_is_refused(manifest: str, told: str, tmp_path: Path, goldspan: Run) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text("Text.", encoding="utf-8")
    (tmp_path / "corpus" / "manifest.toml").write_text(manifest, encoding="utf-8")
    done = goldspan("corpus", "build", tmp_path / "corpus", "--out", tmp_path / "out.jsonl")
    assert done.returncode == 1 and told in done.stderr and not (tmp_path / "out.jsonl").exists()


def test_an_option_states_it_where_nobody_else_does(goldspan: Run, tmp_path: Path, scheme: Scheme) -> None:
    source = write_lines(tmp_path / "in.jsonl", record("a", "x"), record("b", "y", meta={"language": "pt-BR"}))
    out = tmp_path / "out.jsonl"
    assert goldspan("corpus", "build", source, "--out", out, "--language", "DE").returncode == 0
    assert languages(out, scheme) == {"a": "de", "b": "pt-BR"}
    unstated = goldspan("corpus", "build", source, "--out", out)
    assert "note: documents without a stated language: 1 of 2. Fix: state a --language" in unstated.stderr


@pytest.mark.parametrize("command", ["corpus build", "convert", "export", "train"])
def test_an_option_that_states_nothing_new_or_no_tag_is_refused(command: str, tmp_path: Path) -> None:
    marked = record("a", "Iran left.", spans=[span(0, 4, "ACTOR")], meta={"language": "de"})
    source = write_lines(tmp_path / "in.jsonl", marked)
    more = ["--to", "jsonl"] if command == "export" else []
    out = tmp_path / ("out.jsonl" if command in ("corpus build", "convert") else "out")
    call = [*command.split(), str(source), *more, "--out", str(out), "--language"]
    for tag, said in (("en", "every document states its language"), ("deutsch", "'deutsch' is not a language tag")):
        with pytest.raises(UsageError, match=f"language.*{said}"):
            app([*call, tag], standalone_mode=False)
        assert not out.exists()


@pytest.mark.parametrize("form", ["jsonl", "parquet", "standoff", "conll", "brat", "spacy", "studio", "hf"])
def test_every_format_keeps_it(form: str, tmp_path: Path, scheme: Scheme) -> None:
    texts = {"a": "de", "b": "pt-BR", "c": None}
    documents = [_document(tag, name) for name, tag in texts.items()]
    export_documents(documents, load_format(form), tmp_path / "out", scheme)
    assert {document.id: document.meta.language for document in load(tmp_path / "out", form=form)} == texts


CARDS = {
    "one": (["de", "de"], ["de"], None, "de"),
    "several": (["pt-BR", "de"], ["de", "pt"], ["de", "pt-BR"], ["de", "pt-BR"]),
    "of a region": (["pt-BR", "pt-BR"], ["pt"], ["pt-BR"], "pt-BR"),
    "some": (["sw", None], ["sw"], None, "sw"),
    "none": ([None, None], None, None, None),
}


@pytest.mark.parametrize(("tags", "codes", "whole", "machine"), CARDS.values(), ids=CARDS)
@pytest.mark.parametrize("texts", [True, False])
def test_the_card_lists_what_is_stated(
    tags: list[str | None], codes: Any, whole: Any, machine: Any, texts: bool, tmp_path: Path, scheme: Scheme
) -> None:
    from huggingface_hub import DatasetCard

    documents = [_document(tag, str(number)) for number, tag in enumerate(tags)]
    _, loss = export_documents(documents, HubFormat(ReleaseMetadata(texts=texts)), tmp_path / "set", scheme)
    head = DatasetCard.load(tmp_path / "set" / "README.md").data.to_dict()
    assert (head.get("language"), head.get("language_bcp47")) == (codes, whole)
    assert json.loads((tmp_path / "set" / "croissant.json").read_text("utf-8")).get("inLanguage") == machine
    body = (tmp_path / "set" / "README.md").read_text("utf-8")
    assert ("with documents: not stated." in body) == (codes is None)
    assert ("Tokens follow spaCy's rules for" in body) == texts
    told = loss.counts["tokens by rules for sw, for which spaCy has no tokeniser here"]
    assert told == int(texts and "sw" in tags)


def test_the_seeds_are_english(goldspan: Run, tmp_path: Path) -> None:
    assert goldspan("corpus", "build", SEEDS, "--out", tmp_path / "s.jsonl").returncode == 0
    assert load(tmp_path / "s.jsonl")[0].meta.language == "en"
    shown = goldspan("corpus", "stats", tmp_path / "s.jsonl").stdout
    assert "languages   en 5\n" in shown


def _spacy_languages() -> list[str]:
    """Those for which spaCy has rules, which are not loaded for that."""
    spacy = find_spec("spacy")
    assert spacy is not None and spacy.submodule_search_locations is not None
    modules = pkgutil.iter_modules([str(Path(spacy.submodule_search_locations[0]) / "lang")])
    return sorted(module.name for module in modules if module.ispkg and len(module.name) < 4)


@pytest.mark.parametrize("code", _spacy_languages())
def test_tokens_of_every_language_lie_apart_and_leave_out_nothing_but_blanks(code: str) -> None:
    code = tokenizer_language(code)
    texts = [
        GERMAN,
        " a\n\nb  c\u2009d. ",
        "«Да»,\tсказал он…",
        "他說：「是」。x",
        "قال: نعم.\r\n",
        "U.S.-backed 3,5 km²",
        "\u200bไทย",
    ]
    for text in texts:
        covered: list[int] = []
        for start, end in token_offsets(text, None if code == "xx" else code):
            covered += range(start, end)
        assert covered == sorted(set(covered)) and covered[-1:] < [len(text)]
        assert "".join(c for at, c in enumerate(text) if at not in covered).strip() == ""


def test_a_language_without_a_tokeniser_has_that_for_none_in_particular() -> None:
    for tag in ("sw", "zxx", "qaa", "x-foo", "ja-Latn", "zh-Latn-pinyin"):
        assert tokenizer_name(tag) == tokenizer_language(tag) == "xx" and lacks_tokenizer(tag)
        assert token_offsets(GERMAN, tag) == token_offsets(GERMAN, None)
    assert tokenizer_language("mul") == "xx" and not lacks_tokenizer("mul") and not lacks_tokenizer(None)
    assert [tokenizer_language(tag) for tag in ("pt-BR", "no", "yue", "cmn-Hans")] == ["pt", "nb", "zh", "zh"]


PACKAGES = {"ja": "sudachipy sudachidict_core", "ko-KR": "natto-py", "th": "pythainlp", "vi": "pyvi"}


def test_what_a_tokeniser_of_spacy_lacks_is_known() -> None:
    # all languages of spaCy were tried once
    assert {tag: missing_tokenizer_packages(tag) for tag in PACKAGES} == PACKAGES
    assert not any(map(missing_tokenizer_packages, ("my", "lo", "sw", "ja-Latn", "de", "zh")))


CHARACTERS = {
    "my": ("လူ၂၀ သင်္ဘောABC၊", "လူ ၂၀ သ င်္ဘော ABC ၊"),
    "th": ("ชาวบ้าน20คน", "ช า ว บ้ า น 20 ค น"),
    "km": ("កម្ពុជា២០", "ក ម្ពុ ជា ២០"),
    "ja": ("サッカー「2024年」", "サ ッ カ ー 「 2024 年 」"),
    "zh": ("青河村，abc。", "青 河 村 ， a b c 。"),
}


@pytest.mark.parametrize(("tag", "text", "tokens"), [(tag, *case) for tag, case in CHARACTERS.items()], ids=CHARACTERS)
def test_a_language_without_spaces_has_its_characters_as_tokens(tag: str, text: str, tokens: str) -> None:
    # spaCy's tokenisers for Japanese and Thai need packages that are not installed
    assert [text[start:end] for start, end in token_offsets(text, tag)] == tokens.split()
    assert tokenizer_name(tag) == ("zh" if tag == "zh" else "characters")
    document = Document(id="a", text=text, spans=(Span(0, 1, "ACTOR"),), meta=Metadata(language=tag))
    notes = score([document], [document], tokens=True, resamples=0).notes
    assert f"tokens of texts in {tag} are characters: nothing separates their words" in notes


@given(st.text(max_size=30))
@settings(deadline=None, max_examples=50)
def test_without_a_language_tokens_leave_out_nothing_but_blanks(text: str) -> None:
    text = text.encode(errors="ignore").decode()
    covered = {at for start, end in token_offsets(text, None) for at in range(start, end)}
    assert "".join(c for at, c in enumerate(text) if at not in covered).strip() == ""


def test_figures_over_tokens_are_of_the_tokens_of_the_language() -> None:
    marks = {"en": "", "de": "|tokens:de|", "de-AT": "|tokens:de|", None: "|tokens:xx|", "sw": "|tokens:xx|"}
    for tag, mark in marks.items():
        # "3." is one token in German alone
        gold = Document(id="a", text="Am 3. März.", spans=(Span(3, 4, "ACTOR"),), meta=Metadata(language=tag))
        found = score([gold], [gold], tokens=True, resamples=0)
        assert mark in found.systems[0].signature and ("tokens:" in found.systems[0].signature) == bool(mark)
        tokens = found.systems[0].tokens
        assert tokens is not None and tokens.untagged.gold == int("de" in mark)
        assert any("sw are tokenized by language-neutral rules" in note for note in found.notes) == (tag == "sw")
        kappa = agreement({"one": [gold], "two": [gold]})
        assert any("sw are tokenized by language-neutral rules" in note for note in kappa.notes) == (tag == "sw")


def test_zones_that_english_words_tell_are_not_looked_for_in_other_languages() -> None:
    text = "date 2023-11-06\n\nBy Ann Lee\n\nRead also: More\n\nhttps://example.org/a\n\nText."
    kinds = {tag: [zone.kind for zone in find_zones(text, tag)] for tag in (None, "en-GB", "de")}
    assert kinds["de"] == ["stamp", "url"]
    assert kinds[None] == kinds["en-GB"] == ["stamp", "byline", "related", "url"]


def test_the_english_possessive_is_no_fault_in_other_languages(scheme: Scheme) -> None:
    for tag, faults in (("nl", 0), ("en", 1), (None, 1)):
        document = Document(id="a", text="De foto's.", spans=(Span(3, 9, "ACTOR"),), meta=Metadata(language=tag))
        assert len(check_document(document, scheme)) == faults


def test_a_tokenizer_does_not_keep_all_words_of_a_corpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokenisation, "_MAX_WORDS", 2000)
    text = " ".join(f"word{number}." for number in range(5000))
    first = token_offsets(text, "en")
    assert token_offsets(text, "en") == first
    token_offsets("one", "en")
    assert len(tokenisation._tokenizer("en").vocab.strings) < 2000
