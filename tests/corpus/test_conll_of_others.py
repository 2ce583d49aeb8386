"""Files of columns as other tools and shared tasks write them: columns, boundaries, notations, repairs."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from goldspan.corpus.formats import LossReport, ReadOptions, ReadReport, load_format, read_any
from goldspan.corpus.formats.conll.tag_repair import conlleval_entities, decode_tags
from goldspan.corpus.formats.conll.tag_schemes import OUTSIDE, Tag
from goldspan.corpus.formats.file_sample import FileSample
from goldspan.corpus.storage.label_map import LabelMap
from goldspan.schema import DataError, Document, GoldspanError, UsageError

from .written import ACROSS, NESTED, SCHEME

LABELS = LabelMap(
    dict.fromkeys(("PER", "per", "ORG", "_", "PERSON", "GPE", "loc"), "ACTOR") | {n: n for n in SCHEME.labels}
)
Found = list[tuple[str, list[str]]]


def read(path: Path, report: ReadReport | None = None, **options: Any) -> list[Document]:
    return list(
        read_any(path, SCHEME, report or ReadReport(), name="conll", labels=LABELS, options=ReadOptions(**options))
    )


def found(documents: Sequence[Document]) -> Found:
    return [(d.text or "", [(d.text or "")[s.start : s.end] for s in d.spans]) for d in documents]


def file(folder: Path, content: str | bytes, name: str = "x.conll") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


IRAN = [("Iran struck Erbil .", ["Iran", "Erbil"])]
TWO = [("Iran struck .", ["Iran"]), ("Erbil fell .", ["Erbil"])]
CONLL_2012 = "".join(
    f"a/b   0   {n}   {word}   NNP   (TOP*   -   -   -   me   {name}   {roles}-\n"
    for n, (word, name, roles) in enumerate(
        [("The", "(GPE*", ""), ("Iran", "*)", ""), ("struck", "*", "(V*)   "), ("Iraq", "(GPE)", "*   ")]
    )
)
READ: dict[str, tuple[str, Found]] = {
    "numbers from 0": ("0\tIran\tB-PER\n1\tstruck\tO\n2\tErbil\tB-PER\n3\t.\tO\n", IRAN),
    "numbers from 1, blanks": ("1 Iran B-PER\n2 struck O\n3 Erbil B-PER\n4 . O\n", IRAN),
    "numbers on through sentences": ("0\tIran\tB-PER\n1\tx\tO\n\n2\ty\tO\n3\tz\tO\n", [("Iran x\ny z", ["Iran"])]),
    "numbers in parts": ("1.1\tIran\tB-PER\n1.2\tx\tO\n\n2.1\ty\tO\n2.2\tz\tO\n", [("Iran x\ny z", ["Iran"])]),
    "ranges": ("1-2\tdu\t_\n1\tde\tO\n2\tle\tO\n3\tGoma\tB-PER\n", [("du Goma", ["Goma"])]),
    "a range that begins a span": ("1-2\tdu\t_\n1\tde\tO\n2\tle\tB-PER\n3\tGoma\tI-PER\n", [("du Goma", ["du Goma"])]),
    "empty nodes": ("1\tIran\tB-PER\n1.1\tran\tO\n2\tstruck\tO\n", [("Iran struck", ["Iran"])]),
    "no space after": (
        "# sent_id = 1\n1\tIran\t_\tB-PER\tSpaceAfter=No\n2\t'\t_\tO\tSpaceAfter=No\n3\ts\t_\tO\t_\n4\tend\t_\tO\tx=y|SpaceAfter=No\n5\t.\t_\tO\t_\n",
        [("Iran's end.", ["Iran"])],
    ),
    "attributes of MISC": (
        "1\tIran\t_\tNER=B-per|SpaceAfter=No\n2\t,\t_\tNER=O\n3\twho\t_\t_\n",
        [("Iran, who", ["Iran"])],
    ),
    "attributes of NorNE": ("1\tIran\t_\tSpaceAfter=No|name=B-PER\n2\t,\t_\tname=O\n", [("Iran,", ["Iran"])]),
    "ends of sentences": (
        "TOKEN\tNE\tMISC\nGen.\tB-PER\tEndOfSentence\nA\tI-PER\tEndOfSentence|NoSpaceAfter\nx\tO\t_\n",
        [("Gen.\nA\nx", ["Gen.\nA"])],
    ),
    "sources of sentences": (
        "#\thttp://a\t[2010]\n1\tIran\tB-PER\n2\tx\tO\n\n#\thttp://b\t[2011]\n1\ty\tO\n2\tz\tO\n",
        [("Iran x\ny z", ["Iran"])],
    ),
    "a header": ("TOKEN\tNE-COARSE-LIT\tMISC\n# language = fr\nIran\tB-PER\tNoSpaceAfter\n,\tO\t_\n", [("Iran,", ["Iran"])]),
    "global columns": ("# global.columns = ID FORM UPOS NER MISC\n1\tIran\tX\tB-PER\t_\n2\tx\tX\tO\t_\n", [("Iran x", ["Iran"])]),
    "CoNLL-2012": (f"#begin document (a/b); part 000\n{CONLL_2012}\n#end document\n", [("The Iran struck Iraq", ["The Iran", "Iraq"])]),
    "brackets alone": ("Iran (PER*\nGuards *)\nx *\n", [("Iran Guards x", ["Iran Guards"])]),
    "trailing tabs": ("Iran B-PER\t\t\nx O\n", [("Iran x", ["Iran"])]),
    "empty columns at the end": ("Iran\tB-PER\t\t\nx\tO\n", [("Iran x", ["Iran"])]),
    "several blanks": ("Iran   B-PER\nstruck     O\n", [("Iran struck", ["Iran"])]),
    "hash signs": ("# O\n#tag O\nIran B-PER\n", [("# #tag Iran", ["Iran"])]),
    "nothing but hash signs": ("#\tO\n#a\tB-PER\n", [("# #a", ["#a"])]),
    "a comment that ends in O": ("# text = Iran O\nIran\tB-PER\nO\tI-PER\n", [("Iran O", ["Iran O"])]),
    "a comment that ends in O, blanks": ("# text = O\nIran _ _ B-PER\nO _ _ I-PER\n", [("Iran O", ["Iran O"])]),
    "a text in a comment": (
        "# sent_id = 1\n# text = «Iran»,  l'armée\n«\tO\nIran\tB-PER\n»,\tO\nl'\tO\narmée\tB-PER\n\n# text=😀Goma\n😀\tO\nGoma\tB-PER\n",
        [("«Iran»,  l'armée\n😀Goma", ["Iran", "armée", "Goma"])],
    ),
    "a text and ranges": (
        "# text = Él vámonos.\n1\tÉl\tO\n2-3\tvámonos\t_\n2\tvamos\tB-PER\n3\tnos\tI-PER\n4\t.\tO\n",
        [("Él vámonos.", ["vámonos"])],
    ),
    "a text and spacing that agree": (
        "# text = Iran's\n1\tIran\tB-PER\tSpaceAfter=No\n2\t's\tO\t_\n", [("Iran's", ["Iran"])]
    ),
    "a text that adds to the spacing": (
        "# text = (Iran\u00a0 fell)\n1\t(\tO\tSpaceAfter=No\n2\tIran\tB-PER\t_\n3\tfell\tO\tSpaceAfter=No\n4\t)\tO\t_\n",
        [("(Iran\u00a0 fell)", ["Iran"])],
    ),
    "texts of another sentence": (
        "# text = Erbil fell .\nIran\tB-PER\nfell\tO\n\n# text = Iran fell , too\nIran\tB-PER\nfell\tO\n\n# text_en = x\nx\tO\n",
        [("Iran fell\nIran fell\nx", ["Iran", "Iran"])],
    ),
    "a blank line of blanks": ("a O\n \t \nb B-PER\n", [("a\nb", ["b"])]),
    "forms of -DOCSTART-": (
        "-DOCSTART- -X- -X- O\n\nIran N N B-PER\nstruck V V O\n. . . O\n\n-DOCSTART- -X- O O\nErbil N N B-PER\nfell V V O\n. . . O\n",
        TWO,
    ),
    "-DOCSTART- alone": ("-DOCSTART-\n\nIran\tB-PER\nstruck\tO\n.\tO\n\n-DOCSTART-\n\nErbil\tB-PER\nfell\tO\n.\tO\n", TWO),
    "-DOCSTART- at the ends": ("Iran\tB-PER\nstruck\tO\n.\tO\n\n-DOCSTART-\n\nErbil\tB-PER\nfell\tO\n.\tO\n\n-DOCSTART-\n", TWO),
    "-DOCSTART- in column 2": (
        "0\t-DOCSTART-\tO\n\n0\tIran\tB-PER\n1\tstruck\tO\n2\t.\tO\n\n0\t-DOCSTART-\tO\n\n0\tErbil\tB-PER\n1\tfell\tO\n2\t.\tO\n",
        TWO,
    ),
    "shared task": (
        "SAMPLE_START\tO\nIran\tB-PER\nstruck\tO\n.\tO\n[SEP]\tO\nx\tO\n\nSAMPLE_START\tO\nErbil\tB-PER\n",
        [("Iran struck .\nx", ["Iran"]), ("Erbil", ["Erbil"])],
    ),
    "newdoc": ("# newdoc id = a\nIran\tB-PER\nstruck\tO\n.\tO\n# newdoc id = b\nErbil\tB-PER\nfell\tO\n.\tO\n", TWO),
    "two lines that begin one": ("-DOCSTART- O\n\n# newdoc id = a\nIran B-PER\nstruck O\nErbil B-PER\n. O\n", IRAN),
    "ids of sentences": ("# id 1 domain=en\nIran _ _ B-PER\n# id 2\nx _ _ O\n", [("Iran\nx", ["Iran"])]),
    "chunks and names": ("Iran N B-NP B-PER\nstruck V B-VP O\n", [("Iran struck", ["Iran"])]),
    "chunks and no name": ("Iran N B-NP O\nstruck V B-VP O\n", [("Iran struck", [])]),
    "tags in the middle": ("Iran\tB-PER\tQ794\nstruck\tO\t_\n", [("Iran struck", ["Iran"])]),
    "no-break spaces and zero width": ("\xa0\tO\n\u200b\tO\nIran\tB-PER\n", [("\xa0 \u200b Iran", ["Iran"])]),
    "no-break space in blank-separated columns": ("Saint\xa0Paul B-PER\nx O\n", [("Saint\xa0Paul x", ["Saint\xa0Paul"])]),
    "emoji": ("😀 O\nIran B-PER\n", [("😀 Iran", ["Iran"])]),
    "a blank in a token": ("New York\tB-PER\nx\tO\n", [("New York x", ["New York"])]),
    "CRLF and no last newline": ("Iran\tB-PER\r\n\r\nx\tO", [("Iran\nx", ["Iran"])]),
    "doubled CR": ("Iran\tB-PER\r\r\nx\tO\r\r\n", [("Iran x", ["Iran"])]),
    "a mixed separator": ("Iran\tB-PER\nx\tO\ny O\n", [("Iran x y", ["Iran"])]),
    "underscores for O": ("Iran\tB-PER\nx\t_\ny\tO\n", [("Iran x y", ["Iran"])]),
    "B_PER": ("Iran B_PER\nGuards I_PER\nx O\n", [("Iran Guards x", ["Iran Guards"])]),
    "b-per": ("Iran b-per\nGuards i-per\nx o\n", [("Iran Guards x", ["Iran Guards"])]),
    "PER-B": ("Iran PER-B\nGuards PER-I\nx O\n", [("Iran Guards x", ["Iran Guards"])]),
    "B alone": ("Iran B\nGuards I\nx O\nErbil B\n", [("Iran Guards x Erbil", ["Iran Guards", "Erbil"])]),
    "BMES": ("a B-PER\nb M-PER\nc E-PER\nd S-PER\ne O\n", [("a b c d e", ["a b c", "d"])]),
    "comments only": ("# a\n# b\n\n", []),
}  # fmt: skip


def test_texts_in_comments_that_are_others_are_said_and_ids_of_sentences_kept(tmp_path: Path) -> None:
    content = "# newdoc id = d\n" + READ["texts of another sentence"][0]
    content = content.replace("# text_en", "# sent_id = s2\n# text_en").replace(
        "# text = E", "# sent_id = s1\n# text = E"
    )
    (document,) = read(file(tmp_path, content), report := ReadReport())
    assert report.changed.counts == {"sentences with another text in a comment, read as their words are": 2}
    assert (document.id, document.extra) == ("d", {"sentence_ids": ["s1", "s2"]})


@pytest.mark.parametrize("case", READ)
def test_files_of_other_tools_are_read_for_what_they_say(case: str, tmp_path: Path) -> None:
    content, expected = READ[case]
    report = ReadReport()
    assert found(read(file(tmp_path, content), report)) == expected
    crlf = content.replace("\r", "").replace("\n", "\r\n")
    (tmp_path / "x.conll.gz").write_bytes(gzip.compress(b"\xef\xbb\xbf" + crlf.encode()))
    assert found(read(tmp_path / "x.conll.gz")) == expected
    assert found(read(file(tmp_path, content.encode("utf-16")), encoding="utf-16")) == expected
    unsure = {"B alone", "hash signs", "brackets alone", "comments only", "nothing but hash signs"}
    recognised = load_format("conll").recognises(FileSample(file(tmp_path, content, "x.txt")))  # type: ignore[attr-defined]
    assert recognised or case in unsure | {"chunks and no name"}


def test_documents_have_the_ids_and_metadata_that_the_file_states(tmp_path: Path) -> None:
    stated = {
        "# newdoc id = a\nx\tO\n\n# newdoc id = b\ny\tO\n": ["a", "b"],
        "# language = fr\n# date = 1818-10-02\n# document_id = a\nx\tO\ny\tO\n": ["a"],
        "# hipe2022:document_id = a\n# hipe2022:date = 1818-10-02\n# hipe2022:language = fr\nx\tO\ny\tO\n": ["a"],
        f"#begin document (a/b); part 000\n{CONLL_2012}\n#end document\n#begin document (a/b); part 001\n{CONLL_2012}": ["a/b", "a/b#1"],
        "-DOCSTART- O\n\nx O\n\n-DOCSTART- O\n\ny O\n": ["x#1", "x#2"],
        "###MEDLINE:1\nx\tO\n\n###MEDLINE:2\ny\tO\n": ["MEDLINE:1", "MEDLINE:2"],
    }  # fmt: skip
    for content, ids in stated.items():
        documents = read(file(tmp_path, content))
        assert [d.id for d in documents] == ids
        if "1818" in content:
            assert (documents[0].meta.language, documents[0].meta.published) == ("fr", "1818-10-02")


def test_what_was_guessed_is_said(tmp_path: Path) -> None:
    def notes(content: str, **options: Any) -> list[str]:
        report = ReadReport()
        read(file(tmp_path, content), report, **options)
        return report.summary()

    three = "0\tIran\tB-PER\n1\tx\tO\n"
    assert notes(three) == ["read: tokens in column 2, tags in column 3"]
    assert notes(three, columns="tokens=2,tags=3") == []
    assert notes("word\tner\nIran\tB-PER\n") == ["read: tokens in column 1 (word), tags in column 2 (ner)"]
    assert notes("\xa0\tO\nIran\tB-PER\n") == ["read: tokens without a visible character are kept (lines 1)"]
    (line,) = notes("a O\n\nb O\n")
    assert "the whole file is one document" in line
    assert notes("# newdoc id = a\na\tO\n\nb\tO\n") == []
    assert notes("SAMPLE_START\tO\na\tB-PER\n[SEP]\tO\nb\tO\n\nSAMPLE_START\tO\n") == [
        "read: SAMPLE_START begins a document",
        "read: [SEP] ends a sentence",
    ]


HIPE = "TOKEN\tNE-COARSE-LIT\tNE-FINE-LIT\nIran\tB-PER\tB-ORG\nfell\tO\tO\n"


def test_columns_are_named_by_number_or_by_header(tmp_path: Path) -> None:
    path = file(tmp_path, HIPE)
    with pytest.raises(DataError, match=r"columns 2 \(NE-COARSE-LIT\) and 3 \(NE-FINE-LIT\) hold tags"):
        read(path)
    for spec in ("tags=3", "tags=NE-FINE-LIT", "tokens=TOKEN,tags=NE-FINE-LIT", "tokens=1, tags=3"):
        assert found(read(path, columns=spec)) == [("Iran fell", ["Iran"])]
    own = file(tmp_path, "what\tas\nIran\tB-PER\n")
    assert found(read(own, columns="tokens=what,tags=as")) == [("Iran", ["Iran"])]
    wrong = (
        "tags",
        "tags=",
        "tag=2",
        "tags=0",
        "tags=9",
        "tags=" + "9" * 5000,
        "tags=x",
        "tokens=1,tags=1",
        "tags=2,tags=3",
        "tokens=2",
    )
    for spec in wrong:
        with pytest.raises(UsageError, match=r"columns"):
            read(path, columns=spec)
    for content in ("Iran B-PER B-ORG\nx O O\n", "Iran B-PER O\nx O O\n"):  # nested layers; gold and predicted
        with pytest.raises(DataError, match="columns 2 and 3 hold tags"):
            read(file(tmp_path, content))


REFUSED: dict[str, tuple[str, dict[int, str]]] = {
    "a blank in a token": ("a _ O I-PER\t\t\nLast Name _ O I-PER\nb _ O O\n", {2: "5 columns"}),
    "empty tokens": ("a\tO\n\tO\nb\tB-PER\n \tO\n", {2: "token is empty", 4: "token is empty"}),
    "odd tags": ("a O\nb B-PER\nc X-PER\nd O\n" + "e O\n" * 40 + "f PER\n", {3: "'X-PER'", 45: "'PER'"}),
    "one odd notation": ("a O\nb B-PER\nc I-PER\nd B_PER\n" + "e O\n" * 40, {4: "'B_PER'"}),
    "an empty tag": ("a\tB-PER\nb\t\n" + "c\tO\n" * 20, {2: "the tag is empty"}),
    "two tags in one": ("a B-PER|B-ORG\n" + "b O\n" * 40, {1: "several tags"}),
    "ill-formed": ("a B-PER\nb O\nc I-PER\n\nd I-PER\n\ne B-PER\nf I-ORG\n", {3: "I-PER", 5: "I-PER", 8: "I-ORG"}),
    "a short line": ("a\tx\tO\nb\tx\tB-PER\nc\tO\n", {3: "2 columns"}),
    "one column": ("a\tO\nb\tB-PER\nc\n", {3: "one column"}),
    "a lone hash in a sentence": ("a\tO\n#\nb\tB-PER\n", {2: "one column"}),
    "a carriage return within": ("a\tO\nb\rc\tO\n", {2: "carriage return"}),
    "old Macintosh": ("a\tO\rb\tO\r", {1: "carriage return"}),
    "no tags": ("1\tIran\tPROPN\n2\tstruck\tVERB\n", {1: "none of the 3 columns"}),
    "labels alone": ("Ada\tPERSON\nleft\tO\n.\tO\n", {1: "column 2 has labels alone, such as PERSON"}),
    "few labels alone": ("Ada\tPERSON\n" + "x\tO\n" * 40, {1: "column 2 has labels alone, such as PERSON"}),
    "labels alone among columns": ("1\tAda\tNNP\tPER\t_\n2\tx\tX\tO\t_\n3\ty\tX\tO\t_\n", {1: "column 4 has labels alone"}),
    "no tags but what follows": ("1\tIran\tPROPN\t_\n2\t,\tX\tSpaceAfter=No\n" * 3, {1: "none of the 4 columns"}),
    "few that say what follows": ("1\tIran\tX\t_\n" * 30 + "2\t,\tX\tSpaceAfter=No\n", {1: "none of the 4 columns"}),
    "numbers of no sentence": ("".join(f"{n}\tx\tO\n" for n in (4, 9, 3, 8, 1)) + "1\ty\tB-PER\n", {1: "column 1 holds"}),
    "brackets that do not close": ("a (PER*\nb *\nc *)\nd *)\ne (PER*\n", {4: "closes", 5: "not closed"}),
    "another scheme later": ("a B-PER\nb O\n\n" * 5000 + "c S-PER\n", {15001: "not a tag of IOB2"}),
    "many": ("a O\nb B-PER\n" * 30 + "c X\n" * 5 + "d O\n" * 30, dict.fromkeys(range(61, 66), "'X'")),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_all_faults_are_named_with_their_lines(case: str, tmp_path: Path) -> None:
    content, faults = REFUSED[case]
    with pytest.raises(DataError) as refused:
        read(file(tmp_path, content))
    problems = refused.value.problems
    assert [p.line for p in problems] == list(faults)
    assert all(told in p.what and p.fix for told, p in zip(faults.values(), problems, strict=True))
    if case == "ill-formed":
        assert all("`repair`" in p.fix for p in problems)


def test_only_the_first_of_very_many_faults_are_listed(tmp_path: Path) -> None:
    with pytest.raises(DataError) as refused:
        read(file(tmp_path, "a B-PER\nb O\nc I-PER\n\n" * 500))
    assert len(refused.value.problems) == 21 and "480 more" in refused.value.problems[-1].what


def test_wrong_options_are_wrong_calls(tmp_path: Path) -> None:
    path = file(tmp_path, "a O\nb B-PER\n")
    for options in (
        {"repair": "conleval"},
        {"encoding": "utf-9"},
        {"encoding": "rot13"},
        {"encoding": "base64"},
        {"encoding": "a\0"},
    ):
        with pytest.raises(UsageError):
            read(path, **options)
    with pytest.raises(DataError, match="line is not"):
        read(file(tmp_path, b"a O\n\x81 O\n"), encoding="cp1252")
    with pytest.raises(DataError, match="name its `encoding`"):
        read(file(tmp_path, b"a O\n\xe9 O\n"))
    assert found(read(file(tmp_path, b"caf\xe9 O\nIran B-PER\n"), encoding="latin-1")) == [("café Iran", ["Iran"])]
    own, loss = tmp_path / "own.conll", LossReport()
    load_format("conll").write([NESTED], own, SCHEME, loss)  # type: ignore[attr-defined]
    with pytest.raises(UsageError, match="no effect"):
        read(own, columns="tokens=1")
    own.write_text(own.read_text("utf-8").replace("bases\tO", "bases\tI-ACTOR"), "utf-8")
    with pytest.raises(DataError, match="`repair`"):
        read(own)
    report = ReadReport()
    (mended,) = read(own, report, repair="conlleval")
    assert "bases" in [(mended.text or "")[s.start : s.end] for s in mended.spans]
    assert report.changed.total() if hasattr(report.changed, "total") else report.changed.counts


# Repairs

LETTERS = {"IOB2": "BI", "BIOES": "BIES", "BILOU": "BILU"}


@st.composite
def tag_sequences(draw: st.DrawFn) -> tuple[str, list[Tag]]:
    scheme = draw(st.sampled_from(sorted(LETTERS)))
    tag = st.one_of(st.just(OUTSIDE), st.tuples(st.sampled_from(LETTERS[scheme]), st.sampled_from("XYZ")))
    return scheme, draw(st.lists(tag, max_size=12))


def seqeval(tags: Sequence[Tag]) -> list[tuple[int, int, str]]:
    letters = {"L": "E", "U": "S"}
    written = [f"{letters.get(letter, letter)}-{label}" if letter else "O" for letter, label in tags]
    from seqeval.metrics.sequence_labeling import get_entities

    return sorted((first, last + 1, label) for label, first, last in get_entities(written))


@given(tag_sequences())
@settings(deadline=None, max_examples=400)
def test_ill_formed_tags_are_read_as_seqeval_reads_them_or_discarded(sequence: tuple[str, list[Tag]]) -> None:
    scheme, tags = sequence
    assert sorted(map(tuple, conlleval_entities(tags))) == seqeval(tags)
    strict, faults = decode_tags(tags, scheme, "none")
    kept, _ = decode_tags(tags, scheme, "discard")
    assert kept == strict
    assert all(a.end <= b.first for a, b in pairwise(strict))
    if faults:
        without = [tag if any(e.first <= n < e.end for e in kept) else OUTSIDE for n, tag in enumerate(tags)]
        assert decode_tags(without, scheme, "none") == (kept, [])
    else:
        assert sorted(map(tuple, strict)) == seqeval(tags)


def test_repairs_are_counted(tmp_path: Path) -> None:
    path = file(tmp_path, "a B-PER\nb O\nc I-PER\nd I-PER\n\ne I-ORG\n")
    expected = {"conlleval": ["a", "c d", "e"], "discard": ["a"]}
    for rule, words in expected.items():
        report = ReadReport()
        assert found(read(path, report, repair=rule))[0][1] == words
        counts = report.changed.counts if rule == "conlleval" else report.left_out.counts
        assert list(counts.values()) == [2]
    with pytest.raises(DataError):
        read(path, repair="none")


# What is not such a file


def test_only_columns_of_tags_are_recognised(tmp_path: Path) -> None:
    others = {
        "prose": "Iran struck on Monday.\nNobody was hurt, said O.\n",
        "spans": "id\tstart\tend\tlabel\na\t0\t4\tACTOR\n",
        "csv": "id,start,end,label\na,0,4,B-PER\nb,0,4,O\n",
        "webanno": "#FORMAT=WebAnno TSV 3.2\n\n#Text=Iran fell\n1-1\t0-4\tIran\tPER\n1-2\t5-9\tfell\t_\n",
        "webanno bio": "#FORMAT=WebAnno TSV 3.3\n#T_SP=x.Y|value\n\n#Text=Iran fell\n1-1\t0-4\tIran\tB-PER\n1-2\t5-9\tfell\tO\n",
        "webanno 2": " # x.y.NamedEntity | value\n#id=1\n#text=Iran fell\n1-1\tIran\tB-PER\n1-2\tfell\tO\n",
        "pubtator": "1|t|Iran\n1|a|It fell.\n1\t0\t4\tIran\tGene\t7\n",
        "records": '{"id": "a", "text": "x", "spans": []}\n',
        "json": '[{"tokens": ["a"], "tags": ["O"]}]',
        "letters": "a\tB\nb\tI\nc\tO\n",
        "empty": "",
    }
    form = load_format("conll")
    for name, content in others.items():
        assert not form.recognises(FileSample(file(tmp_path, content, "x.txt"))), name  # type: ignore[attr-defined]
    assert not form.recognises(FileSample(tmp_path))  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["iob2", "bioes"])
def test_plain_tags_come_back_and_say_what_they_lose(name: str, tmp_path: Path) -> None:
    out, loss = tmp_path / f"x.{name}", LossReport()
    assert load_format(name).write([NESTED, replace(ACROSS, id="b")], out, SCHEME, loss) == 2  # type: ignore[attr-defined]
    lines = out.read_text("utf-8").splitlines()
    assert lines[:3] == ["-DOCSTART-\tO", "", "Iran\tB-ACTOR"] and not any(line.startswith("#") for line in lines)
    assert lines[4] == ("three\tS-COUNT" if name == "bioes" else "three\tB-COUNT")
    assert {"ids of documents", "value of spans", "spans that overlap others, or begin or end with a blank"} <= set(
        loss.counts
    )
    back = found(read(out))
    assert back[0] == ("Iran struck three bases\nin eastern Syria .\nKurds said so .", ["Iran struck", "three"])
    assert back[1][1] == ["bases in eastern Syria"]


@given(st.text(alphabet="aOB-\t #\n1.*()_\r|=", max_size=60))
@settings(deadline=None, max_examples=300)
def test_any_characters_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: str) -> None:
    path = file(tmp_path_factory.getbasetemp(), content, "any.conll")
    try:
        read(path)
    except GoldspanError as error:
        assert str(error)
