"""The area within so many minutes of a place, as a file for maps: GeoJSON or GeoPackage, with what it is of inside."""

import io
import json
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from analysis.reach.isochrone import Isochrone, people_inside
from analysis.shown import sent
from analysis.travel.access import Access
from geo.coordinates import to_lonlat
from geo.errors import InputError
from geo.timetable.day import as_asked
from geo.vintages import baseline_words
from wording.rounding import half_up, shortest

LON_LAT = 4326
_DECIMALS = 6  # of a degree: about a decimetre


def check_shape(found: Isochrone, name: str) -> None:
    """Check that there is something to draw around a place; `InputError` where no street is that near."""
    if found.shape.is_empty:
        raise InputError(f"no street is within {shortest(found.within_min)} minutes of {name}: give more minutes")


def isochrone_file(ending: str, access: Access, found: Isochrone, *, name: str, measure: str, baseline: str) -> bytes:
    """Return the area as a file, with what it is of: place, mode, day and window, people inside, and whom to credit.

    Parameters
    ----------
    ending
        ``.geojson`` or ``.gpkg``.
    access, found
        The mode, and the area found with it.
    name
        Name of the place.
    measure, baseline
        Who is counted; people are to the nearest 5, or in words where there are few.
    """
    about = _about(access, found, name=name, measure=measure, baseline=baseline)
    return (_geopackage if ending == ".gpkg" else _geojson)(access, found, about)


def _about(access: Access, found: Isochrone, *, name: str, measure: str, baseline: str) -> dict[str, Any]:
    pack, mode = access.pack, access.mode
    return {
        "place": name,
        "area": pack.name,
        "mode": mode.kind,
        **as_asked(pack.timetable, mode.timing),
        "minutes": half_up(found.within_min, 2),
        "measure": measure,
        "people": sent(people_inside(access, found, measure=measure, baseline=baseline)),
        "baseline": baseline_words(pack, baseline),
        "status": "modelled",
        "pack": f"{pack.code} {pack.digest}",
        "attribution": " | ".join(pack.attribution()),
    }


def _geojson(access: Access, found: Isochrone, about: dict[str, Any]) -> bytes:
    # By RFC 7946, in longitude and latitude; what it is of stands in the properties.
    shape = shapely.set_precision(_lon_lat(access, found), 10.0**-_DECIMALS)
    geometry = json.loads(shapely.to_geojson(shapely.orient_polygons(shape)))
    feature = {"type": "Feature", "properties": about, "geometry": geometry}
    written = {"type": "FeatureCollection", "features": [feature]}
    return f"{json.dumps(written, ensure_ascii=False, allow_nan=False)}\n".encode()


def _geopackage(access: Access, found: Isochrone, about: dict[str, Any]) -> bytes:
    # One layer with one row, which has what it is of as columns.
    texts = {key: "" if value is None else str(value) for key, value in about.items()}
    frame = gpd.GeoDataFrame([texts | {"minutes": about["minutes"]}], geometry=[_lon_lat(access, found)], crs=LON_LAT)
    memory = io.BytesIO()
    frame.to_file(memory, driver="GPKG", layer="near")
    return memory.getvalue()


def _lon_lat(access: Access, found: Isochrone) -> Any:
    crs = access.pack.crs
    return shapely.transform(found.shape, lambda xy: np.column_stack(to_lonlat(xy[:, 0], xy[:, 1], crs)))
