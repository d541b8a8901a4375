"""`reach data`: make, build, refresh, check, list and compare the area packs."""

import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from commands.building import build_command, megabytes, new_command
from commands.console import check_out, name_some, new_group, terminal, write_text
from commands.refresh import add_refresh
from geo.errors import PackError
from wording.rounding import digits, fixed, shortest

if TYPE_CHECKING:
    import pandas as pd

    from analysis.trends.pack_changes import PackChanges
    from geo.network.report import NetworkReport, Tied
    from geo.reconcile import Line

data_commands = new_group("Make, build, refresh, check, list and compare the area packs.")
add_refresh(data_commands)


class Format(StrEnum):
    """Output formats of the changes."""

    TABLE = "table"
    JSON = "json"


data_commands.command("build")(build_command)
data_commands.command("new")(new_command)


@data_commands.command("check")
def check_command(area: Annotated[str, typer.Argument(help="Name of the area.")]) -> None:
    """Check an area pack, and hold its figures against what its sources state."""
    from geo.reconcile import check_pack

    pack, lines = check_pack(area)
    console = terminal()
    tick = "✓" if console.encoding.startswith("utf") else "yes"
    console.print(_reconciliation(f"{pack.name}: figures against their sources", lines, tick))
    for line in _network_lines(pack.manifest.network, pack.manifest.particulars.whole):
        console.print(line, soft_wrap=True)
    console.print(
        f"The pack is whole: {len(pack.manifest.files)} files as they were built, "
        f"{sum(line.exact for line in lines)} figures met exactly."
    )


@data_commands.command("list")
def list_command() -> None:
    """List the areas that there is a pack for."""
    from geo.packs import list_packs, open_pack, packs_folder

    console = terminal()
    table = Table("Area", "Name", "Wards", "Target wards", "Baselines", "MB", box=None, pad_edge=False)
    for area in list_packs():
        try:
            pack = open_pack(area)
        except PackError as error:
            table.add_row(area, f"cannot be opened: {error}")
            continue
        size = fixed(megabytes(packs_folder() / area), 1)
        wards, targets = str(len(pack.wards)), str(len(pack.target_wards))
        table.add_row(area, pack.name, wards, targets, ", ".join(pack.baselines), size)
    console.print(table if table.row_count else f"There is no area pack in {packs_folder()}.")


@data_commands.command("summary")
def summary_command(
    area: Annotated[str, typer.Argument(help="Name of the area.")],
    out: Annotated[Path | None, typer.Option(help="Where to write it; standard output when left out.")] = None,
) -> None:
    """Write what has to be kept of a pack to tell later what changed since (JSON)."""
    from analysis.trends.pack_summary import summarise, to_json
    from geo.packs import open_pack

    check_out(out)
    write_text(to_json(summarise(open_pack(area))), out)


@data_commands.command("changes")
def changes_command(
    area: Annotated[str, typer.Argument(help="Name of the area.")],
    since: Annotated[
        Path, typer.Option(exists=True, help="The earlier pack: its folder, that as a .zip, or its summary.")
    ],
    form: Annotated[Format, typer.Option("--format", help="A table to read, or JSON.")] = Format.TABLE,
) -> None:
    """Tell what changed since an earlier pack: sources, services, ward figures, and who can reach what."""
    from analysis.trends.earlier_pack import read_earlier
    from analysis.trends.pack_changes import pack_changes
    from analysis.trends.pack_summary import summarise
    from geo.packs import open_pack

    changes = pack_changes(read_earlier(since), summarise(open_pack(area)))
    if form is Format.JSON:
        write_text(json.dumps(_changes_content(changes), indent=2, ensure_ascii=False, allow_nan=False) + "\n", None)
    else:
        _print_changes(changes)


