"""`goldspan doctor`: what is installed, what is missing and how to get it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from ..console import error, result, result_json
from ..options import Json

if TYPE_CHECKING:
    from ...workflows.diagnosis import Diagnosis


def doctor(context: typer.Context, json: Json = False) -> None:
    """Say what is installed, what is missing and how to get it, and which servers run.

    Ends with status 3 where something that is needed is missing. Extras and Label Studio are needed on demand only.
    """
    from ...workflows.diagnosis import diagnose

    found = diagnose()
    configuration = _configuration(context)
    faults = [*found.faults, *([str(configuration["fault"])] if configuration["fault"] else [])]
    if json:
        result_json(_as_data(found, configuration, faults))
    else:
        _show(found, configuration)
        for fault in faults:
            error(fault)
        result(f"\n{len(faults)} faults" if faults else "\nall that is needed is there")
    if faults:
        raise typer.Exit(3)


def _configuration(context: typer.Context) -> dict[str, Any]:
    """The file of defaults in force, and what is wrong with it."""
    from ...schema import UsageError
    from ..configuration import active_config, load
    from ..option_schema import option_schema

    path, named = None, False
    try:
        path, named = active_config()
        if path is not None:
            group: Any = context.find_root().command
            load(path, option_schema(group), named=named)
    except UsageError as fault:
        return {"path": None if path is None else str(path), "named": named, "fault": str(fault)}
    return {"path": None if path is None else str(path), "named": named, "fault": None}


def _as_data(found: Diagnosis, configuration: dict[str, Any], faults: list[str]) -> dict[str, Any]:
    return {
        "ok": not faults,
        "faults": faults,
        "goldspan": found.version,
        "python": {"version": found.python, "needs": found.python_needs},
        "packages": [
            {"name": p.name, "needs": p.needs or None, "version": p.version, "fault": p.fault or None}
            for p in found.packages
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
            for extra in found.extras
        ],
        "studio": found.studio,
        "disk": found.disk,
        "terminal": found.terminal,
        "completion": found.completion,
        "configuration": configuration,
    }


def _show(found: Diagnosis, configuration: dict[str, Any]) -> None:
    result(f"goldspan {found.version}, Python {found.python}")
    result("\npackages")
    for package in found.packages:
        result(f"  {package.name} {package.version or '-'}{f': {package.fault}' if package.fault else ''}")
    result("\nextras")
    for extra in found.extras:
        result(f"  {extra.name}: {'installed' if extra.installed else 'not installed'}. {extra.gives}")
        if not extra.installed:
            for package in extra.packages:
                if package.fault:
                    result(f"    {package.name}: {package.fault}")
            result(f"    to get it: {extra.fix}")
    _show_studio(found.studio)
    result("\nfree room on the disk")
    for item in found.disk:
        free = "unknown" if item["free_bytes"] is None else f"{item['free_bytes'] / 1e9:.1f} GB"
        result(f"  {item['for']}: {free} ({item['path']})")
    _show_place(found, configuration)


def _show_studio(studio: dict[str, Any]) -> None:
    from ...workflows.diagnosis import STUDIO_NEEDS

    result("\nLabel Studio (to annotate; any browser opens its page, here or elsewhere)")
    if not studio["supported"]:
        result("  goldspan's own server runs on Linux and macOS. Fix: start one yourself and name it with --url")
    elif studio["installed"]:
        template = "" if studio["template"] else ", the first start prepares its database"
        result(f"  installed: {studio['version']}{template} ({studio['environment']})")
    else:
        room = f"{STUDIO_NEEDS / 1e9:.1f} GB"
        result(f"  not installed: goldspan studio up fetches version {studio['version']}, about {room}")
    for server in studio["servers"]:
        if server["running"]:
            result(f"  server {server['name']} runs: {server['url']} (process {server['pid']})")
        elif server["pid"]:
            result(f"  server {server['name']}: process {server['pid']} runs and does not answer yet")
        else:
            result(f"  server {server['name']} does not run ({server['data']})")


def _show_place(found: Diagnosis, configuration: dict[str, Any]) -> None:
    terminal = found.terminal
    ends = ", ".join(name for name in ("stdin", "stdout", "stderr") if terminal[name]) or "none of the streams"
    result(
        f"\nterminal: {ends}; {terminal['columns']} columns, {terminal['encoding']}, {terminal['type'] or 'no TERM'}"
    )
    result("  bars are shown where stderr is one; colours never")
    completion = found.completion
    shell = completion["shell"] or "an unknown shell"
    if completion["installed"]:
        result(f"completion: installed for {shell} ({completion['path']})")
    else:
        result(f"completion: not installed for {shell}. To get it: {completion['fix']}")
    if configuration["path"] is None:
        result("configuration: none (goldspan.toml in this folder or one above it, or GOLDSPAN_CONFIG)")
    else:
        how = "named in GOLDSPAN_CONFIG" if configuration["named"] else "found"
        result(f"configuration: {configuration['path']} ({how})")
