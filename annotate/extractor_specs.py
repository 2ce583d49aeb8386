"""Specs of extractors (`NAME:ARGUMENTS`): what they state, without some arguments, or with others."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ..schema import Extractor, UsageError
from .registry import parameters_of, split_arguments
from .several_specs import join_specs, split_specs

_CONCURRENCY = "concurrency"


def spec_of_result(spec: str) -> str:
    """Return a spec without the arguments that no span depends on: an interrupted run continues with others.

    Raises:
        GoldspanError: As for `parameters_of`.
    """
    parameters = parameters_of(spec)
    spec = _without(spec, {parameter.name for parameter in parameters if parameter.operational})
    name, _, text = spec.partition(":")
    nested = {parameter.name for parameter in parameters if parameter.specs}
    arguments = [
        join_specs([spec_of_result(each) for each in split_specs(value)]) if key in nested and value else part
        for key, value, part in split_arguments(text, parameters)
    ]
    return f"{name}:{','.join(arguments)}" if nested else spec


def spec_for_workers(spec: str, extractor: Extractor, workers: int) -> str:
    """Return the spec by which each of several workers loads its own extractor; they share the requests at a time.

    Args:
        spec: The spec.
        extractor: The extractor that it names.
        workers: The number of workers.

    Raises:
        UsageError: There may be only one such extractor in a run, or fewer than there are workers.
        GoldspanError: As for `parameters_of`.
    """
    if reason := getattr(extractor, "only_one", ""):
        raise UsageError(f"the extractor {extractor.name}: {reason}. Fix: 1 as `workers`; concurrency=N works as well")
    concurrency: int | None = getattr(extractor, _CONCURRENCY, None)
    if workers == 1 or concurrency is None:
        return spec
    if workers > concurrency:
        few = f"{concurrency} requests at a time are too few for {workers} workers, of which each needs one"
        fix = f"concurrency={workers}, or {concurrency} as `workers`"
        raise UsageError(f"the extractor {extractor.name}: {few}. Fix: {fix}")
    return with_arguments(spec, {_CONCURRENCY: str(concurrency // workers)})


def stated_arguments(spec: str) -> dict[str, str]:
    """Return the arguments that a spec states, as written, by name.

    Raises:
        GoldspanError: As for `parameters_of`.
    """
    parameters = parameters_of(spec)
    _, colon, text = spec.partition(":")
    return {name: value or "" for name, value, _ in split_arguments(text, parameters)} if colon else {}


def with_arguments(spec: str, arguments: Mapping[str, str]) -> str:
    """Return a spec with arguments in place of those of their names.

    Raises:
        GoldspanError: As for `parameters_of`.
    """
    if not arguments:
        return spec
    plain = _without(spec, arguments)
    return f"{plain}{',' if ':' in plain else ':'}{','.join(f'{name}={value}' for name, value in arguments.items())}"


def _without(spec: str, names: Collection[str]) -> str:
    name, colon, text = spec.partition(":")
    if not colon:
        return spec
    arguments = [part for key, _, part in split_arguments(text, parameters_of(spec)) if key not in names]
    return f"{name}:{','.join(arguments)}" if arguments else name
