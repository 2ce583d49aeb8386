"""What a large corpus needs: core hours, hours, storage and cost of each step, from its rate on one core.

`python -m benchmarks.capacity` prints the table of docs/scale.md, from rates that were measured once. Further arguments
change what it assumes: `articles=50000000 cores=64 core_hour=0.03 gigabyte_month=0.02 words=600`. With the argument
`measure`, the rates of this machine are measured first, which takes a minute.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, nan
from pathlib import Path

from .process_usage import run_measured
from .scale import write_articles

_MEASURED = 2000
_FREE = ("core_hour", "gigabyte_month")  # prices, which may be 0

WORDS = 103
"""Words of an article of `benchmarks.scale`."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step over a corpus.

    Attributes:
        command: What is called, with its options.
        rate: Articles of `WORDS` words a second of processor time.
        size: Bytes of its result for each article; 0 if it has none to speak of.
        cores: Whether several cores can work on one corpus.
        reads: The folder that it reads.
        writes: The folder that it writes; empty if it prints its result.
    """

    command: str
    rate: float
    size: float
    cores: bool = False
    reads: str = ""
    writes: str = ""


STEPS = (
    Step("corpus build", 3000, 786, reads="articles", writes="built"),
    Step("annotate --extractor rules", 710, 3260, cores=True, reads="built", writes="annotated"),
    Step("corpus stats", 15_000, 0, cores=True, reads="annotated"),
    Step("export --to hf", 760, 906, reads="annotated", writes="dataset"),
)
"""As measured over 10,000 articles in November 2026, beside other work on two cores (AMD EPYC), less the start."""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What is assumed, beside the rates.

    Attributes:
        articles: Number of articles.
        words: Words of an article; time and size grow with them.
        cores: Number of cores.
        core_hour: Price of a core for an hour, in any currency.
        gigabyte_month: Price of 10^9 bytes for a month.
    """

    articles: float = 10_000_000
    words: float = WORDS
    cores: float = 32
    core_hour: float = 0.05
    gigabyte_month: float = 0.023


def table(steps: Sequence[Step], given: Assumptions) -> Iterator[str]:
    """Yield the rows of a Markdown table: what each step needs, and all of them together."""
    yield "| step | core hours | hours | cost of the cores | GB written | cost of a month |"
    yield "|---|---|---|---|---|---|"
    total: tuple[float, ...] = (0.0,) * 5
    for step in steps:
        row = needs(step, given)
        total = tuple(map(sum, zip(total, row, strict=True)))
        yield _row(f"`{step.command}`", row)
    yield _row("all", total)


def needs(step: Step, given: Assumptions) -> tuple[float, ...]:
    """Return core hours, hours, cost of these, GB written and cost of keeping them for a month."""
    longer = given.words / WORDS
    core_hours = given.articles * longer / step.rate / 3600
    hours = core_hours / (given.cores if step.cores else 1)
    gigabytes = given.articles * longer * step.size / 1e9
    return core_hours, hours, core_hours * given.core_hour, gigabytes, gigabytes * given.gigabyte_month


def _row(name: str, figures: Sequence[float]) -> str:
    return f"| {name} | {' | '.join(_shown(figure) for figure in figures)} |"


def _shown(figure: float) -> str:
    """Return a figure with two significant digits: rates are known no better."""
    return f"{float(f'{figure:.2g}'):,.10g}" if figure else "-"


def measure(articles: int) -> list[Step]:
    """Measure the rates of this machine, by processor time, over so many generated articles; less those of one."""
    with tempfile.TemporaryDirectory() as folder:
        many, one = Path(folder, "many"), Path(folder, "one")
        for place, number in ((many, articles), (one, 1)):
            place.mkdir()
            write_articles(number, place / "articles")
        measured = []
        for step in STEPS:
            rate = (articles - 1) / (_seconds(step, many) - _seconds(step, one))
            written = (many / step.writes).rglob("*") if step.writes else ()
            size = sum(path.stat().st_size for path in written if path.is_file()) / articles
            measured.append(replace(step, rate=rate, size=size))
        return measured


def _seconds(step: Step, folder: Path) -> float:
    command: list[str | Path] = [Path(sys.executable).with_name("goldspan"), *step.command.split()]
    command += [folder / step.reads, *(("--out", folder / step.writes) if step.writes else ())]
    usage = run_measured(command)
    if usage.status:
        raise SystemExit(f"goldspan {step.command}: ended with status {usage.status}")
    return usage.cpu_seconds


def main(arguments: Sequence[str]) -> None:
    """Print the rates and what follows from them."""
    steps = measure(_MEASURED) if "measure" in arguments else list(STEPS)
    for step in steps:
        print(f"{step.command:<28} {step.rate:8,.0f} articles a second and core, {step.size:6,.0f} bytes an article")
    given = Assumptions(**_numbers([argument for argument in arguments if argument != "measure"]))
    print(f"\n{given}\n")
    print("\n".join(table(steps, given)))


def _numbers(arguments: Sequence[str]) -> Mapping[str, float]:
    numbers: dict[str, float] = {}
    for argument in arguments:
        name, _, number = argument.partition("=")
        if name not in Assumptions.__dataclass_fields__:
            raise SystemExit(f"{argument}: unknown. Fix: {', '.join(Assumptions.__dataclass_fields__)}=NUMBER, measure")
        if name in numbers:
            raise SystemExit(f"{argument}: {name} is stated twice. Fix: state it once")
        numbers[name] = _number(argument, number, least=0 if name in _FREE else 1)
    return numbers


def _number(argument: str, stated: str, *, least: int) -> float:
    try:
        number = float(stated)
    except ValueError:
        number = nan
    if not least <= number < inf:
        raise SystemExit(f"{argument}: not a number that this can be. Fix: a number of at least {least}")
    return number


if __name__ == "__main__":
    main(sys.argv[1:])
