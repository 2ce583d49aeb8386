"""The rules on texts: the seeds' gold, articles of many conflicts, sentences for each guideline, and anything at all."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from goldspan.annotate.rules import Rules
from goldspan.annotate.rules.document_reader import split_text
from goldspan.annotate.runner.annotate_documents import annotate_documents
from goldspan.corpus import read_records
from goldspan.corpus.inspection.record_checks import check_document
from goldspan.corpus.release.editions import edition
from goldspan.eval import score
from goldspan.schema import (
    Document,
    Metadata,
    RecordCodec,
    Span,
    UsageError,
    Value,
    Zone,
    conflict_scheme,
    parse_scheme,
)

HERE = Path(__file__).parent
SCHEME = conflict_scheme()


@cache
def rules() -> Rules:
    return Rules(SCHEME)


def extract(text: str, *, published: str | None = "2024-12-10", zones: Sequence[Zone] = ()) -> list[Span]:
    document = Document(id="a", text=text, meta=Metadata(published=published), zones=tuple(zones), spans=())
    return rules().extract([document])[0]


def shown(value: Value | None, label: str) -> str:
    if value is None:
        return "null"
    if label == "COUNT":
        low, high = ("null" if bound is None else str(bound) for bound in (value.min, value.max))
        return f"{low}-{high}{'~' if value.approx else ''} {value.unit}"
    return str(value.edtf if label == "DATE" else value.id)


def marked(text: str, **more: str | None) -> str:
    """A text with its spans as the file of sentences writes them."""
    out, at = "", 0
    for span in extract(text, **more):
        out += f"{text[at : span.start]}[{text[span.start : span.end]}|{span.label[0]}|{shown(span.value, span.label)}]"
        at = span.end
    return out + text[at:]


SENTENCES = [
    line
    for line in (HERE / "sentences.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
MARK = re.compile(r"\[([^\[\]|]+)\|([ALDC])\|([^\]]*)\]")


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_is_read_by_the_guidelines(sentence: str) -> None:
    got = marked(MARK.sub(r"\1", sentence))
    # an id that the file leaves open (*) may be any
    free = {(m.start(), m[2]) for m in MARK.finditer(sentence) if m[3] == "*"}
    if free:
        sentence, got = (MARK.sub(r"[\1|\2|*]", text) if free else text for text in (sentence, got))
    assert got == sentence


def judged(gold: list[Document]) -> list[str]:
    """Strict micro F1, then by label strict F1 with the accuracy of the values, as `docs/extractors.md` writes them."""
    bare = [msgspec.structs.replace(document, spans=(), layer=None) for document in gold]
    layers = rules().extract(bare)
    system = [msgspec.structs.replace(d, spans=tuple(spans)) for d, spans in zip(bare, layers, strict=True)]
    [judged] = score(gold, system, scheme=SCHEME, names=["rules"], resamples=0).systems
    strict, values = judged.spans.strict, judged.values
    labels = ("ACTOR", "LOCATION", "DATE", "COUNT")
    by_label = [f"{strict.labels[n].f1:.3f} ({values[n].value_accuracy:.2f})" for n in labels]
    return [f"{strict.f1:.3f}", *by_label]


ROWS = {
    "seed articles": edition().folder / "gold.jsonl",
    "articles read while the rules were written": HERE / "news" / "tuned.jsonl",
    "articles held out while the rules were written": HERE / "news" / "heldout.jsonl",
}


@pytest.mark.parametrize("name", ROWS)
def test_the_figures_of_the_documents_are_those_of_the_rules(name: str) -> None:
    page = (HERE.parents[1] / "docs" / "extractors.md").read_text(encoding="utf-8")
    [row] = re.findall(rf"^\| {name}.*$", page, re.MULTILINE)
    gold = list(read_records(str(ROWS[name]), SCHEME))
    assert row.split("|")[2:-1] == [f" {cell} " for cell in (len(gold), *judged(gold))]


def test_gold_spans_of_the_input_are_not_looked_at() -> None:
    document = Document(id="a", text="Iran struck.", spans=(SCHEME.span(5, 11, "COUNT", min=1),))
    assert [(s.start, s.end, s.label) for s in rules().extract([document])[0]] == [(0, 4, "ACTOR")]


def test_nothing_in_a_zone_is_annotated_and_no_span_reaches_into_one() -> None:
    text = "Related Iran strikes Iraq. Iran-backed militias"
    spans = extract(text, zones=[Zone(0, 26, "related"), Zone(39, 47, "credit")])
    assert [text[s.start : s.end] for s in spans] == ["Iran"]


def test_a_stamp_is_the_day_of_publication_whatever_the_metadata_say() -> None:
    text = " date 2023-11-06 It happened today."
    spans = extract(text, published="2020-01-01", zones=[Zone(0, 16, "stamp")])
    assert [shown(span.value, "DATE") for span in spans] == ["2023-11-06"]


DATES = {
    "a day with its year": ("on March 14, 2022", "2022-03-14"),
    "a british day": ("on 14 March 2022", "2022-03-14"),
    "an ordinal": ("on the 7th of October", "2024-10-07"),
    "the day of publication": ("on 10 December", "2024-12-10"),
    "the day after it, a year ago": ("on 11 December", "2023-12-11"),
    "an iso date": ("on 2024-02-29", "2024-02-29"),
    "numbers of which one is the day": ("on 25/10/2023", "2023-10-25"),
    "numbers that leave the day open": ("on 05/10/2023", "2023"),
    "the last day of February": ("late February 2023", "2023-02-21/2023-02-28"),
    "a leap year": ("late February 2024", "2024-02-21/2024-02-29"),
    "a range over two months": ("from November 28 to December 3", "2024-11-28/2024-12-03"),
    "a range over New Year": ("from December 28 to January 3", "2023-12-28/2024-01-03"),
    "years": ("in 2014-16", "2014/2016"),
    "a decade": ("in the 1990s", "199X"),
    "a quarter": ("the first quarter of 2023", "2023-01/2023-03"),
    "this week": ("this week", "2024-12-09/2024-12-15"),
    "last week": ("last week", "2024-12-02/2024-12-08"),
    "the past year": ("the past year", "2023-12-12/2024-12-10"),
    "weeks back": ("in the past two weeks", "2024-11-27/2024-12-10"),
    "days ago": ("three days ago", "2024-12-07"),
    "an open past": ("more than 20 years ago", "../2004"),
    "a weekday of last week": ("on Friday last week", "2024-12-06"),
    "a clock time": ("on Monday at 3 a.m.", "2024-12-09"),
    "a holiday": ("at Christmas", "null"),
    "a day of no calendar": ("on February 30, 2023", "null"),
}


@pytest.mark.parametrize(("text", "edtf"), DATES.values(), ids=DATES)
def test_a_date_means(text: str, edtf: str) -> None:
    spans = [span for span in extract(f"It began {text}, they said.") if span.label == "DATE"]
    assert [shown(span.value, "DATE") for span in spans] == [edtf]


LINES = {
    "cells of two rows": ("Beit Hanoun\t14\t-\n20 July\t3", "[20 July|D|2024-07-20]"),
    "a number and the heading below": ("Raid kills 4\nMay 2013 pact recalled", "[May 2013|D|2013-05]"),
    "a day and the row below it": ("Closed on 5 May\n7 trucks passed", "[5 May|D|2024-05-05]"),
    "a text that is wrapped": (
        "The garrison, which had held the bridge for a month, gave up on 4\nMay 2013, when its shells ran out.",
        "[4\nMay 2013|D|2013-05-04]",
    ),
}


@pytest.mark.parametrize(("text", "date"), LINES.values(), ids=LINES)
def test_a_date_ends_with_its_line(text: str, date: str) -> None:
    assert re.findall(r"\[[^\[\]]+\|D\|[^\]]+\]", marked(text)) == [date]


UNDATED = {"Monday": "null", "yesterday": "null", "October 17": "XXXX-10-17", "March": "XXXX-03", "2020": "2020"}


@pytest.mark.parametrize(("text", "edtf"), UNDATED.items(), ids=UNDATED)
def test_without_a_day_of_publication_a_date_says_what_is_known(text: str, edtf: str) -> None:
    spans = extract(f"It began in {text}.", published=None)
    assert [shown(span.value, "DATE") for span in spans] == [edtf]


NUMBERS = {
    "1,200 fighters": "1200-1200 personnel",
    "1.5 million people": "1500000-1500000 other",
    "twenty-one tanks": "21-21 weapon",
    "two hundred and five shells": "205-205 weapon",
    "two dozen raids": "24-24~ attack",
    "more than a dozen raids": "13-null~ attack",
    "no fewer than 3 villages": "3-null site",
    "nearly 300 rebels": "300-300~ personnel",
    "30 or more houses": "30-null site",
    "3 to 5 boats": "3-5 weapon",
    "hundreds of arrests": "200-null~ detained",
}


@pytest.mark.parametrize(("text", "value"), NUMBERS.items(), ids=NUMBERS)
def test_a_number_means(text: str, value: str) -> None:
    spans = [span for span in extract(f"They spoke of {text} there.") if span.label == "COUNT"]
    assert [shown(span.value, "COUNT") for span in spans] == [value]


def test_a_year_that_no_calendar_has_is_no_value() -> None:
    spans = extract("From October to May 3, three weeks ago, a decade ago, on 30 December.", published="0001-01-01")
    assert {shown(span.value, "DATE") for span in spans} <= {"null", "0000-12-30"}


def test_offsets_count_code_points_of_the_text_as_it_is() -> None:
    text = "\r\n\t😀 é́ — Iran\r\n\r\nstruck\u2028Kyiv \x00 <b>Mali</b>"
    assert [text[s.start : s.end] for s in extract(text)] == ["Iran", "Kyiv", "Mali"]


def test_a_long_text_is_cut_at_sentence_ends_without_shifting_an_offset() -> None:
    sentence = "Iran said on Tuesday that at least 5 soldiers died in Kyiv. "
    text = sentence * 4000
    cuts = list(split_text(text))
    assert len(cuts) > 1
    assert [start for start, _ in cuts[1:]] == [end for _, end in cuts[:-1]]
    assert all(end % len(sentence) == 0 for _, end in cuts)
    one = [(s.start, s.end, s.label) for s in extract(sentence)]
    assert len(one) == 4
    every = [(i * len(sentence) + a, i * len(sentence) + b, label) for i in range(4000) for a, b, label in one]
    assert [(s.start, s.end, s.label) for s in extract(text)] == every


def test_a_text_without_a_sentence_end_or_a_blank_is_cut_all_the_same() -> None:
    assert list(split_text("ab " * 10, size=10)) == [(0, 9), (9, 18), (18, 27), (27, 30)]
    assert list(split_text("a" * 25, size=10)) == [(0, 10), (10, 20), (20, 25)]
    assert list(split_text("")) == [(0, 0)]


WORDS = """the The US Iran-backed militias U.S. in Syria (IRGC) 's ’s - – — , . ; : ( ) " “ ” 20 400-500 October 17 March May 2023
at least dozens of killed and wounded al-Assad Al El President General Gaza Strip Province town Ministry of Defence Army Brigade
Front 1,200 12 a.m. on Tuesday last week early mid $5 50% Mr. Dr. Smith Kyiv Lake Mount Camp USS MV M/V Operation aged between
from to a few several hundred years ago http://x.y/z @a #b ° pro- anti- ex- -- ... '' V / alias""".split()
BLANKS = [" ", "  ", "\n", "\n\n", "\r\n", "\t", "\u2028", "\u2029", "\u00a0", "\u200b", "", "\x00"]