def _changes_content(changes: "PackChanges") -> dict[str, Any]:
    """Return the changes as plain values for JSON; null for figures that may not be shown."""
    from wording.pack_changes import sentences

    def rows(frame: "pd.DataFrame") -> list[dict[str, Any]]:
        return [
            {str(key): None if value != value else value for key, value in row.items()}
            for row in frame.astype(object).to_dict(orient="records")
        ]

    return {
        "area": changes.after.area,
        "before": changes.before.digest,
        "after": changes.after.digest,
        "told": sentences(changes),
        "renewed_parts": list(changes.parts),
        **{name: rows(frame) for name, frame in changes.frames.items()},
    }


def _print_changes(changes: "PackChanges") -> None:
    from wording.pack_changes import category_words, sentences

    console = terminal()
    console.print(f"{changes.after.name}: pack {changes.before.digest} against {changes.after.digest}")
    for sentence in sentences(changes):
        console.print(f"- {sentence}")
    titles = {
        "sources": "Sources",
        "places": "Services",
        "figures": "Ward figures",
        "reach": "Who can reach what",
        "not_compared": "Not compared",
    }
    for name, frame in changes.frames.items():
        if frame.empty:
            continue
        shown = frame.drop(columns=[key for key in ("id", "key", "code", "measure") if key in frame])
        for column in shown.columns.intersection(["category", "service"]):
            shown[column] = shown[column].map(category_words)
        table = Table(title=titles[name], title_justify="left", box=None, pad_edge=False)
        for heading in shown.columns:
            table.add_column(str(heading).replace("_", " "), no_wrap=heading == "name")
        for row in shown.itertuples(index=False):
            table.add_row(*(_cell(value) for value in row))
        console.print()
        console.print(table)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if value != value else shortest(value)
    return str(value)


def _reconciliation(title: str, lines: "list[Line]", tick: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("Figure", ratio=1)
    table.add_column("Stated by")
    for heading in ("Stated", "Pack"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("Held", no_wrap=True)
    for line in lines:
        held = f"exact {tick}" if line.exact else "comparison"
        table.add_row(
            line.figure,
            line.stated_by.removesuffix(", for comparison"),
            _figure(line.stated, line.exact),
            _figure(line.pack, line.exact),
            held,
        )
    return table


def _figure(value: float, exact: bool) -> str:
    """Write a figure with decimals that suit its size; an exact one as a whole number."""
    if exact or abs(value) >= 100:
        return fixed(value, thousands=True)
    return fixed(value, 3 if abs(value) < 1 else 1)


def _network_lines(network: "NetworkReport", whole: str) -> Iterator[str]:
    every, inside = (fixed(km, thousands=True) for km in (network.length_km, network.borough_length_km))
    yield (
        f"Streets: {every} km in {digits(network.edges)} pieces. In the {whole} {inside} km; "
        f"{fixed(network.connected_share_borough * 100, 1)} % of it is connected."
    )
    yield (
        f"Left out: {network.islands} groups of streets that nothing joins to the rest "
        f"({network.islands_in_borough} in the {whole}), and {len(network.services_left_out)} services "
        "away from any street."
    )
    dropped = network.classes_left_out
    if dropped:
        classes = ", ".join(f"{name} {fixed(km, 1, thousands=True)} km" for name, km in dropped.items())
        yield f"Streets of the file that nobody may use, by class: {classes}."
    limit = f"{fixed(network.max_connector_m)} m"
    for mode, entry in network.modes.items():
        metres = entry.homes.connector_m
        half, most, furthest = (fixed(far) for far in (metres.median, metres.p95, metres.max))
        yield (
            f"{mode}: {fixed(entry.usable_length_km, thousands=True)} km. From home to street {half} m for half, "
            f"{most} m (95 %), {furthest} m (furthest). Further than {limit}: "
            f"{_far('homes', entry.homes)}; {_far('services', entry.services)}."
        )


def _far(kind: str, tied: "Tied") -> str:
    far, by_steps = tied.off_network, tied.by_steps
    words = f"{len(far)} of {digits(tied.count)} {kind}" + (f" ({name_some(far)})" if far else "")
    return words + (f", and {len(by_steps)} only by steps ({name_some(by_steps)})" if by_steps else "")
