"""A corpus of shards through annotate, stats, score and export: time, rate and memory of each process, by size.

`python -m benchmarks.scale 10000 100000` measures these numbers of documents, and
`python -m benchmarks.scale 1000000 two dask` some of the engines: `one` and `two` are so many processes, `dask` is a
cluster of two workers.
"""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from shutil import rmtree

import psutil

from goldspan.annotate.runner.memory import resident_peak

from .process_usage import children_cpu_seconds

_SIZES = (10_000, 100_000)
_SHARD = 5_000
_ENGINES = {
    "one": ("annotate rules, 1 worker", []),
    "two": ("annotate rules, 2 workers", ["--workers", "2"]),
    "dask": ("annotate rules, Dask, 2 workers", ["--engine", "dask", "--workers", "2"]),
}
_POLL_SECONDS = 0.05
_PLACES = ("Kyiv", "El Fasher", "Goma", "Gaza", "Mopti", "Sittwe", "Aleppo", "Kharkiv", "Mogadishu", "Marib")
_SENTENCES = (
    "{name} forces said on {day} that {count} rockets had hit the outskirts of {place}, wounding {few} civilians.",
    "Residents of {place} told reporters that the shelling began at dawn and went on for {few} hours.",
    "The ministry said at least {count} fighters were killed near {place} on {day}, which could not be verified.",
    "Aid agencies warned that {count} people had fled {place} since {day}, most of them women and children.",
    "A spokesman for {name} denied that its troops had entered {place} and called for talks.",
    "On {date}, {few} soldiers were killed in an ambush on the road between {place} and {other}.",
)
_SENTENCES_AN_ARTICLE = 6
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def main(sizes: Sequence[int], engines: Sequence[str]) -> None:
    """Print time, documents a second and peak memory of each step and its largest worker."""
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            _measure(size, engines, Path(folder))


def _measure(size: int, engines: Sequence[str], folder: Path) -> None:
    articles = folder / "articles"
    words = write_articles(size, articles)
    shards = len(list(articles.iterdir()))
    print(f"scale    {size:,} articles of {words / size:.0f} words in {shards} shards", flush=True)
    rules: list[str | Path] = ["annotate", articles, "--extractor", "rules"]
    digests = set()
    for name in engines:
        step, options = _ENGINES[name]
        _run(step, size, [*rules, "--out", folder / name, *options])
        digest = _digest(folder / name)
        digests.add(digest)
        print(f"         its shards have the digest {digest}", flush=True)
        if name != engines[0]:
            rmtree(folder / name)
    if len(engines) > 1:
        print(
            f"         the shards of all engines are {'the same' if len(digests) == 1 else 'NOT THE SAME'}", flush=True
        )
    suggestions = folder / engines[0]
    _write_gold(suggestions, folder / "gold")
    _run("corpus stats", size, ["corpus", "stats", suggestions])
    _run("score, 1000 resamples", size, ["score", folder / "gold", suggestions])
    _run("export to a dataset", size, ["export", suggestions, "--to", "hf", "--out", folder / "dataset"])


def _run(step: str, size: int, arguments: Sequence[str | Path]) -> None:
    """Run goldspan, and print what it took; memory is the peak of the command, and of its largest child process."""
    started, before = time.perf_counter(), children_cpu_seconds()
    command = [Path(sys.executable).with_name("goldspan"), *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    peak = largest = 0.0
    while process.poll() is None:
        peak = max(peak, resident_peak(process.pid) or 0)
        try:
            children = psutil.Process(process.pid).children(recursive=True)
        except psutil.Error:
            children = []
        largest = max([largest, *(resident_peak(child.pid) or 0 for child in children)])
        time.sleep(_POLL_SECONDS)
    seconds, processor = time.perf_counter() - started, children_cpu_seconds() - before
    if process.returncode:
        problem = process.stderr.read().decode() if process.stderr else ""
        raise SystemExit(f"{step}: ended with status {process.returncode}\n{problem}")
    of_worker = f", largest worker {largest:.0f} MB" if largest else ""
    rate = f"{size / seconds:,.0f} documents a second"
    times = f"{seconds:8.1f} s, {processor:.1f} s of processor time"
    print(f"         {step:<32} {times}, {rate}, peak {peak:.0f} MB{of_worker}", flush=True)


def write_articles(size: int, folder: Path) -> int:
    """Write shards of articles, and return how many words they have."""
    folder.mkdir()
    rng = random.Random(11)
    words = 0
    for first in range(0, size, _SHARD):
        with (folder / f"part-{first // _SHARD:05}.jsonl").open("w", encoding="utf-8") as shard:
            for number in range(first, min(first + _SHARD, size)):
                text = _article(rng)
                words += len(text.split())
                meta = {"published": f"2023-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"}
                shard.write(json.dumps({"id": f"{number:09}", "text": text, "meta": meta, "spans": []}) + "\n")
    return words


def _article(rng: random.Random) -> str:
    def sentence() -> str:
        name = "".join(rng.choice("abcdeilmnorstu") for _ in range(7)).title()
        date = f"{rng.randrange(1, 29)} {rng.choice(('March', 'June', 'October'))} {rng.randrange(2010, 2024)}"
        place, other = rng.sample(_PLACES, 2)
        return rng.choice(_SENTENCES).format(
            name=name, day=rng.choice(_DAYS), count=rng.randrange(10, 500), few=rng.randrange(2, 10), place=place,
            other=other, date=date,
        )  # fmt: skip

    return " ".join(sentence() for _ in range(_SENTENCES_AN_ARTICLE))


def _write_gold(predictions: Path, folder: Path) -> None:
    """Write a gold with most of the spans of predictions, some of them with other bounds."""
    folder.mkdir()
    rng = random.Random(12)
    for path in sorted(predictions.glob("*.jsonl")):
        with path.open("rb") as lines, (folder / path.name).open("w", encoding="utf-8") as gold:
            for line in lines:
                record = json.loads(line)
                record["spans"] = list(_changed(rng, record["spans"]))
                record.pop("layer")
                gold.write(json.dumps(record, ensure_ascii=False) + "\n")


def _changed(rng: random.Random, spans: list[dict[str, object]]) -> Iterator[dict[str, object]]:
    for span in spans:
        draw = rng.random()
        if draw < 0.8:
            yield span
        elif draw < 0.9 and isinstance(start := span["start"], int) and isinstance(end := span["end"], int):
            yield span | {"end": max(start + 1, end - 1)}


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.jsonl")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    names = [argument for argument in sys.argv[1:] if not argument.isdigit()]
    main([int(argument) for argument in sys.argv[1:] if argument.isdigit()] or _SIZES, names or list(_ENGINES))
