"""`goldspan doctor`: what is installed, what is missing and how to get it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from ...schema.errors import pluralize
from ..console import error, result, result_json
from ..options import Json

if TYPE_CHECKING:
    from ...workflows.diagnosis import Diagnosis


def doctor(context: typer.Context, json: Json = False) -> None:
    """Show what is installed, what is missing and how to get it, and which servers are running.

    Ends with status 3 if something required is missing. Extras and Label Studio are optional.
    """
    from ...workflows.diagnosis import diagnose

    diagnosis = diagnose()
    configuration = _configuration(context)
    faults = [*diagnosis.faults, *([str(configuration["fault"])] if configuration["fault"] else [])]
    if json:
        result_json(_as_data(diagnosis, configuration, faults))
    else:
        _show(diagnosis, configuration)
        for fault in faults:
            error(fault)
        result(f"\n{pluralize(len(faults), 'problem')}" if faults else "\neverything required is installed")
    if faults:
        raise typer.Exit(3)


def _configuration(context: typer.Context) -> dict[str, Any]:
    """Return the active configuration file, and what is wrong with it."""
    from ...schema import UsageError
    from ..configuration import active_config, load
    from ..option_schema import option_schema

    path, named = None, False
    try:
        path, named = active_config()
        if path is not None:
            group: Any = context.find_root().command
            load(path, option_schema(group), named=named)
    except UsageError as error:
        return {"path": None if path is None else str(path), "named": named, "fault": str(error)}
    return {"path": None if path is None else str(path), "named": named, "fault": None}


def _completion() -> dict[str, Any]:
    """Return whether the shell completes the command, and how to install completion."""
    from ..completion import completion_status

    status = completion_status()
    return {
        "shell": status.shell or None,
        "installed": status.path is not None,
        "path": None if status.path is None else str(status.path),
        "fix": "goldspan --install-completion",
    }


def _as_data(diagnosis: Diagnosis, configuration: dict[str, Any], faults: list[str]) -> dict[str, Any]:
    return {
        "ok": not faults,
        "faults": faults,
        "goldspan": diagnosis.version,
        "python": {"version": diagnosis.python, "needs": diagnosis.python_needs},
        "packages": [
            {"name": p.name, "needs": p.needs or None, "version": p.version, "fault": p.fault or None}
            for p in diagnosis.packages
        ],
        "extras": [
            {
                "name": extra.name,
                "gives": extra.gives,
                "installed": extra.installed,
                "fix": None if extra.installed else extra.fix,
                "packages": [
                    {"name": p.name, "needs": p.needs or None, "version": p.version, "fault": p.fault or None}
                    for p in extra.packages
                ],
            }
            for extra in diagnosis.extras
        ],
        "gazetteer": diagnosis.gazetteer,
        "studio": diagnosis.studio,
        "disk": diagnosis.disk,
        "terminal": diagnosis.terminal,
        "completion": _completion(),
        "configuration": configuration,
    }


def _show(diagnosis: Diagnosis, configuration: dict[str, Any]) -> None:
    result(f"goldspan {diagnosis.version}, Python {diagnosis.python}")
    result("\npackages")
    for package in diagnosis.packages:
        result(f"  {package.name} {package.version or '-'}{f': {package.fault}' if package.fault else ''}")
    result("\nextras")
    for extra in diagnosis.extras:
        result(f"  {extra.name}: {'installed' if extra.installed else 'not installed'}. {extra.gives}")
        if not extra.installed:
            for package in extra.packages:
                if package.fault:
                    result(f"    {package.name}: {package.fault}")
            result(f"    to install: {extra.fix}")
    if diagnosis.gazetteer is not None:
        result(f"\ngazetteer: {diagnosis.gazetteer} (settlements and divisions of GeoNames, CC BY 4.0)")
    _show_studio(diagnosis.studio)
    result("\nfree disk space")
    for item in diagnosis.disk:
        free = "unknown" if item["free_bytes"] is None else f"{item['free_bytes'] / 1e9:.1f} GB"
        result(f"  {item['for']}: {free} ({item['path']})")
    _show_terminal(diagnosis, configuration)


def _show_studio(studio: dict[str, Any]) -> None:
    from ...workflows.diagnosis import STUDIO_NEEDS

    result("\nLabel Studio (for annotation, in any browser)")
    if not studio["supported"]:
        result(
            "  goldspan's own server needs Linux or macOS. Fix: start a Label Studio yourself and name it with --url"
        )
    elif studio["installed"]:
        template = "" if studio["template"] else ", its database is set up at the first start"
        result(f"  installed: {studio['version']}{template} ({studio['environment']})")
    else:
        size = f"{STUDIO_NEEDS / 1e9:.1f} GB"
        result(f"  not installed: goldspan studio up installs version {studio['version']}, about {size}")
    for server in studio["servers"]:
        database = f", database {server['database']}" if server["database"] not in (None, "sqlite") else ""
        if server["running"]:
            result(f"  server {server['name']} is running: {server['url']} (process {server['pid']}){database}")
        elif server["pid"]:
            result(f"  server {server['name']}: process {server['pid']} is running, but does not answer yet")
        else:
            result(f"  server {server['name']} is not running ({server['data']}){database}")


def _show_terminal(diagnosis: Diagnosis, configuration: dict[str, Any]) -> None:
    terminal = diagnosis.terminal
    streams = ", ".join(name for name in ("stdin", "stdout", "stderr") if terminal[name]) or "no stream"
    result(
        f"\nterminal: {streams}; {terminal['columns']} columns, {terminal['encoding']}, {terminal['type'] or 'no TERM'}"
    )
    result("  progress bars are shown if stderr is a terminal; no colours are used")
    completion = _completion()
    shell = completion["shell"] or "an unknown shell"
    if completion["installed"]:
        result(f"completion: installed for {shell} ({completion['path']})")
    else:
        result(f"completion: not installed for {shell}. To install: {completion['fix']}")
    if configuration["path"] is None:
        result("configuration: none (goldspan.toml in this folder or one above, or GOLDSPAN_CONFIG)")
    else:
        source = "named by GOLDSPAN_CONFIG" if configuration["named"] else "found"
        result(f"configuration: {configuration['path']} ({source})")
