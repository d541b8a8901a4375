"""`reach near`: the area within which a place is so many minutes away, as a file for maps."""

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from commands.access import check_measure
from commands.console import check_out, count_text, note, rounded, terminal, write_text
from commands.options import (
    Area,
    Assumed,
    Baseline,
    Between,
    Counted,
    Day,
    Leaving,
    Speed,
    StepsPenalty,
    SureOf,
    TravelMode,
    Within,
    check_options,
    open_area,
)
from commands.points import asked_time, mode_at, note_timetable, way_words
from geo.errors import InputError, UnknownNameError
from wording.rounding import shortest

if TYPE_CHECKING:
    from analysis.reach.isochrone import Isochrone
    from geo.pack import AreaPack

ENDINGS = (".geojson", ".gpkg")
LON_LAT = 4326
_DECIMALS = 6  # of a degree: about a decimetre


def near_command(
    place: Annotated[str, typer.Argument(help="Postcode, street, ward, venue or station.")],
    area: Area = None,
    mode: TravelMode = "walk_pram",
    within: Within = 15.0,
    measure: Counted = "children_0_3",
    baseline: Baseline = None,
    speed: Speed = None,
    steps_penalty: StepsPenalty = None,
    day: Day = None,
    between: Between = None,
    sure: SureOf = None,
    assumed: Assumed = False,
    out: Annotated[
        Path | None, typer.Option(help="File to write: .geojson or .gpkg; GeoJSON is printed without.", metavar="FILE")
    ] = None,
) -> None:
    """Draw where a place is within so many minutes: the streets to the very metre, and the houses along them.

    The people are those whose homes are within that time, to the nearest 5. Positions are longitude and latitude.
    """
    check_options("json", out, None, within)
    if out is not None and out.suffix.lower() not in ENDINGS:
        raise UnknownNameError("ending of a map file", out.suffix, list(ENDINGS))

    from analysis.reach.isochrone import isochrone_of, people_inside
    from analysis.shown import said, sent
    from analysis.travel.access import Access
    from geo.finder import Finder
    from geo.vintages import baseline_words

    chosen = mode_at(mode, speed, steps_penalty, Leaving(day, between, sure, assumed))
    pack = open_area(area)
    baseline = pack.baselines[0] if baseline is None else baseline
    check_measure(pack, measure, baseline)
    found = Finder.of(pack).find(place).one()
    access = Access.of(pack, chosen)
    note_timetable(pack, chosen)
    shape = isochrone_of(access, (found.easting, found.northing), within)
    if shape.shape.is_empty:
        raise InputError(f"no street is within {shortest(within)} minutes of {found.name}: give more minutes")
    inside = people_inside(access, shape, measure=measure, baseline=baseline)
    about = {
        "place": found.name,
        "area": pack.name,
        "mode": chosen.kind,
        **asked_time(pack, chosen),
        "minutes": rounded(within, 2),
        "measure": measure,
        "people": sent(inside),
        "baseline": baseline_words(pack, baseline),
        "attribution": " | ".join(pack.attribution()),
    }
    if out is not None and out.suffix.lower() == ".gpkg":
        _write_gpkg(pack, shape, about, out)
    else:
        write_text(json.dumps(geojson(pack, shape, about), ensure_ascii=False, allow_nan=False) + "\n", out)
    if out is not None:
        people = said(inside) or count_text(sent(inside))
        terminal().print(
            Text(f"{people} within {shortest(within)} minutes of {found.name}: {way_words(chosen)}"),
            soft_wrap=True,
        )


def geojson(pack: "AreaPack", found: "Isochrone", about: dict[str, Any]) -> dict[str, Any]:
    """Return the shape as GeoJSON (RFC 7946): longitude and latitude, with what it is of as properties."""
    import shapely

    shape = shapely.set_precision(_lon_lat(pack, found), 10.0**-_DECIMALS)
    geometry = json.loads(shapely.to_geojson(shapely.orient_polygons(shape)))
    feature = {"type": "Feature", "properties": about, "geometry": geometry}
    return {"type": "FeatureCollection", "features": [feature]}


def _lon_lat(pack: "AreaPack", found: "Isochrone") -> Any:
    import numpy as np
    import shapely

    from geo.coordinates import to_lonlat

    return shapely.transform(found.shape, lambda xy: np.column_stack(to_lonlat(xy[:, 0], xy[:, 1], pack.crs)))


def _write_gpkg(pack: "AreaPack", found: "Isochrone", about: dict[str, Any], out: Path) -> None:
    import geopandas as gpd

    from geo.files import written_whole

    texts = {key: str(value) if value is not None else "" for key, value in about.items()}
    frame = gpd.GeoDataFrame([texts | {"minutes": about["minutes"]}], geometry=[_lon_lat(pack, found)], crs=LON_LAT)
    check_out(out)
    try:
        with written_whole(out) as part:
            memory = io.BytesIO()
            frame.to_file(memory, driver="GPKG", layer="near")
            part.write_bytes(memory.getvalue())
    except OSError as error:
        raise InputError(f"--out {out}: cannot be written: {error.strerror or error}") from error
    note(f"Wrote {out}")
