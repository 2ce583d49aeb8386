"""Passes that read different documents: each figure over what is there, and one way to each figure."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from itertools import combinations, permutations
from pathlib import Path

import numpy as np
import pytest

from goldspan.eval import agreement
from goldspan.eval.coefficients.token_agreement import nominal_alpha
from goldspan.schema import DataError, Document, Layer, Scheme, Span, Zone
from tests.conftest import Run, record, span, write_lines
from tests.eval.continua import Continuum, Units, alpha_u

TEXT = "Iran struck three bases in Iraq on Friday, Iran said."
WORDS = [(0, 4), (5, 11), (12, 17), (18, 23), (27, 31), (35, 41), (43, 47), (48, 52)]
LABELS = ("ACTOR", "LOCATION", "DATE", "COUNT")


def drawn(rng: random.Random, names: str = "abc", documents: int = 7) -> dict[str, list[Document]]:
    """Passes that have read some of the documents each, a few of which they skipped, in an order of their own."""
    passes: dict[str, list[Document]] = {name: [] for name in names}
    for number in range(documents):
        true = [(place, rng.choice(LABELS)) for place in WORDS if rng.random() < 0.6]
        for name in rng.sample(names, rng.choice((1, 2, 2, 3))):
            seen = [(place, rng.choice(LABELS) if rng.random() < 0.2 else label) for place, label in true]
            spans = tuple(Span(*place, label) for place, label in seen if rng.random() < 0.8)
            layer = Layer(annotator=name, skipped=rng.random() < 0.1)
            zones = (Zone(35, 41, "related"),) if number == 0 and name == names[0] else ()
            text = f"{TEXT} {number}"
            passes[name].append(Document(id=f"d{number}", text=text, spans=spans, layer=layer, zones=zones))
    for layer_of in passes.values():
        rng.shuffle(layer_of)
    return passes


@pytest.mark.parametrize("seed", range(25))
def test_the_figures_of_two_passes_are_the_same_among_others_and_alone(seed: int, scheme: Scheme) -> None:
    passes = drawn(random.Random(seed))
    together = agreement(passes, scheme)
    assert [(pair.a, pair.b) for pair in together.pairwise] == list(combinations("abc", 2))
    for pair in together.pairwise:
        a, b = pair.a, pair.b
        if not pair.documents:
            assert pair.strict_f1 is pair.alpha_u is pair.token_kappa is None
            with pytest.raises(DataError, match="no document has been read by two of the passes"):
                agreement({a: passes[a], b: passes[b]}, scheme)
            continue
        alone = agreement({a: passes[a], b: passes[b]}, scheme)
        assert alone.pairwise == [pair]
        for name in ("documents", "alpha_u", "token_alpha", "token_kappa"):
            assert getattr(alone, name) == getattr(pair, name), name
        assert alone.values == pair.values
        # and of what only both have read
        both = {d.id for d in passes[a]} & {d.id for d in passes[b]}
        cut = {name: [d for d in passes[name] if d.id in both] for name in (a, b)}
        assert agreement(cut, scheme).pairwise == [pair]


def test_who_read_a_document_alone_takes_no_part(scheme: Scheme) -> None:
    passes = drawn(random.Random(3))
    readers = Counter(d.id for documents in passes.values() for d in documents if d.layer and not d.layer.skipped)
    found = agreement(passes, scheme)
    assert found.documents == sum(n > 1 for n in readers.values()) and found.alone == list(readers.values()).count(1)
    cut = {name: [d for d in documents if readers[d.id] > 1] for name, documents in passes.items()}
    told, without = found.to_dict(), agreement(cut, scheme).to_dict()
    changed = {name for name in told if told[name] != without[name]}
    assert changed <= {"alone", "notes"} and found.alone > 0


# Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", section C: four observers, twelve units, and what is
# missing; alpha for nominal data is 0.743 there
RELIABILITY = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")


def test_alpha_with_missing_readers_is_krippendorffs() -> None:
    counts = np.array([[row.count(c) for c in "12345"] for row in map("".join, zip(*RELIABILITY, strict=True))])
    counts = counts[counts.sum(axis=1) > 1]
    observers = counts.sum(axis=1)
    disagreement = ((observers**2 - (counts**2).sum(axis=1)) / (observers - 1)).sum()
    assert nominal_alpha(disagreement, counts.sum(axis=0)) == pytest.approx(0.743, abs=5e-4)


def by_coincidences(rows: list[list[str]]) -> float:
    """Nominal alpha written down as in Krippendorff 2011: by its matrix of coincidences."""
    matrix: dict[tuple[str, str], float] = defaultdict(float)
    for row in rows:
        for one, other in permutations(row, 2):
            matrix[one, other] += 1 / (len(row) - 1)
    margin: dict[str, float] = defaultdict(float)
    for (one, _), weight in matrix.items():
        margin[one] += weight
    n = sum(margin.values())
    observed = sum(weight for (one, other), weight in matrix.items() if one != other)
    expected = sum(margin[c] * margin[k] for c in margin for k in margin if c != k)
    return 1 - (n - 1) * observed / expected


@pytest.mark.parametrize("seed", range(10))
def test_alpha_over_tokens_is_that_of_the_labels_of_each_token(seed: int, scheme: Scheme) -> None:
    """Each word of the text above is a token, and so are the full stop, the comma and the other words."""
    passes = drawn(random.Random(100 + seed), "abcd")
    for documents in passes.values():
        documents[:] = [Document(id=d.id, text=d.text, spans=d.spans, layer=d.layer) for d in documents]
    tokens = [*WORDS, (24, 26), (32, 34), (41, 42), (52, 53), (54, 55)]
    by_document: dict[str, list[Document]] = {}
    for documents in passes.values():
        for d in documents:
            if d.layer and not d.layer.skipped:
                by_document.setdefault(d.id, []).append(d)
    rows = [
        [next((s.label for s in d.spans if (s.start, s.end) == token), "O") for d in versions]
        for versions in by_document.values()
        if len(versions) > 1
        for token in tokens
    ]
    assert agreement(passes, scheme).token_alpha == pytest.approx(by_coincidences(rows), abs=1e-12)


def by_cells(parts: list[Continuum]) -> float:
    """Alpha-u of one category by the formulas of Krippendorff 2004, p. 253, on rows of cells.

    Each part's pairs of observers count over one less than their number, as in the coefficient for values.
    """

    def differences(one: Units, other: Units) -> int:
        total = 0
        for a, b in one:
            met = [(c, d) for c, d in other if a < d and c < b]
            total += sum((a - c) ** 2 + (b - d) ** 2 for c, d in met) if met else 2 * (b - a) ** 2
        return total

    observed = 0.0
    rows: dict[str, str] = {}  # of each observer, a letter for each place that she has read
    lengths = []
    for part in parts:
        held = {name: units.get("c", ()) for name, units in part.observers.items()}
        observed += sum(differences(held[a], held[b]) for a, b in permutations(held, 2)) / (len(held) - 1)
        for name, units in held.items():
            lengths += [end - start for start, end in units]
            within = {place for start, end in units for place in range(start, end)}
            rows[name] = rows.get(name, "") + "".join("u" if n in within else "." for n in range(part.length))
    gaps = [len(gap) for row in rows.values() for gap in row.split("u") if gap]
    whole = sum(map(len, rows.values()))
    expected = sum(
        (len(lengths) - 1) / 3 * (2 * u**3 - 3 * u**2 + u) + u**2 * sum(gap - u + 1 for gap in gaps if gap >= u)
        for u in lengths
    )
    places = whole * (whole - 1) - sum(u * (u - 1) for u in lengths)
    return 1 - (observed / whole) / (2 * expected / places)


@pytest.mark.parametrize("seed", range(20))
def test_alpha_u_with_missing_readers_is_that_of_its_formulas(seed: int) -> None:
    rng = random.Random(seed)
    parts = []
    for _ in range(6):
        length = rng.randint(20, 60)
        observers = {}
        for name in rng.sample("abcd", rng.randint(2, 4)):
            edges = sorted(rng.sample(range(length), 2 * rng.randint(0, 3)))
            observers[name] = {"c": list(zip(edges[::2], edges[1::2], strict=True))}
        parts.append(Continuum(length, observers))
    alone = Continuum(50, {"a": {"c": [(0, 9)]}})  # read by one: nothing to compare
    assert alpha_u(parts) == alpha_u([alone, *parts]) == pytest.approx(by_cells(parts), abs=1e-12)


def test_a_continuum_that_all_have_read_may_be_cut_where_nobody_has_a_unit() -> None:
    whole = Continuum(100, {"a": {"c": [(5, 20), (60, 80)]}, "b": {"c": [(8, 22), (60, 75)]}})
    left = Continuum(40, {"a": {"c": [(5, 20)]}, "b": {"c": [(8, 22)]}})
    right = Continuum(60, {"b": {"c": [(20, 35)]}, "a": {"c": [(20, 40)]}})
    assert alpha_u([left, right]) == pytest.approx(alpha_u([whole]), abs=1e-12)


def files(folder: Path, **readers: str) -> list[Path]:
    """A file of each pass, over the documents named by a letter each; ben sees no date."""
    kinds = [("ACTOR", 0, 4), ("LOCATION", 27, 31), ("DATE", 35, 41)]
    paths = []
    for name, read in readers.items():
        spans = [span(start, end, label) for label, start, end in kinds if (name, label) != ("ben", "DATE")]
        lines = [record(d, TEXT, spans=spans, layer={"annotator": name}) for d in read]
        paths.append(write_lines(folder / f"{name}.jsonl", *lines))
    return paths


def test_the_command_says_who_read_what(goldspan: Run, tmp_path: Path) -> None:
    passes = files(tmp_path, ann="abx", ben="acy", cy="bc")
    page = tmp_path / "agreement.html"
    shown = goldspan("agree", *passes, "--names", "--html", page)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith("3 documents in two or more passes; 2 in one pass only, not counted, passes:")
    rows = [line.split() for line in shown.stdout.splitlines() if " - " in line]
    assert [row[3:6] for row in rows[:3]] == [["1", "0.800", "0.800"], ["1", "1.000", "1.000"], ["1", "0.800", "0.800"]]
    assert "excluded, as fewer than two passes have read them: 2 documents, x, y" in shown.stderr
    assert "documents read by both" in page.read_text("utf-8")
    data = json.loads(goldspan("agree", *passes, "--names", "--json").stdout)
    assert (data["documents"], data["alone"], [pair["documents"] for pair in data["pairwise"]]) == (3, 2, [1, 1, 1])
    assert {(d["document"], d["kind"], tuple(d["readings"])) for d in data["disagreements"]} == {
        ("a", "missing", ("ann", "ben")),
        ("c", "missing", ("ben", "cy")),
    }


def test_passes_that_share_nothing_have_no_figures(goldspan: Run, tmp_path: Path) -> None:
    passes = files(tmp_path, ann="a", ben="b", cy="c")
    for more in ((), ("--json",), ("--html", tmp_path / "page.html")):
        done = goldspan("agree", *passes, "--names", *more)
        assert (done.returncode, done.stdout) == (1, "")
        assert "no document has been read by two of the passes. Fix: " in done.stderr
    assert not (tmp_path / "page.html").exists()
    # a dataset has its passes all the same, and says that nothing was measured
    whole = files(tmp_path / ".", gold="abc")
    done = goldspan(
        "export", *whole, "--to", "hf", "--out", tmp_path / "d", *(w for p in passes for w in ("--pass", p))
    )
    assert done.returncode == 0, done.stderr
    assert "Not measured: no two passes over the same documents" in (tmp_path / "d" / "README.md").read_text("utf-8")
