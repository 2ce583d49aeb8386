"""The extractors for packages of others, with the packages themselves, where somebody has installed them.

No part of the project needs them, and their pins do not go with those of the extras, so that `make test` skips what is not
there. `make others` installs them into an environment of its own, and runs these tests in it.

Weights are random and tiny; what they predict has no meaning, but it has bounds, labels, scores and an order.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from goldspan.annotate import load_extractor
from goldspan.schema import DataError, DependencyError, Document, Extractor, Span, UsageError
from goldspan.schema.default_scheme import default_scheme
from tests.local_server import QuietHandler, local_server

# they warn of one another's versions
pytestmark = pytest.mark.filterwarnings("default")

WORDS = "actor location date count iran kyiv guard monday killed the said left in a b c . , -".split()
LONG = "Iran said Kyiv. " * 3 + "\n\n" + "The guard killed a b c on Monday, İstanbul 😀 said Iran. " * 12

Maker = Callable[[Path], str]


def needs(*modules: str) -> None:
    if missing := [module for module in modules if find_spec(module) is None]:
        pytest.skip(f"{missing[0]} is not installed")


def make_backbone(folder: Path) -> Path:
    """A tokenizer and the configuration of a tiny BERT that reads 64 tokens at once."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, PreTrainedTokenizerFast

    vocabulary = {word: number for number, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS])}
    made = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    special = {"unk_token": "[UNK]", "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(tokenizer_object=made, **special).save_pretrained(folder)
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    BertConfig(vocab_size=len(vocabulary), max_position_embeddings=64, **sizes).save_pretrained(folder)
    return folder


def gliner_model(folder: Path) -> str:
    needs("gliner", "torch")
    import torch
    from gliner import GLiNER

    torch.manual_seed(0)
    config = {"model_name": str(make_backbone(folder / "backbone")), "hidden_size": 16, "max_len": 20, "max_width": 4}
    config |= {"dropout": 0.0, "span_mode": "markerV0", "has_rnn": False, "num_rnn_layers": 0}
    GLiNER.from_config(config, backbone_from_pretrained=False).save_pretrained(folder / "model")
    return f"gliner:{folder / 'model'}"


def gliner2_model(folder: Path) -> str:
    needs("gliner2", "torch", "peft")
    import torch
    from gliner2 import ExtractorConfig
    from gliner2.inference.engine import GLiNER2
    from transformers import AutoTokenizer, BertConfig

    torch.manual_seed(0)
    backbone = str(make_backbone(folder / "backbone"))
    made = GLiNER2(
        ExtractorConfig(model_name=backbone, max_width=4),
        encoder_config=BertConfig.from_pretrained(backbone),
        tokenizer=AutoTokenizer.from_pretrained(backbone),
    )
    made.save_pretrained(str(folder / "model"))
    return f"gliner2:{folder / 'model'}"


def layers(extractor: Extractor, *texts: str) -> list[list[Span]]:
    documents = [Document(id=str(number), text=text, spans=()) for number, text in enumerate(texts)]
    return [list(spans) for spans in extractor.extract(documents)]


@pytest.mark.parametrize("make", [gliner_model, gliner2_model])
def test_a_zero_shot_model_marks_long_texts_alike_whatever_is_beside_them(make: Maker, tmp_path: Path) -> None:
    spec = make(tmp_path)
    extractor = load_extractor(f"{spec},threshold=0.4,fill=false", default_scheme())
    alone, blank, again = layers(extractor, LONG, " \n", LONG)
    assert alone == again != []
    assert blank == []
    assert alone == layers(extractor, LONG)[0]
    assert all(0.4 <= (span.score or 0) <= 1 for span in alone)
    assert max(span.end for span in alone) > len(LONG) * 0.9, "the end of the text was read too"
    words = {LONG[span.start : span.end].split(maxsplit=1)[0].strip(".,") for span in alone}
    assert words <= {word.strip(".,") for word in LONG.split()}, "spans begin with words of the text"


@pytest.mark.parametrize("make", [gliner_model, gliner2_model])
def test_the_version_tells_package_weights_and_arguments_apart(make: Maker, tmp_path: Path) -> None:
    spec = make(tmp_path)
    labels = tmp_path / "map.toml"
    labels.write_text('person = "ACTOR"\nweapon = ""\n')
    specs = ("", ",threshold=0.6", ",window=12", f",map={labels}", ",fill=false")
    versions = [load_extractor(spec + arguments, default_scheme()).version for arguments in specs]
    assert len(set(versions)) == len(versions)
    mapped = layers(load_extractor(f"{spec},map={labels},threshold=0.3,fill=false", default_scheme()), LONG)[0]
    assert {span.label for span in mapped} <= {"ACTOR"}


@pytest.mark.parametrize("make", [gliner_model, gliner2_model])
def test_wrong_arguments_of_a_zero_shot_model_are_refused(make: Maker, tmp_path: Path) -> None:
    spec = make(tmp_path)
    for arguments, message in {
        "threshold=1.5": "threshold=0.5",
        "batch=0": "1 or more",
        "window=5000": "must be from 1 to",
        "device=gpu": "unknown to torch",
        "definitions=true": "fill the whole window",
    }.items():
        with pytest.raises(UsageError, match=message):
            load_extractor(f"{spec},{arguments}", default_scheme())


@pytest.mark.parametrize("name", ["gliner", "gliner2"])
def test_a_folder_without_a_model_is_named(name: str, tmp_path: Path) -> None:
    needs(name, "torch", "peft")
    with pytest.raises(DependencyError, match=f"cannot be loaded by {name}: .*Fix: "):
        load_extractor(f"{name}:{tmp_path}", default_scheme())


def test_geoparser_gives_places_of_its_gazetteer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs("geoparser", "sentence_transformers", "torch")
    import spacy
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import AutoTokenizer, BertConfig, BertModel

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GEOPARSER_GAZETTEERS_DIR", str(tmp_path))
    make_gazetteer(tmp_path / "geonames-cities.db", {"703448": "Kyiv", "1": "Atlantis"})
    sentences = spacy.blank("xx")
    sentences.add_pipe("sentencizer")
    sentences.to_disk("xx_sent_ud_sm")
    pipeline = spacy.blank("en")
    names: Any = pipeline.add_pipe("entity_ruler")
    names.add_patterns([{"label": "GPE", "pattern": name} for name in ("Kyiv", "Atlantis", "Nowhere")])
    pipeline.to_disk("names")
    backbone = make_backbone(tmp_path / "bert")
    BertModel(BertConfig.from_pretrained(backbone)).save_pretrained(backbone)
    AutoTokenizer.from_pretrained(backbone).save_pretrained(backbone)
    words = Transformer(str(backbone))
    SentenceTransformer(modules=[words, Pooling(16)]).save("chooser")

    extractor = load_extractor("geoparser:gazetteer=geonames-cities,spacy=names,model=chooser", default_scheme())
    text = "😀 Kyiv said Atlantis. Nowhere left."
    found, blank = layers(extractor, text, " ")
    values = {text[span.start : span.end]: _parts(span) for span in found}
    assert values["Kyiv"]["id"] == "geonames:703448"
    assert values["Kyiv"]["country"] == "UKR", "which goldspan's own gazetteer knows"
    assert (values["Atlantis"]["id"], values["Atlantis"]["lat"]) == ("geonames:1", 50.0)
    assert values["Nowhere"] is None
    assert blank == []
    assert getattr(extractor, "tally")["places without an entry in the gazetteer"] == 1  # noqa: B009 - optional
    with pytest.raises(DependencyError, match="Fix: python -m geoparser install geonames"):
        load_extractor("geoparser:gazetteer=geonames,spacy=names,model=chooser", default_scheme())


def _parts(span: Span) -> Any:
    import msgspec

    return msgspec.to_builtins(span.value)


def make_gazetteer(file: Path, names: dict[str, str]) -> None:
    """An installed gazetteer of the package geoparser, by its own schema."""
    from geoparser.gazetteer.artifact import BASE_SCHEMA, SCHEMA_VERSION, SEARCH_SCHEMA, register_functions

    with closing(sqlite3.connect(file)) as database:
        register_functions(database)
        for statement in BASE_SCHEMA:
            database.execute(statement)
        metadata = {"schema_version": SCHEMA_VERSION, "name": file.stem, "crs": "EPSG:4326"}
        database.executemany("INSERT INTO metadata VALUES (?, ?)", metadata.items())
        for number, (identifier, name) in enumerate(names.items(), 1):
            data = json.dumps({"name": name, "latitude": 50.0, "longitude": 30.0, "feature_name": "city"})
            database.execute("INSERT INTO feature VALUES (?, ?, 'cities', ?, NULL)", (number, identifier, data))
            database.execute("INSERT INTO name VALUES (?, ?, ?)", (number, number, name))
        for statement in SEARCH_SCHEMA:
            database.execute(statement)
        database.commit()


class PlayedModel(QuietHandler):
    """Answers a question of LangExtract with the names that it knows, and with one that the text does not have."""

    def respond(self) -> None:
        text = json.loads(self.body())["messages"][-1]["content"].rpartition("Q: ")[2]
        known = {"Iran": "ACTOR", "Kyiv": "LOCATION"}
        answer = [{label: name} for name, label in known.items() if name in text] + [{"ACTOR": "Atlantis"}]
        content = "nothing" if "fails" in text else json.dumps({"extractions": answer})
        message = {"role": "assistant", "content": content}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        body = {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}
        answered = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answered)))
        self.end_headers()
        self.wfile.write(answered)


def test_langextract_places_what_its_model_quotes(monkeypatch: pytest.MonkeyPatch) -> None:
    needs("langextract", "openai")
    with local_server(PlayedModel) as url:
        spec = f"langextract:m,url={url}/v1,piece=60,fill=false"
        extractor: Any = load_extractor(spec, default_scheme())
        text = "Iran said Kyiv. " * 4 + "😀 İran left Kyiv."
        failing = Document(id="b", text="It fails.", spans=())
        found, failed, blank = extractor.extract_each(
            [Document(id="a", text=text, spans=()), failing, Document(id="c", text="", spans=())]
        )
    assert {text[span.start : span.end] for span in found} == {"Iran", "Kyiv"}
    assert {span.label for span in found} == {"ACTOR", "LOCATION"}
    assert isinstance(failed, DataError)
    assert blank == []
    assert extractor.tally["dropped, not in the text"] >= 1
    [gone] = extractor.extract_each([failing])  # the server has ended
    assert isinstance(gone, DependencyError)
    monkeypatch.delenv("GOLDSPAN_LLM_URL", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(UsageError, match="langextract needs an endpoint"):
        load_extractor("langextract:m", default_scheme())
