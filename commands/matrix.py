"""`reach matrix`: the travel-time matrix between a user's own points (origins) and sites (destinations)."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import numpy as np
import typer

from commands.console import check_out, note, whole_file
from commands.options import Area, Assumed, Between, Day, Leaving, SureOf, open_area
from commands.output import Printable, printing
from commands.points import mode_at, name_off_network, note_timetable
from wording.rounding import digits, fixed

if TYPE_CHECKING:
    from analysis.travel.access import Access
    from geo.network.snapping import Snapped

COLUMNS = ("site", "point", "minutes")
# Many enough for an efficient search, and few enough that tens of thousands of points fit into memory.
_SITES_AT_ONCE = 256


def matrix_command(
    sites: Annotated[Path, typer.Option(help="File of sites (CSV, workbook, map): names, positions.", metavar="FILE")],
    points: Annotated[Path, typer.Option(help="File of points to travel from, likewise.", metavar="FILE")],
    area: Area = None,
    mode: Annotated[str, typer.Option(help="How families travel.")] = "walk_pram",
    speed: Annotated[float | None, typer.Option(help="Another speed for the mode, km/h.", metavar="KMH")] = None,
    steps_penalty: Annotated[
        float | None,
        typer.Option(help="What a flight of steps costs besides its walk; 120 with a pram.", metavar="SECONDS"),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File to write instead of printing.", metavar="FILE")] = None,
    day: Day = None,
    between: Between = None,
    sure: SureOf = None,
    assumed: Assumed = False,
) -> None:
    """Write the minutes from every point to every site.

    The CSV has the columns site, point and minutes; minutes have two decimals, and are empty where there is no way.
    """
    check_out(out, [sites, points])

    from analysis.travel.access import Access
    from geo.own.sites import read_sites

    chosen = mode_at(mode, speed, steps_penalty, Leaving(day, between, sure, assumed))
    pack = open_area(area)
    # Both files are read before points off the network are reported, so that bad rows are reported first.
    tables = {"site": read_sites(sites, pack), "point": read_sites(points, pack)}
    access = Access.of(pack, chosen)
    note_timetable(pack, chosen)
    snapped = {}
    for kind, table in tables.items():
        xy = table[["easting", "northing"]].to_numpy(np.float64)
        snapped[kind] = access.snap(xy)
        name_off_network(kind, table["name"], snapped[kind])
    names = {kind: table["name"].tolist() for kind, table in tables.items()}
    rows = _rows(access, snapped["site"], snapped["point"], names["site"], names["point"])
    if out is None:
        with printing() as stream:
            _write(stream, rows)
        return
    with whole_file(out) as handle:
        _write(handle, rows)
    note(f"Wrote {out}: {digits(len(names['site']) * len(names['point']))} pairs")


def _rows(
    access: "Access", sites: "Snapped", points: "Snapped", site_names: list[str], point_names: list[str]
) -> Iterator[tuple[str, str, str]]:
    for start in range(0, len(sites), _SITES_AT_ONCE):
        batch = np.arange(start, min(start + _SITES_AT_ONCE, len(sites)))
        minutes = access.between(points, sites.take(batch), matrix=True).matrix_s
        if minutes is None:  # never None when a matrix was requested
            continue
        for column, site in enumerate(batch):
            for point, seconds in zip(point_names, minutes[:, column].tolist(), strict=True):
                yield site_names[site], point, fixed(seconds / 60, 2) if seconds < np.inf else ""


def _write(handle: TextIO | Printable, rows: Iterator[tuple[str, str, str]]) -> None:
    writer = csv.writer(handle, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
