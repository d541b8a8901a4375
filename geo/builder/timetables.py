"""Timetables of an area: each file read by its adapter, and all of them put together."""

from typing import Any

import pandas as pd

from geo.builder.reading import Reading
from geo.errors import SourceError
from geo.recipe import TimetableRecipe
from geo.sources.gtfs import read_gtfs
from geo.sources.rail_patterns import read_calling_patterns, station_key
from geo.timetable.headways import trains_of_counts
from geo.timetable.timetable import Timetable, joined
from geo.timetable.timing import minute_of


def read_timetables(reading: Reading, services: pd.DataFrame, outline: Any) -> Timetable:
    """Read the timetables of a recipe; one whose file is optional and not there is left out.

    Parameters
    ----------
    reading
        The recipe's files.
    services
        The services of the pack, with its stations.
    outline
        The area, in its grid; stops are kept as far past it as streets are.

    Raises
    ------
    SourceError
        When an adapter refuses a file, or none of its trains calls at two stations of the area.
    """
    parts = []
    for one in reading.recipe.timetables:
        if reading.given(one.source):
            read = _read_gtfs if one.reader == "gtfs" else _read_trains
            parts.append(read(reading, one, services, outline))
    return joined(parts)


def _read_gtfs(reading: Reading, one: TimetableRecipe, _services: pd.DataFrame, outline: Any) -> Timetable:
    path, recipe = reading.path(one.source), reading.recipe
    extent = outline.buffer(recipe.network_margin_m)
    found = read_gtfs(path, **reading.labels(one.source), crs=recipe.crs, extent=extent)
    reading.count(one.source, read=found.rows_read, used=found.used, left_out=dict(found.left_out))
    reading.remark(one.source, found.notes)
    return found.timetable


def _read_trains(reading: Reading, one: TimetableRecipe, services: pd.DataFrame, _outline: Any) -> Timetable:
    """Make a timetable of counts of trains, see :func:`geo.timetable.headways.trains_of_counts`."""
    patterns = read_calling_patterns(reading.path(one.source))
    stations = services[services["category"] == "rail_station"]
    stations = stations.assign(key=stations["name"].map(station_key)).sort_values("id")
    made = trains_of_counts(
        patterns,
        stations.drop_duplicates("key"),
        speed_kmh=one.speed_kmh,
        first_s=minute_of(one.first) * 60,
        last_s=minute_of(one.last) * 60,
        days=one.days,
        source=one.source,
    )
    if not made.used:
        raise SourceError(
            f"{reading.source(one.source).file}: of {len(patterns)} calling patterns none calls at two stations of "
            f"{reading.recipe.name}, which has {len(stations)}: is it the file of another place, or are the stations "
            f"written in another way? Leave the timetable of {one.source} out of the recipe if there are none"
        )
    # A row that also says how many trains call at its stations is counted there: as one row, and as used.
    counted = one.source == reading.recipe.trains
    left_out = {f"times: {why}": rows for why, rows in made.left_out.items()} if counted else made.left_out
    reading.count(one.source, read=len(patterns), used=0 if counted else made.used, left_out=left_out)
    return made.timetable
