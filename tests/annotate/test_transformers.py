"""The extractor `transformers` against models that are built here with weights whose answer is known."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from goldspan.annotate import load_extractor
from goldspan.annotate.adapters.bio import Tag, align_words, read_tags, spans_from_tags
from goldspan.annotate.adapters.windows import Window, merge_windows
from goldspan.corpus.formats.huggingface.token_windows import WindowSize, document_windows
from goldspan.schema import DependencyError, Document, Scheme, UsageError
from goldspan.workflows.benchmarking.benchmark import measure
from tests.conftest import LONG, Clock, Run, record, write_lines
from tests.document_blocks import run_script
from tests.torch_packages import CannotInstallError, installed

from .test_recipes import recipe

pytestmark = pytest.mark.transformers

OPEN = Path(__file__).parents[2] / "corpus" / "open"

TAGS = ["O", "B-ORG", "I-ORG", "B-GPE", "I-GPE", "B-MONEY"]
WORDS = {"iran": 1, "guard": 2, "corps": 2, "mili": 1, "##tias": 0, "kyiv": 3, "new": 3, "york": 4, "dollars": 5}
FILLERS = ["said", "left", "the", "in", ".", ",", "-", "'", "##s", "##x"]
WINDOW = 24  # tokens, [CLS] and [SEP] among them

Make = Callable[..., Path]


def make_model(folder: Path, *, tags: list[str] = TAGS, blind: int = 0) -> Path:
    """A BERT whose answer is the tag that `WORDS` gives each token, in any company.

    `blind` tokens at either edge of a window are always tagged `O`, as by a model that lacks the words around them.
    """
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertForTokenClassification, PreTrainedTokenizerFast

    vocabulary = {word: n for n, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS, *FILLERS])}
    made = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer()  # lower-cases and takes accents off
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    special = {"unk_token": "[UNK]", "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(tokenizer_object=made, **special).save_pretrained(folder)

    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=8,
        max_position_embeddings=WINDOW, id2label=dict(enumerate(tags)), label2id={t: n for n, t in enumerate(tags)},
    )  # fmt: skip
    model = BertForTokenClassification(config)
    with torch.no_grad():
        for name, weights in model.named_parameters():
            # each layer adds nothing to what comes in, so that what comes out is the embedding, normalised
            weights.fill_(1.0 if name.endswith("LayerNorm.weight") else 0.0)
        embeddings = model.bert.embeddings
        for word, number in vocabulary.items():
            embeddings.word_embeddings.weight[number, WORDS.get(word, 0)] = 1.0
        for place in [*range(1, 1 + blind), *range(WINDOW - 1 - blind, WINDOW - 1)]:
            embeddings.position_embeddings.weight[place, 0] = 100.0
        for tag in range(len(tags)):
            model.classifier.weight[tag, tag] = 3.0
    model.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module", autouse=True)
def torch_packages() -> Iterator[None]:
    """torch and transformers, for these tests and the commands that they run."""
    try:
        folder = str(installed())
    except CannotInstallError as error:
        pytest.skip(f"torch cannot be installed here: {error}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [*sys.path, folder])
        patch.setenv("PYTHONPATH", folder)
        yield


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def blind(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("models") / "blind", blind=3)


@pytest.fixture
def label_map(tmp_path: Path) -> Path:
    path = tmp_path / "map.toml"
    path.write_text('ORG = "ACTOR"\nGPE = "LOCATION"\nMONEY = ""\n', encoding="utf-8")
    return path


def document(text: str, id: str = "a", **more: Any) -> Document:
    return Document(id=id, text=text, spans=(), **more)


def surfaces(spans: Any, text: str) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.label) for span in spans]


READ: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "spans of several words": ("Iran Guard Corps left New York.", [("Iran Guard Corps", "ACTOR"), ("New York", "LOCATION")]),
    "a word's first token decides": ("militias said, Iranxx left", [("militias", "ACTOR"), ("Iranxx", "ACTOR")]),
    "neighbours that each begin": ("Kyiv Kyiv", [("Kyiv", "LOCATION"), ("Kyiv", "LOCATION")]),
    "a span that nothing begins": ("the Corps", [("Corps", "ACTOR")]),
    "a label that is dropped": ("Iran, dollars", [("Iran", "ACTOR")]),
    "emoji": ("😀👩‍👩‍👧 Iran 😀 Kyiv 🇺🇦", [("Iran", "ACTOR"), ("Kyiv", "LOCATION")]),
    "marks that the tokenizer takes off": ("Kyi\u0301v, I\u0301ra\u0308n", [("Kyi\u0301v", "LOCATION"), ("I\u0301ra\u0308n", "ACTOR")]),
    "other ends of lines": ("\r\n  Iran\r\nGuard\r\n\r\nNew\rYork\u2028", [("Iran\r\nGuard", "ACTOR"), ("New\rYork", "LOCATION")]),
    "a blank line ends a span": ("New\n \nYork", [("New", "LOCATION"), ("York", "LOCATION")]),
    "nothing": ("", []),
    "blanks": (" \n", []),
    "marks alone": ("\u200d\u0301", []),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), READ.values(), ids=READ)
def test_tags_become_spans_at_exact_offsets(
    scheme: Scheme, model: Path, label_map: Path, text: str, expected: list[tuple[str, str]]
) -> None:
    extractor = load_extractor(f"transformers:{model},map={label_map},fill=false", scheme)
    assert surfaces(extractor.extract([document(text)])[0], text) == expected


def test_a_model_runs_from_the_command(goldspan: Run, model: Path, label_map: Path, tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    text = "Iran left Kyiv. dollars"
    write_lines(source, record("a", text, zones=[{"start": 10, "end": 15, "kind": "stamp"}]), record("b", ""))
    spec = f"transformers:{model},map={label_map}"
    ran = goldspan("annotate", source, "--extractor", spec, "--out", out)
    assert ran.returncode == 0, ran.stderr
    first, second = (json.loads(line) for line in out.read_text(encoding="utf-8").splitlines())
    [span] = first["spans"]
    assert (span["start"], span["end"], span["label"]) == (0, 4, "ACTOR")
    assert (span["value"], span["source"]) == ({"kind": "state", "id": "IRN"}, "transformers:tiny")
    assert second["spans"] == []
    assert "dropped, labelled MONEY: 1" in ran.stderr
    assert "dropped, in a zone: 1" in ran.stderr
    assert "Loading" not in ran.stderr


def test_the_score_is_the_mean_probability_of_the_words(scheme: Scheme, model: Path, label_map: Path) -> None:
    from math import exp, sqrt

    [[span]] = load_extractor(f"transformers:{model},map={label_map},fill=false", scheme).extract(
        [document("New York")]
    )
    # the embedding is 1 at the tag and 0 at 7 other places; normalised: sqrt(7) and -1/sqrt(7); weights of 3; 6 tags
    right, wrong = exp(3 * sqrt(7)), exp(-3 / sqrt(7))
    assert span.score == pytest.approx(right / (right + 5 * wrong), abs=1e-4)


def test_the_version_says_what_the_result_depends_on(scheme: Scheme, model: Path, blind: Path, label_map: Path) -> None:
    specs = [
        f"{model}",
        f"{model},window=10",
        f"{model},stride=0",
        f"{model},map={label_map}",
        f"{model},fill=false",
        f"{blind}",
    ]
    extractors = [load_extractor(f"transformers:{spec}", scheme) for spec in specs]
    assert len({extractor.version for extractor in extractors}) == len(specs)
    assert extractors[0].version == load_extractor(f"transformers:{model},batch=3", scheme).version
    assert [extractor.name for extractor in extractors] == ["transformers:tiny"] * 5 + ["transformers:blind"]


SENTENCES = [
    "Iran Guard Corps left Kyiv.",
    "The militias said, 😀 New York.",
    "Said the left in the -, .",
    "Kyiv Kyiv said Iran's.",
]


@pytest.mark.parametrize("how", ["", ",window=8", ",window=8,stride=0", ",window=11,batch=5", ",stride=11"])
def test_a_long_text_gives_what_its_sentences_give_alone(
    scheme: Scheme, model: Path, label_map: Path, how: str
) -> None:
    alone = load_extractor(f"transformers:{model},map={label_map},fill=false", scheme)
    long = load_extractor(f"transformers:{model},map={label_map},fill=false{how}", scheme)
    order = [SENTENCES[(n * n + n // 3) % 4] for n in range(60)]
    text, expected = "", []
    for sentence in order:
        [spans] = alone.extract([document(sentence)])
        expected += [(len(text) + s.start, len(text) + s.end, s.label, s.score) for s in spans]
        text += sentence + " "
    [spans] = long.extract([document(text)])
    assert [(s.start, s.end, s.label, s.score) for s in spans] == expected


def test_a_tokenizer_that_cuts_at_the_left_loses_nothing(scheme: Scheme, label_map: Path, tmp_path: Path) -> None:
    folder = make_model(tmp_path / "left")
    config = folder / "tokenizer_config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"truncation_side": "left", "padding_side": "left"}))
    text = "Iran left New York. " * 20
    [spans] = load_extractor(f"transformers:{folder},map={label_map},batch=3", scheme).extract([document(text)])
    assert surfaces(spans, text) == [("Iran", "ACTOR"), ("New York", "LOCATION")] * 20


def test_each_token_is_read_where_it_is_furthest_from_an_edge(scheme: Scheme, blind: Path, label_map: Path) -> None:
    extractor = load_extractor(f"transformers:{blind},map={label_map},fill=false,stride=10", scheme)
    for shift in range(24):
        text = "said " * (4 + shift) + "Iran Guard Corps " + "said " * 40 + "New York " + "said " * 30
        [spans] = extractor.extract([document(text)])
        assert surfaces(spans, text) == [("Iran Guard Corps", "ACTOR"), ("New York", "LOCATION")], shift


def test_windows_of_several_documents_are_read_together_and_kept_apart(
    scheme: Scheme, model: Path, label_map: Path
) -> None:
    texts = ["Kyiv. " * 30, "", "Iran", "said " * 50 + "New York", " ", "the militias"]
    documents = [document(text, str(number)) for number, text in enumerate(texts)]
    layers = [
        [surfaces(spans, text) for spans, text in zip(extractor.extract(documents), texts, strict=True)]
        for extractor in (
            load_extractor(f"transformers:{model},map={label_map},fill=false,batch={n}", scheme) for n in (1, 4, 64)
        )
    ]
    assert layers[0] == layers[1] == layers[2]
    assert [len(layer) for layer in layers[0]] == [30, 0, 1, 1, 0, 1]


def test_tags_without_prefix_are_labels(scheme: Scheme, tmp_path: Path) -> None:
    plain = ["O", "ACTOR", "ACTOR", "LOCATION", "LOCATION", "DATE"]
    folder = make_model(tmp_path / "plain", tags=["O", *(f"{label}" for label in dict.fromkeys(plain[1:])), "x", "y"])
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["id2label"] = {str(number): label for number, label in enumerate(plain)}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    text = "Iran Guard Corps left New York. Kyiv"
    [spans] = load_extractor(f"transformers:{folder},fill=false", scheme).extract([document(text)])
    assert surfaces(spans, text) == [("Iran Guard Corps", "ACTOR"), ("New York", "LOCATION"), ("Kyiv", "LOCATION")]


def _slow_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "ByT5Tokenizer"}', encoding="utf-8")


def _pickled(folder: Path) -> None:
    import torch
    from safetensors.torch import load_file

    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()


def _remote(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["model_type"] = "of_its_own"
    config["auto_map"] = {"AutoConfig": "code.Own", "AutoModelForTokenClassification": "code.Own"}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "code.py").write_text(f"open({str(folder / 'it_ran')!r}, 'w').close()\n", encoding="utf-8")


def _headless(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    kept = {name: item for name, item in weights.items() if not name.startswith("classifier")}
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})


def _torn(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes()[:100])


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def _unconfigured(folder: Path) -> None:
    (folder / "config.json").write_text("{", encoding="utf-8")


SPOILT: dict[str, tuple[Callable[[Path], None], type[Exception], str]] = {
    "a slow tokenizer": (_slow_tokenizer, UsageError, "no fast tokenizer"),
    "pickled weights": (_pickled, DependencyError, "pickled, and loading them may run code. Fix: "),
    "code of its own": (_remote, DependencyError, "cannot be loaded"),
    "no head": (_headless, UsageError, "lacks weights .*trained for token classification"),
    "torn weights": (_torn, DependencyError, "cannot be loaded"),
    "an empty folder": (_empty, DependencyError, "cannot be loaded"),
    "a broken configuration": (_unconfigured, DependencyError, "cannot be loaded"),
}


@pytest.mark.parametrize(("spoil", "error", "message"), SPOILT.values(), ids=SPOILT)
def test_a_model_that_cannot_be_used_is_refused(
    scheme: Scheme, tmp_path: Path, spoil: Callable[[Path], None], error: type[Exception], message: str
) -> None:
    folder = make_model(tmp_path / "spoilt")
    spoil(folder)
    with pytest.raises(error, match=message):
        load_extractor(f"transformers:{folder}", scheme)
    assert not (folder / "it_ran").exists()


def test_a_name_that_is_neither_folder_nor_model_is_refused(
    scheme: Scheme, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (tmp_path / "nothing", model / "config.json", "a/b/c"):
        with pytest.raises(UsageError, match="neither a folder with a model nor a name on the Hub"):
            load_extractor(f"transformers:{name}", scheme)


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("window=25", "from 4 to 24"),
        ("window=3", "from 4 to 24"),
        ("stride=12", "from 0 to 11"),
        ("stride=-1", "from 0 to 11"),
        ("batch=0", "1 or more"),
        ("device=abacus", "Fix: cpu"),
    ],
)
def test_an_argument_at_fault_is_refused(scheme: Scheme, model: Path, argument: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        load_extractor(f"transformers:{model},{argument}", scheme)


@pytest.mark.parametrize("package", ["torch", "transformers"])
def test_without_the_extra_the_fix_is_named(
    scheme: Scheme, model: Path, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(DependencyError, match=r"Fix: pip install 'goldspan\[transformers\]'"):
        load_extractor(f"transformers:{model}", scheme)


def read(names: str, text: str = "a b c d e") -> list[tuple[int, int, str]]:
    given = names.split()
    words = align_words(text, [(n, n + 1) for n in range(0, len(text), 2)])
    tags = read_tags(given)
    return [
        (f.start // 2, (f.end + 1) // 2, f.label) for f in spans_from_tags(text, words, [(tag, 1.0) for tag in tags])
    ]


# tags of five words, and the spans in words; the last columns of IOB and BILOU as in their descriptions
SCHEMES = {
    "IOB2": ("B-X I-X O B-X B-X", [(0, 2, "X"), (3, 4, "X"), (4, 5, "X")]),
    "IOB1": ("I-X I-X B-X O I-Y", [(0, 2, "X"), (2, 3, "X"), (4, 5, "Y")]),
    "BILOU": ("B-X I-X L-X U-X U-Y", [(0, 3, "X"), (3, 4, "X"), (4, 5, "Y")]),
    "BIOES": ("B_X E_X I_X S_X O", [(0, 2, "X"), (2, 3, "X"), (3, 4, "X")]),
    "plain": ("X X O Y X", [(0, 2, "X"), (3, 4, "Y"), (4, 5, "X")]),
    "a label that changes inside": ("B-X I-Y I-Y O O", [(0, 1, "X"), (1, 3, "Y")]),
    "labels that only look prefixed": ("B-X X O B-X X", [(0, 1, "B-X"), (1, 2, "X"), (3, 4, "B-X"), (4, 5, "X")]),
    "nothing": ("O O O O O", []),
}


@pytest.mark.parametrize(("names", "expected"), SCHEMES.values(), ids=SCHEMES)
def test_tags_of_every_scheme_are_read(names: str, expected: list[tuple[int, int, str]]) -> None:
    assert read(names) == expected


def test_words_that_begin_in_one_token_are_one_word_and_what_no_token_covers_is_none() -> None:
    words = align_words("U.S. \x00 Iran", [(0, 3), (3, 4), (4, 5), (7, 7), (6, 9), (9, 11)])
    assert [(word.start, word.end, word.token) for word in words] == [(0, 3, 0), (3, 4, 1), (7, 11, 4)]


def window(start: int, names: str) -> Window:
    return Window(start, [(tag, 0.5) for tag in read_tags(names.split())])


# two windows of six tokens that share the tokens 2 to 5; X is what the left one says, Y the right one; middle: 4
SEAMS = {
    "in the middle": ("O O B-X B-X B-X B-X", "B-Y B-Y B-Y B-Y O O", "O O X X Y Y O O"),
    "before a span of the right one": ("O O B-X B-X B-X B-X", "B-Y B-Y I-Y I-Y O O", "O O X Y Y Y O O"),
    "after a span of the left one": ("O O B-X I-X I-X B-X", "B-Y B-Y B-Y B-Y O O", "O O X X X Y O O"),
    "a span over all that they share": ("B-X I-X I-X I-X I-X I-X", "I-X I-X I-X I-X I-X O", "X X X X X X X O"),
}


@pytest.mark.parametrize(("left", "right", "expected"), SEAMS.values(), ids=SEAMS)
def test_windows_hand_over_where_no_span_is_halved(left: str, right: str, expected: str) -> None:
    text = "a b c d e f g h"
    words = align_words(text, [(n, n + 1) for n in range(0, 16, 2)])
    tags = merge_windows([window(0, left), window(2, right)], words)
    assert [tag.label or "O" for tag, _ in tags] == expected.split()
    assert merge_windows([], []) == []
    assert Tag("").continues_into(Tag("")) is False


def test_loading_the_filler_of_values_is_no_reading(
    model: Path, label_map: Path, slow_filler: None, clock: Clock, scheme: Scheme, tmp_path: Path
) -> None:
    gold = write_lines(tmp_path / "gold.jsonl", record("a", "Iran left Kyiv."))
    cost = measure(str(gold), f"transformers:{model},map={label_map}", scheme, tmp_path / "out.jsonl")
    assert cost.load >= clock.ahead == LONG > cost.seconds


def test_an_unknown_tag_names_all_that_the_model_may_give(model: Path, scheme: Scheme) -> None:
    with pytest.raises(UsageError, match="labels 'GPE', 'MONEY', 'ORG' are not in the scheme"):
        load_extractor(f"transformers:{model},fill=false", scheme).extract([document("Iran left.")])


@pytest.fixture(scope="module")
def bytewise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that makes a subword of every byte, and of the blank before each word: nothing makes more."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("models") / "bytewise"
    letters = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *sorted(pre_tokenizers.ByteLevel.alphabet())]
    made = Tokenizer(models.BPE({letter: n for n, letter in enumerate(letters)}, [], unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    special = {"unk_token": "[UNK]", "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(tokenizer_object=made, **special).save_pretrained(folder)
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
    BertModel(BertConfig(vocab_size=len(letters), max_position_embeddings=512, **sizes)).save_pretrained(folder)
    return folder


def test_windows_of_the_open_edition_fit_a_tokenizer_that_makes_most_of_each_word(bytewise: Path) -> None:
    import pyarrow.parquet as pq
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(bytewise)
    rows = pq.read_table(OPEN / "dataset" / "windows" / "train.parquet", columns=["tokens"]).to_pylist()
    longest = max(len(tokenizer(row["tokens"], is_split_into_words=True)["input_ids"]) for row in rows)
    assert 480 < longest <= 512


def test_windows_hold_at_most_as_many_subwords_as_the_model_takes(
    bytewise: Path, model: Path, scheme: Scheme, tmp_path: Path, goldspan: Run
) -> None:
    texts = write_lines(tmp_path / "gold.jsonl", record("a", "Iran's Guard Corps left Kyiv. " * 12))
    sizes = {}
    for name, tokenizer in (("any", ()), ("bytewise", ("--tokenizer", bytewise)), ("words", ("--tokenizer", model))):
        out = tmp_path / name
        call = ("export", texts, "--to", "hf", "--out", out, "--windows", "64", *tokenizer)
        done = goldspan(*call)
        assert done.returncode == 0, done.stderr
        import pyarrow.parquet as pq

        sizes[name] = [len(row) for row in pq.read_table(out / "windows").column("tokens").to_pylist()]
    assert sum(sizes["any"]) == sum(sizes["words"]) and sizes["any"] == sizes["bytewise"]
    assert max(sizes["any"]) < max(sizes["words"]) <= 62
    done = goldspan("export", texts, "--to", "hf", "--out", tmp_path / "x", "--windows", "64", "--tokenizer", texts)
    assert done.returncode == 1 and "not a tokenizer" in done.stderr and not (tmp_path / "x").exists()


def test_windows_fit_a_tokenizer_that_is_loaded_with_blanks_before_words_though_its_file_has_none(
    bytewise: Path, scheme: Scheme, tmp_path: Path
) -> None:
    from tokenizers import Tokenizer

    file = (bytewise / "tokenizer.json").read_text("utf-8")
    own = tmp_path / "tokenizer.json"
    own.write_text(re.sub(r'("add_prefix_space": *)true', r"\1false", file), "utf-8")
    text = "Iran's Guard Corps left Kyiv " * 30
    loaded = Tokenizer.from_file(str(bytewise / "tokenizer.json"))
    rows = document_windows(document(text), 0, scheme, WindowSize.of(64, own)).rows
    assert max(len(loaded.encode(row["tokens"], is_pretokenized=True).ids) for row in rows) <= 64


def test_the_recipe_for_transformers_makes_an_extractor(
    bytewise: Path, scheme: Scheme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    constants = {'"open-transformer", 5': '"open-transformer", 1', '"FacebookAI/roberta-base"': repr(str(bytewise))}
    run_script(recipe("train_transformer.py", constants), tmp_path)
    extractor = load_extractor(f"transformers:{tmp_path / 'open-transformer'}", scheme)
    [spans] = extractor.extract([document("Iran left Kyiv.")])
    assert {span.label for span in spans} <= set(scheme.labels)
