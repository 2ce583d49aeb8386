"""Files of XML, of columns and of lines, and folders of brat."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape, quoteattr

from .file_shapes import save, shape
from .json_shapes import NER
from .seeded_texts import Mark, SeededText, tokens_of

Texts = Sequence[SeededText]


def _xml(text: str) -> str:
    return escape(text, {"\r": "&#13;"})


def _attribute(value: object) -> str:
    return quoteattr(str(value), {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"})


@shape("brat", bounds="digits", words=True, textless=True, has_ids=False, folder=True)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    for text in texts:
        lines = [
            f"T{n}\t{mark.stated_label} {mark.stated[0]} {mark.stated[1]}\t{mark.words}\n"
            for n, mark in enumerate(text.marks, 1)
        ]
        save(folder / "brat", f"{text.id}.ann", "".join(lines))
        if text.has_text:
            save(folder / "brat", f"{text.id}.txt", text.text)
    (folder / "brat").mkdir(exist_ok=True)
    return folder / "brat"


@shape("bioc xml", bounds="digits", words=True)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n<collection><source>s</source><date/><key/>\n']
    for text in texts:
        parts.append(f"<document><id>{text.id}</id><passage><offset>0</offset><text>{_xml(text.text)}</text>\n")
        for number, mark in enumerate(text.marks, 1):
            start, end = mark.stated
            length = end - start if type(start) is int and type(end) is int else end
            parts.append(
                f'<annotation id="{number}"><infon key="type">{mark.stated_label}</infon>'
                f'<location offset="{start}" length="{length}"/><text>{_xml(mark.words)}</text></annotation>\n'
            )
        parts.append("</passage></document>\n")
    return save(folder, "bioc.xml", "".join(parts) + "</collection>\n")


@shape("gate", bounds="digits", several=False, has_ids=False)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    (text,) = texts or [SeededText("d1", "")]
    at: dict[object, int] = {}
    for mark in text.marks:
        for bound, meant in zip(mark.stated, (mark.start, mark.end), strict=True):
            at[bound] = bound if type(bound) is int and 0 <= bound <= len(text.text) else meant
    cut = sorted(at.items(), key=lambda item: item[1])
    pieces, last = [], 0
    for bound, place in cut:
        pieces.append(f"{_xml(text.text[last:place])}<Node id={_attribute(bound)}/>")
        last = place
    pieces.append(_xml(text.text[last:]))
    annotations = [
        f'<Annotation Id="{n}" Type="{mark.stated_label}" StartNode={_attribute(mark.stated[0])} '
        f"EndNode={_attribute(mark.stated[1])}/>\n"
        for n, mark in enumerate(text.marks)
    ]
    head = "<?xml version='1.0' encoding='utf-8'?>\n<GateDocument version=\"3\"><GateDocumentFeatures/>\n"
    body = (
        f"<TextWithNodes>{''.join(pieces)}</TextWithNodes>\n<AnnotationSet>\n{''.join(annotations)}</AnnotationSet>\n"
    )
    return save(folder, "doc.xml", f"{head}{body}</GateDocument>\n")


@shape("timeml", bounds="none", several=False, nested=False)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    (text,) = texts or [SeededText("d1", "")]
    inner = _inline(text, lambda n, mark: f'<TIMEX3 tid="t{n}" type="{mark.stated_label}">', "</TIMEX3>")
    content = f"<TimeML><DOCID>{text.id}</DOCID>\n<TEXT>{inner}</TEXT>\n</TimeML>\n"
    return save(folder, "doc.tml", f'<?xml version="1.0" encoding="UTF-8"?>\n{content}')


@shape(
    "toponyms inline",
    bounds="none",
    nested=False,
    labels=("LOCATION",),
    free_labels=False,
    label_map=(("toponym", "LOCATION"),),
)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    inner = "".join(
        f'<doc id="{text.id}">{_inline(text, lambda n, _: f"<toponym lat={chr(34)}{n}{chr(34)}>", "</toponym>")}</doc>\n'
        for text in texts
    )
    return save(folder, "places.xml", f'<?xml version="1.0" encoding="UTF-8"?>\n<corpus>\n{inner}</corpus>\n')


def _inline(text: SeededText, opening, closing: str) -> str:  # type: ignore[no-untyped-def]
    pieces, last = [], 0
    for number, mark in enumerate(text.marks, 1):
        pieces.append(_xml(text.text[last : mark.start]) + opening(number, mark) + _xml(mark.words) + closing)
        last = mark.end
    return "".join(pieces) + _xml(text.text[last:])


@shape(
    "toponyms listed",
    bounds="digits",
    words=True,
    labels=("LOCATION",),
    free_labels=False,
    textless=True,
    label_map=(("toponym", "LOCATION"),),
)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    articles = []
    for text in texts:
        listed = "".join(
            f"<toponym><start>{mark.stated[0]}</start><end>{mark.stated[1]}</end>"
            f"<phrase>{_xml(mark.words)}</phrase></toponym>\n"
            for mark in text.marks
        )
        body = f"<text>{_xml(text.text)}</text>\n" if text.has_text else ""
        articles.append(f'<article docid="{text.id}">{body}<toponyms>{listed}</toponyms></article>\n')
    return save(folder, "places.xml", f'<?xml version="1.0"?>\n<articles>\n{"".join(articles)}</articles>\n')


@shape("inline", bounds="none", nested=False)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    documents = []
    for text in texts:
        inner = _inline(text, lambda n, mark: f"<ENAMEX TYPE={_attribute(mark.stated_label)}>", "</ENAMEX>")
        documents.append(f"<DOC>\n<DOCID>{text.id}</DOCID><TEXT>{inner}</TEXT>\n</DOC>\n")
    return save(folder, "muc.sgm", "".join(documents))


@shape("slash tags", form="slash-tags", bounds="none", nested=False, several=False, has_ids=False, free_labels=False)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    words = []
    for text in texts:
        for start, end in tokens_of(text):
            mark = next((each for each in text.marks if each.start <= start and end <= each.end), None)
            word = text.text[start:end].replace("/", "\\/")
            words.append(f"{word}/{_tag(mark, start)}")
    return save(folder, "tagged.txt", " ".join(words) + "\n")


@shape("pubtator", bounds="digits", words=True, flat=True)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    blocks = []
    for text in texts:
        title, _, abstract = text.text.partition(" ")
        lines = [f"{text.id}|t|{title}", f"{text.id}|a|{abstract}"]
        lines += (
            f"{text.id}\t{mark.stated[0]}\t{mark.stated[1]}\t{mark.words}\t{mark.stated_label}\t-"
            for mark in text.marks
        )
        blocks.append("\n".join(lines) + "\n")
    return save(folder, "corpus.txt", "\n".join(blocks))


def _table(texts: Texts, folder: Path, suffix: str, delimiter: str) -> Path:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(("doc_id", "start", "end", "label", "words", "document_text"))
    for text in texts:
        rows = [[text.id, *mark.stated, mark.stated_label, mark.words, ""] for mark in text.marks]
        rows = rows or [[text.id, "", "", "", "", ""]]
        rows[0][-1] = text.text if text.has_text else ""
        writer.writerows(rows)
    return save(folder, f"spans.{suffix}", out.getvalue())


@shape("spans csv", bounds="digits", words=True, textless=True)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    return _table(texts, folder, "csv", random.choice(",;"))


@shape("spans tsv", bounds="digits", words=True, textless=True)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    return _table(texts, folder, "tsv", "\t")


@shape("xmi", bounds="digits", several=False, has_ids=False, unit="UTF-16")
def _(texts: Texts, folder: Path, random: Random) -> Path:
    (text,) = texts or [SeededText("d1", "")]
    spans = "".join(
        f'<type:NamedEntity xmi:id="{n}" sofa="1" begin="{mark.stated[0]}" end="{mark.stated[1]}" '
        f"value={_attribute(mark.stated_label)}/>\n"
        for n, mark in enumerate(text.marks, 10)
    )
    namespaces = 'xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore"'
    package = NER.removesuffix(".NamedEntity").replace(".", "/")
    members = " ".join(str(n) for n, _ in enumerate(text.marks, 10))
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<xmi:XMI {namespaces} xmlns:type="http:///{package}.ecore" '
        f'xmi:version="2.0"><cas:NULL xmi:id="0"/>\n{spans}<cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" '
        f'mimeType="text" sofaString={_attribute(text.text)}/>\n<cas:View sofa="1" members="{members}"/>\n</xmi:XMI>\n'
    )
    return save(folder, "doc.xmi", content)


@shape("webanno", bounds="none", several=False, has_ids=False, unit="UTF-16")
def _(texts: Texts, folder: Path, random: Random) -> Path:
    (text,) = texts or [SeededText("d1", "")]
    lines = ["#FORMAT=WebAnno TSV 3.3", f"#T_SP={NER}|value", "", ""]
    lines.append(f"#Text={_tsv(text.text)}")
    numbers = {id(mark): n for n, mark in enumerate(text.marks, 1)}
    for number, (start, end) in enumerate(tokens_of(text), 1):
        over = [mark for mark in text.marks if mark.start <= start and end <= mark.end]
        cell = "|".join(f"{_tsv(mark.stated_label)}[{numbers[id(mark)]}]" for mark in over) or "_"
        bounds = f"{text.offsets[start]}-{text.offsets[end]}"
        lines.append(f"1-{number}\t{bounds}\t{_tsv(text.text[start:end])}\t{cell}\t")
    return save(folder, "doc.tsv", "\n".join(lines) + "\n")


def _tsv(text: str) -> str:
    for character in "\\[]|_;*":
        text = text.replace(character, "\\" + character)
    for character, code in {"\t": "t", "\n": "n", "\r": "r"}.items():
        text = text.replace(character, "\\" + code)
    return text.replace("->", "\\->")


@shape("conll columns", form="conll", bounds="none", nested=False, has_ids=False)
def _(texts: Texts, folder: Path, random: Random) -> Path:
    separator = random.choice("\t ")
    blocks = []
    for text in texts:
        lines = ["-DOCSTART- -X- O O".replace(" ", separator), ""] if len(texts) > 1 else []
        lines += _rows(text, separator)
        blocks.append("\n".join(lines) + "\n")
    return save(folder, "train.conll", "\n".join(blocks))


def _rows(text: SeededText, separator: str) -> Iterator[str]:
    for start, end in tokens_of(text):
        mark = next((each for each in text.marks if each.start <= start and end <= each.end), None)
        yield f"{text.text[start:end]}{separator}{_tag(mark, start)}"


def _tag(mark: Mark | None, start: int) -> str:
    return "O" if mark is None else f"{'B' if start == mark.start else 'I'}-{mark.stated_label}"
