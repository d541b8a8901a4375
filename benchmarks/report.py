"""Report of the benchmarks: facts of the machine, a table for each group, the budgets; or the same as JSON."""

import json
import os
import platform
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.setting import Budget, Outcome, Setting
from geo.files import write_whole

_LIBRARIES = ("numpy", "scipy", "pandas", "geopandas", "shapely", "osmnx", "networkx", "igraph", "pandana", "ferrobus")


def facts(setting: Setting) -> dict[str, Any]:
    """Return the facts that a reader needs to understand the figures: machine, versions, size of the network."""
    network = setting.pack.network
    return {
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {_processor()}",
        "load": _load(),
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in _LIBRARIES},
        "area": setting.pack.code,
        "pack": setting.pack.digest,
        "mode": setting.access.streets.mode.name,
        "nodes": network.n_nodes,
        "edges": network.n_edges,
        "homes": len(setting.access.homes),
        "sites": len(setting.sites),
        "repeats": setting.options.repeats,
    }


def show(console: Console, known: dict[str, Any], outcomes: dict[str, tuple[str, Outcome]]) -> None:
    """Print everything; `outcomes` is group name: (title, outcome)."""
    libraries = ", ".join(f"{name} {number}" for name, number in known["versions"].items())
    console.print(f"{known['machine']}; load {known['load']}; Python {known['python']}; {libraries}", highlight=False)
    console.print(
        f"{known['area']} {known['pack']}, {known['mode']}: {known['nodes']:,} junctions, {known['edges']:,} streets, "
        f"{known['homes']:,} homes, {known['sites']} sites. Best of {known['repeats']} rounds taken in turns (nearest: "
        "twice as many; slow ones: fewer). Every answer was compared with ours first.",
        highlight=False,
    )
    for title, outcome in outcomes.values():
        _show_rows(console, title, outcome)
    budgets = [budget for _, outcome in outcomes.values() for budget in outcome.budgets]
    if budgets:
        _show_budgets(console, budgets)


def save(path: Path, known: dict[str, Any], outcomes: dict[str, tuple[str, Outcome]]) -> None:
    """Write everything as JSON, seconds and megabytes."""
    groups = {
        name: {
            "title": title,
            "rows": [asdict(row) for row in outcome.rows],
            "budgets": [asdict(budget) | {"met": budget.met} for budget in outcome.budgets],
            "skipped": outcome.skipped,
        }
        for name, (title, outcome) in outcomes.items()
    }
    write_whole(path, (json.dumps({"facts": known, "groups": groups}, indent=2) + "\n").encode())


def _show_rows(console: Console, title: str, outcome: Outcome) -> None:
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("Work")
    table.add_column("Who")
    for heading in ("Best", "Median", "÷ ours", "Memory", "Differs by"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("What the time includes")
    previous = ""
    for row in outcome.rows:
        if previous and row.work != previous:
            table.add_section()
        table.add_row(
            row.work if row.work != previous else "",
            row.who,
            seconds_words(row.best_s),
            seconds_words(row.median_s),
            "" if row.times_ours is None else f"{row.times_ours:.2f} ×",
            "" if row.memory_mb is None else f"{row.memory_mb:.0f} MB",
            "" if row.difference is None else f"{row.difference:.1g}",
            row.includes + (f" [bold red]{row.mistake}[/]" if row.mistake else ""),
        )
        previous = row.work
    console.print()
    console.print(table)
    for line in outcome.skipped:
        console.print(f"skipped {line}", highlight=False, markup=False)


def _show_budgets(console: Console, budgets: list[Budget]) -> None:
    table = Table(title="Budgets", title_justify="left", title_style="bold")
    for heading in ("Work", "Measured", "Budget", "Verdict"):
        table.add_column(heading)
    for budget in budgets:
        sign = "at most" if budget.at_most else "at least"
        verdict = "[green]met[/]" if budget.met else "[bold red]missed[/]"
        table.add_row(
            budget.work, _figure(budget.measured, budget.unit), f"{sign} {_figure(budget.limit, budget.unit)}", verdict
        )
    console.print()
    console.print(table)


def seconds_words(seconds: float | None) -> str:
    """Return seconds in a readable unit: ``4.1 ms``, ``1.3 s``."""
    if seconds is None:
        return "–"
    return (
        f"{seconds:.2f} s"
        if seconds >= 1
        else f"{seconds * 1000:.2f} ms"
        if seconds < 0.1
        else f"{seconds * 1000:.0f} ms"
    )


def _figure(value: float, unit: str) -> str:
    return f"{value:.2f} ×" if unit == "×" else seconds_words(value)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "–"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or "processor unknown"


def _load() -> str:
    try:
        return f"{os.getloadavg()[0]:.1f}"
    except (OSError, AttributeError):
        return "unknown"