def fuzzed(chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.5:
        return "".join(chance.choice(WORDS) + chance.choice(BLANKS) for _ in range(chance.randint(0, 60)))
    if kind < 0.7:
        ranges = [(0, 127), (0, 0x2FFF), (0xE000, 0x10FFFF)]
        return "".join(chr(chance.randint(*chance.choice(ranges))) for _ in range(chance.randint(0, 200)))
    if kind < 0.9:
        letters = list(" ".join(chance.choice(WORDS) for _ in range(60)))
        for _ in range(10):
            letters[chance.randrange(len(letters))] = chr(chance.randint(0, 0x3000))
        return "".join(letters)
    return chance.choice(
        ["", "\n", "A" * 3000, "1" * 3000, "-" * 2000, "A-" * 2000, "Al " * 500, ". " * 500, "(" * 500]
    )


def refused(text: str, spans: list[Span]) -> str:
    """Why reading would refuse a layer, or what the scheme forbids in it; empty where nothing is wrong."""
    codec = RecordCodec(SCHEME)
    codec.decode(codec.encode(Document(id="a", text=text, spans=tuple(spans))))
    for span in spans:
        surface = text[span.start : span.end]
        if surface.strip() != surface or surface.split()[0].lower() in SCHEME.label(span.label).not_first:
            return f"bounds: {surface!r}"
    if any(a.end > b.start for a, b in pairwise(spans)):
        return "overlap"
    return ""


def test_fuzzed_texts_neither_crash_the_rules_nor_give_spans_that_the_scheme_refuses(
    request: pytest.FixtureRequest,
) -> None:
    chance = random.Random(7)
    for _ in range(request.config.getoption("--fuzz-texts")):
        text = fuzzed(chance)
        spans = extract(text, published=chance.choice([None, "2024-02-29", "0001-01-01", "9999-12-31"]))
        assert refused(text, spans) == "", text


MUTATIONS = {
    "CRLF": lambda text, _: text.replace("\n", "\r\n"),
    "CR": lambda text, _: text.replace("\n", "\r"),
    "all capitals": lambda text, _: text.upper(),
    "words wrapped": lambda text, chance: "".join("\r\n" if c == " " and chance.random() < 0.1 else c for c in text),
    "hyphens for blanks": lambda text, chance: "".join("-" if c == " " and chance.random() < 0.15 else c for c in text),
    "hyphened names": lambda text, chance: re.sub(
        r"\b([A-Z][a-z]{2,})([a-z]{3,})\b",
        lambda m: f"{m[1]}-{m[2].capitalize()}" if chance.random() < 0.3 else m[0],
        text,
    ),
    "signs in words": lambda text, chance: "".join(
        c + chance.choice("-'’_\u00ad\u0301\u200b\u200d\u00a0😀²") if c.isalpha() and chance.random() < 0.02 else c
        for c in text
    ),
    "no end": lambda text, chance: text.rstrip()[: chance.randrange(50, 2500)],
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_what_the_rules_find_in_a_spoilt_article_passes_the_check_as_it_is(name: str) -> None:
    chance = random.Random(name)
    texts = [document.text or "" for document in read_records(str(HERE / "news" / "heldout.jsonl"), SCHEME)]
    texts = [MUTATIONS[name](text[:1500], chance) for text in texts[::2]]
    documents = [Document(id=str(n), text=text, spans=()) for n, text in enumerate(texts)]
    rules().tally.clear()  # what earlier tests left in it
    for outcome in annotate_documents(documents, rules(), SCHEME):
        assert outcome.problem is None and not outcome.tally  # nothing had to be put right
        assert check_document(RecordCodec(SCHEME).decode(outcome.line), SCHEME) == []


HUGE = {
    "one token of a megabyte": "A" * 1_000_000,
    "a megabyte of hyphens": "a-" * 500_000,
    "two megabytes of text": ("so it went on and on with nothing to tell; " * 20 + "Iran struck Kyiv.\n") * 2300,
    "a text of numbers": "1 " * 100_000,
    "a text of names": "Abc " * 100_000,
}


@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE)
def test_a_huge_text_is_read(text: str) -> None:
    assert refused(text, extract(text)) == ""


def test_a_scheme_without_the_labels_of_the_rules_is_refused() -> None:
    other = parse_scheme(
        'name = "other"\nversion = 1\ntitle = "Other"\ndescription = "x"\n[labels.ACTOR]\ndefinition = "Who."\n'
    )
    with pytest.raises(UsageError, match=r"gives the label ACTOR other fields\. Fix: another `extractor`"):
        Rules(other)


def test_tables_of_the_user_give_names_and_ids(tmp_path: Path) -> None:
    actors = tmp_path / "actors.tsv"
    actors.write_text(
        "id\tkind\tname\taliases\tadjectives\tcountry\twikidata\nred-hand\tarmed_group\tRed Hand\tRH\t\tIRN\t\n",
        encoding="utf-8",
    )
    text = "Yesterday the Red Hand struck; RH denied it."
    spans = Rules(SCHEME, actors=actors).extract([Document(id="a", text=text, spans=())])[0]
    assert [shown(span.value, span.label) for span in spans] == ["null", "red-hand", "red-hand"]
