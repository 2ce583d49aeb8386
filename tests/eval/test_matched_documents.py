"""Documents of systems matched with the gold as they come: by id, by text, or by their words; and tags by seqeval."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

import goldspan
from goldspan.corpus.formats import LossReport, load_format
from goldspan.corpus.formats.conll.tagged_sentences import tagged_sentences
from goldspan.eval import Scores
from goldspan.eval.alignment.document_matching import match_documents
from goldspan.schema import DataError, Document, Span, conflict_scheme
from goldspan.workflows.score_inputs import system_file

from ..command import run_here
from ..conftest import record, span, write_lines

TEXTS = {
    "g1": "Iran struck \u201cErbil\u201d on Monday.\nMany fled.",
    "g0": "M\u00fcller left (again) for Goma.",
    "g2": "Nothing.",
}
WORDS = {"g1": ["Iran", "Erbil"], "g0": ["M\u00fcller"], "g2": []}


def document(name: str, text: str, words: Sequence[str] = ()) -> Document:
    starts = [text.index(word) for word in words]
    spans = [Span(start=s, end=s + len(w), label="ACTOR") for s, w in zip(starts, words, strict=True)]
    return Document(id=name, text=text, spans=tuple(spans))


GOLD = [document(name, text, WORDS[name]) for name, text in TEXTS.items()]
TOKENS = [
    "Iran struck `` Erbil '' on Monday .\nMany fled .",
    "Mu\u0308ller left -LRB- again -RRB- for Goma .",
    "Nothing .",
]
ALL_WORDS = ["Iran", "Erbil", "Mu\u0308ller"]

SYSTEMS = {
    "other ids": [document(f"x{n}", text, WORDS[name]) for n, (name, text) in enumerate(TEXTS.items())],
    "ids of others": [document(other, TEXTS[name], WORDS[name]) for name, other in zip(TEXTS, ["g0", "g2", "g1"], strict=True)],
    "other form": [document(name, text.replace("\n", "\r\n"), WORDS[name]) for name, text in TEXTS.items()],
    "tokens": [document(str(n), text, words) for n, (text, words) in enumerate(zip(TOKENS, [ALL_WORDS[:2], ALL_WORDS[2:], []], strict=True))],
    "one document": [document("team", "\n".join(TOKENS), ALL_WORDS)],
    "in another order": [document("team", "\n".join(TOKENS[::-1]), ALL_WORDS)],
    "sentences": [document("0", TOKENS[2]), document("1", "Iran struck \"Erbil\" on Monday .", ["Iran", "Erbil"]), document("2", "Many fled."), document("3", TEXTS["g0"], WORDS["g0"])],
    "half of two": [document("a", TOKENS[0] + " " + TOKENS[1][:13], ALL_WORDS), document("b", TOKENS[1][13:] + TOKENS[2])],
    "some by id": [document("g1", TEXTS["g1"], WORDS["g1"]), document("rest", f"{TOKENS[1]} {TOKENS[2]}", ALL_WORDS[2:])],
    "with an empty one": [document("team", "\n".join(TOKENS), ALL_WORDS), document("blank", " \n")],
}  # fmt: skip


def score(system: Sequence[Document], gold: Sequence[Document] = GOLD) -> Scores:
    return goldspan.score(gold, system, names=["team"], resamples=0)


@pytest.mark.parametrize("kind", SYSTEMS)
def test_documents_are_matched_as_they_come(kind: str) -> None:
    found = score(SYSTEMS[kind])
    micro = found[0].spans.strict.micro
    assert (micro.matched, micro.missed, micro.spurious) == (3, 0, 0)
    by_text = {"other form": 0, "some by id": 2}.get(kind, 3)
    assert any("matched by text" in note for note in found.notes) == bool(by_text)
    if by_text:
        assert f"team: matched by text: {by_text} documents" in found.notes
    differs = any("which differ in" in note for note in found.notes)
    assert differs == (kind not in ("other ids", "ids of others"))


def test_ids_come_first_and_nothing_is_said_of_them() -> None:
    assert not any("matched" in note for note in score(GOLD).notes)
    same = [document("g1", "Nothing."), document("g2", "Nothing.")]
    matched = match_documents([document("g2", "Nothing."), document("g1", "Nothing.")], same, "team")
    assert matched.documents is same and not matched.notes


def test_what_the_system_lacks_is_empty_and_named() -> None:
    with pytest.warns(UserWarning, match="team lacks 1 document, scored as empty: g1"):
        found = score([document("team", f"{TOKENS[1]} {TOKENS[2]}", ALL_WORDS[2:])])
    assert found[0].spans.strict.micro.missed == 2


REFUSED = {
    "other words": (
        [*SYSTEMS["tokens"][:2], document("9", "Nobody knows why this is here.")],
        ["document '9': team: the gold has no such document", "it begins 'Nobody knows why this is here.'"],
    ),
    "no document of it": (
        [document("9", "Iran struck Basra on Monday.")],
        ["no document is in the gold. Fix: the same ids", "it parts from the gold's 'g1' at 12 and 12: 'Basra on Monday.' and"],
    ),
    "the id of another text": (
        [document("g1", "Iran struck \u201cErbil\u201d on Tuesday.")],
        ["document 'g1': team: the text differs from that of the gold; the texts part at 23 and 23: 'Tuesday.' and"],
    ),
    "half a text": ([document("9", "Iran struck \u201cErbil\u201d on Monday.")], ["it parts from the gold's 'g1' at 30 and 31: its end and"]),
    "more words": ([document("9", TEXTS["g0"] + " And so on.")], ["no gold document has its words at 30: 'And so on.'"]),
    "a span over two texts": (
        [document("9", "\n".join(TOKENS), ["fled .\nMu\u0308ller"])],
        ["document '9': team: span [41, 55)", "has no place in the gold's text"],
    ),
    "a cut character": ([document("9", TOKENS[1], ["Mu"])], ["span [0, 2) 'Mu' has no place in the gold's text"]),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_what_has_no_place_is_named_with_its_words(kind: str) -> None:
    system, messages = REFUSED[kind]
    with pytest.raises(DataError) as raised:
        score(system)
    for message in messages:
        assert message in str(raised.value)


def test_documents_with_the_same_words_are_not_guessed() -> None:
    gold = [*GOLD, document("g3", "Nothing.")]
    with pytest.raises(DataError, match="which are the words of 2 gold documents: 'g2', 'g3'"):
        score([document("9", "Nothing .")], gold)
    both = [document("8", "Nothing ."), document("9", "Nothing.", ["Nothing"])]
    with pytest.warns(UserWarning, match="lacks 2 documents"):
        assert score(both, gold)[0].spans.strict.micro.spurious == 1


def test_documents_without_texts_are_matched_by_id_or_hash_alone() -> None:
    bare = [
        Document(id=f"x{n}", text_sha256=d.with_hash().text_sha256, text_length=d.length, spans=d.spans)
        for n, d in enumerate(GOLD)
    ]
    assert score(bare)[0].spans.strict.f1 == 1
    with pytest.raises(DataError, match="no document is in the gold"):
        goldspan.score({"a": [(0, 4, "ACTOR")]}, {"b": [(0, 4, "ACTOR")]})


COLUMNS = "Iran B-ACTOR\nstruck O\n`` O\nErbil B-LOCATION\n'' O\n. O\n\nTroops B-ACTOR\nleft O\nGoma B-LOCATION\n. O\n"


def lay_out(folder: Path) -> None:
    first = [span(0, 4, "ACTOR"), span(13, 18, "LOCATION")]
    second = [span(0, 6, "ACTOR"), span(12, 16, "LOCATION")]
    texts = ["Iran struck \u201cErbil\u201d.", "Troops left Goma."]
    write_lines(folder / "gold.jsonl", record("n1", texts[0], spans=first), record("n2", texts[1], spans=second))
    (folder / "team.conll").write_text(COLUMNS)
    corpus = goldspan.load([record("0", texts[1], spans=second), record("1", texts[0], spans=first)])
    load_format("spacy").write(corpus, folder / "team.spacy", conflict_scheme(), LossReport())  # type: ignore[attr-defined]
    rows = [{"tokens": ["Troops", "left", "Goma", "."], "ner_tags": ["B-ACTOR", "O", "O", "O"]}]
    write_lines(folder / "team.jsonl", *rows)
    (folder / "a=b.jsonl").write_bytes((folder / "gold.jsonl").read_bytes())


def test_files_of_other_tools_are_scored_without_a_word_about_their_format(tmp_path: Path) -> None:
    lay_out(tmp_path)
    systems = ["team.conll", "team.spacy", "mine=team.jsonl", "a=b.jsonl"]
    done = run_here("score", "gold.jsonl", *systems, "--resamples", 0, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    scores = json.loads(done.stdout)
    assert [system["name"] for system in scores["systems"]] == ["team", "team-2", "mine", "a=b"]
    assert [system["spans"]["strict"]["micro"]["matched"] for system in scores["systems"]] == [4, 4, 1, 4]
    assert {"team: matched by text: 2 documents", "mine: matched by text: 1 document"} <= set(scores["notes"])
    done = run_here("score", "team.conll", "gold.jsonl", "team.jsonl", "--resamples", 0, "--json", cwd=tmp_path)
    assert done.returncode == 1 and "the texts part at 0 and 0: 'Troops left Goma" in done.stderr  # the same id
    (tmp_path / "other.conll").write_text(COLUMNS)
    done = run_here("score", "team.conll", "gold.jsonl", "other.conll", "--resamples", 0, "--json", cwd=tmp_path)
    assert [system["spans"]["strict"]["micro"]["f1"] for system in json.loads(done.stdout)["systems"]] == [1, 1]


def test_a_name_before_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a=b").touch()
    assert system_file("a=b") == ("", "a=b")
    assert system_file("c=d=e") == ("c", "d=e")
    (tmp_path / "f=g.jsonl").touch()
    assert system_file("n=m=f=g.jsonl") == ("n=m", "f=g.jsonl") and system_file("n=f=h.jsonl") == ("n", "f=h.jsonl")
    assert system_file("=d") == ("", "=d") and system_file("d=") == ("", "d=") and system_file("-") == ("", "-")


TAGGED = {
    "IOB2": (["B-PER I-PER O B-LOC", "O B-ORG I-ORG"], ["B-PER O O B-LOC", "B-ORG B-ORG I-ORG"]),
    "IOB1": (["I-PER I-PER B-PER I-LOC", "O I-ORG I-ORG"], ["I-PER I-PER I-PER I-LOC", "O I-ORG O"]),
    "BILOU": (["B-PER L-PER O U-LOC", "O B-ORG L-ORG"], ["U-PER O O U-LOC", "O O U-ORG"]),
    "IOBES": (["B-PER E-PER O S-LOC", "O B-ORG E-ORG"], ["S-PER O O S-LOC", "O O S-ORG"]),
}


@pytest.mark.parametrize("scheme", TAGGED)
def test_tags_are_scored_as_seqeval_does(scheme: str, tmp_path: Path) -> None:
    import seqeval.scheme
    from seqeval.metrics import classification_report, f1_score

    sides = [[sentence.split() for sentence in side] for side in TAGGED[scheme]]
    for name, side in zip(("gold.conll", "team.conll"), sides, strict=True):
        lines = ["".join(f"w{n} {tag}\n" for n, tag in enumerate(sentence)) for sentence in side]
        (tmp_path / name).write_text("-DOCSTART- O\n\n" + "\n".join(lines))
    (tmp_path / "map.toml").write_text('PER = "ACTOR"\nORG = "ACTOR"\nLOC = "LOCATION"\n')
    done = run_here(
        "score",
        "gold.conll",
        "team.conll",
        "--map",
        "map.toml",
        "--tags",
        "as-is",
        "--resamples",
        0,
        "--json",
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    tags = json.loads(done.stdout)["systems"][0]["tags"]
    assert tags["scheme"] == scheme
    strict = {"mode": "strict", "scheme": getattr(seqeval.scheme, scheme)}
    assert (tags["lenient"] is None) == (scheme == "BILOU")  # whose letters seqeval's default does not know
    for mode, options in {"strict": strict, **({} if scheme == "BILOU" else {"lenient": {}})}.items():
        report = classification_report(*sides, output_dict=True, zero_division=0, **options)
        assert tags[mode]["micro"]["f1"] == f1_score(*sides, **options)
        for label in ("PER", "LOC", "ORG"):
            row = report[label]
            assert tags[mode]["labels"][label] == {
                "precision": row["precision"],
                "recall": row["recall"],
                "f1": row["f1-score"],
                "support": row["support"],
            }
    shown = run_here(
        "score", "gold.conll", "team.conll", "--map", "map.toml", "--tags", "as-is", "--resamples", 0, cwd=tmp_path
    )
    assert f"tags of team by seqeval, {scheme}" in shown.stdout and "strict micro" in shown.stdout


OTHER_TOKENS = {
    COLUMNS.replace("struck O", "hit O"): (
        1,
        "team.conll:2: the token 'hit' is 'struck' in the gold, on line 2 of gold.conll",
    ),
    COLUMNS.replace(". O\n\n", ". O\n"): (1, "team.conll:1: the sentence has 10 tokens, and 6 in the gold"),
    COLUMNS + "\nMore O\n": (1, "team.conll: 3 sentences, and the gold has 2"),
    COLUMNS.replace("Goma B-LOCATION", "Goma"): (1, "team.conll:"),
}


@pytest.mark.parametrize(
    "content",
    [
        "0\tIran\tB_PER\tx\n1\tfell\tO\tx\n\n0\tGoma\tB_LOC\tx\n1\t.\tO\tx\n",
        "# newdoc id = a\n# text = Iran fell\n1\tIran\tNER=B-PER|x=y\n2\tfell\t_\n\n# sent_id = 2\n1\tGoma\tNER=B-LOC\n2\t.\t_\n",
        "TOKEN\tNE\tMISC\nIran\tb-PER\t_\nfell\to\t_\n\nGoma\tb-LOC\t_\n.\to\t_\n",
        "-DOCSTART- -X- O\n\nIran NN B-PER\nfell VB O\n\n-DOCSTART- -X- O\n\nGoma NN B-LOC\n. . O\n",
    ],
)
def test_tags_as_they_are_come_from_columns_of_any_kind(content: str, tmp_path: Path) -> None:
    path = tmp_path / "x.conll"
    path.write_text(content)
    sentences = tagged_sentences(str(path))
    assert [[token[1:] for token in sentence] for sentence in sentences] == [
        [("Iran", "B-PER"), ("fell", "O")],
        [("Goma", "B-LOC"), (".", "O")],
    ]
    lines = content.split("\n")
    assert all(token.token in lines[token.line - 1] for sentence in sentences for token in sentence)


def test_tags_of_other_tokens_are_refused(tmp_path: Path) -> None:
    (tmp_path / "gold.conll").write_text(COLUMNS)
    for text, (status, message) in OTHER_TOKENS.items():
        (tmp_path / "team.conll").write_text(text)
        done = run_here("score", "gold.conll", "team.conll", "--tags", "as-is", "--resamples", 0, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (status, "") and message in done.stderr, done.stderr
    write_lines(tmp_path / "r.jsonl", record("a", "Iran."))
    done = run_here("score", "r.jsonl", "gold.conll", "--tags", "as-is", cwd=tmp_path)
    assert done.returncode == 2 and "r.jsonl: --tags as-is compares column files" in done.stderr
    done = run_here("score", "gold.conll", "gold.conll", "--tags", "loose", cwd=tmp_path)
    assert done.returncode == 2 and "unknown --tags 'loose'" in done.stderr
