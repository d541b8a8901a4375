"""Services of an area: each file read by its adapter, placed, and checked against the pack before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.boundaries.lookup import locate
from geo.builder.homes import within
from geo.builder.reading import Reading, listed
from geo.coordinates import to_grid
from geo.errors import SourceError, UnknownNameError
from geo.network.modes import MODES
from geo.network.network import StreetNetwork
from geo.network.snapping import snap
from geo.opening import readable
from geo.recipe import ServicesRecipe
from geo.services import join_services, use_building_positions
from geo.sources.food_hygiene import read_food_hygiene
from geo.sources.gias import read_childrens_centres
from geo.sources.gias_schools import read_schools
from geo.sources.hospitals import read_hospitals
from geo.sources.libraries import read_libraries
from geo.sources.naptan import read_naptan
from geo.sources.nhs_ods import read_dentists, read_gp_branches, read_gp_practices, read_health_clinics, read_pharmacies
from geo.sources.osm_file import read_osm_services
from geo.sources.osm_places import read_osm_libraries, read_osm_places
from geo.sources.rail_patterns import read_calling_patterns, read_rail_patterns, station_key
from geo.sources.service_table import read_service_table
from geo.sources.services import service_frame

# More rows than this share without a position is a fault of the file or of the list of postcodes, not of a few rows.
_MOST_UNPLACED = 0.05
_IN_WARD_M = 50.0


@dataclass(frozen=True)
class Reader:
    """An adapter of services, and which keys of the recipe and of the area it takes."""

    read: Callable[..., pd.DataFrame]
    takes: tuple[str, ...] = ()


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "childrens_centres": Reader(read_childrens_centres, ("core",)),
        "gp_practices": Reader(read_gp_practices, ("category", "status")),
        "gp_branches": Reader(read_gp_branches, ("category", "status")),
        "health_clinics": Reader(read_health_clinics),
        "pharmacies": Reader(read_pharmacies),
        "dentists": Reader(read_dentists),
        "hospitals": Reader(read_hospitals, ("crs",)),
        "food_hygiene": Reader(read_food_hygiene, ("crs",)),
        "libraries": Reader(read_libraries),
        "schools": Reader(read_schools),
        "naptan": Reader(read_naptan, ("crs",)),
        "osm_places": Reader(read_osm_places, ("crs",)),
        "osm": Reader(read_osm_services, ("crs",)),
        "table": Reader(read_service_table, ("crs", "columns")),
    }
)


def read_services(
    reading: Reading,
    postcodes: pd.DataFrame,
    wards: gpd.GeoDataFrame,
    outline: Any,
    places: gpd.GeoDataFrame,
    before: pd.DataFrame | None,
) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Read, place and join the services of every file.

    Parameters
    ----------
    reading
        The recipe's files.
    postcodes
        Postcodes with positions, for rows that have no other.
    wards, outline
        Wards with ``code`` and geometry, and all of them together.
    places
        Names on the base map, for the town centre.
    before
        The services of the pack that this one replaces, if there is one.

    Returns
    -------
    The services within the recipe's margin, with ``ward`` and ``trains_per_weekday``; and for each source the ids of
    those that could not be placed.

    Raises
    ------
    SourceError
        When an adapter refuses a file, finds nothing of what it found before, or cannot place many rows.
    """
    recipe = reading.recipe
    tables, unplaced = [], dict[str, list[str]]()
    for one in recipe.services:
        table = _read(reading, one, postcodes)
        placed = join_services([table], postcodes)
        lost = list(placed.attrs["unplaced"])
        if len(lost) > _MOST_UNPLACED * len(table) and len(lost) > 1:
            raise SourceError(
                f"{reading.source(one.source).file}: {len(lost)} of {len(table)} services could not be placed: they "
                f"have no position, and their postcode is not in the list of postcodes: {listed(lost)}; take a newer "
                "list of postcodes, or give their positions"
            )
        near = placed[within(placed, outline, recipe.services_margin_m)]
        _check_found(reading, one, near, before)
        unread = np.array([bool(hours) and not readable(hours) for hours in near["opening_hours"]], dtype=bool)
        near = near.assign(opening_hours=near["opening_hours"].mask(unread, ""))
        unplaced.setdefault(one.source, []).extend(lost)
        reading.count(
            one.source,
            read=table.attrs.get("rows_read", len(table)),
            used=len(near),
            left_out={
                "could not be placed": len(lost),
                "outside the area and its margin": len(placed) - len(near),
                # Only these words are left out: the services stay, with hours that are not known.
                "opening hours that cannot be read": int(unread.sum()),
            },
        )
        tables.append(near)
    if recipe.town_centre is not None:
        tables.append(_town_centre(reading, places))
    if not tables:
        raise SourceError(f"the recipe {recipe.code} names no services: add at least one table under [[services]]")
    services = join_services(tables, postcodes)
    services = services[within(services, outline, recipe.services_margin_m)].reset_index(drop=True)
    services["ward"] = locate(services[["easting", "northing"]].to_numpy(), wards, within_m=_IN_WARD_M).codes
    services["trains_per_weekday"] = np.nan
    if recipe.trains:
        trains = reading.frame(recipe.trains, read_rail_patterns).set_index("key")["trains_per_weekday"]
        is_station = services["category"] == "rail_station"
        keys = services.loc[is_station, "name"].map(station_key)
        services.loc[is_station, "trains_per_weekday"] = keys.map(trains)
        patterns = read_calling_patterns(reading.path(recipe.trains))
        here = int(patterns["stations"].map(lambda stations: not keys[keys.isin(stations)].empty).sum())
        reading.count(
            recipe.trains,
            read=len(patterns),
            used=here,
            left_out={"call at no station of the area": len(patterns) - here},
        )
    return services, {key: ids for key, ids in unplaced.items() if ids}


def on_network(services: pd.DataFrame, network: StreetNetwork) -> tuple[pd.DataFrame, list[str]]:
    """Keep the services that a walk can reach; those across a creek or past the streets of the pack are named."""
    snapped = snap(network.for_mode(MODES["walk_adult"]), services[["easting", "northing"]].to_numpy(np.float64))
    reachable = snapped.edge >= 0
    return services[reachable].reset_index(drop=True), sorted(services.loc[~reachable, "id"])


def _read(reading: Reading, one: ServicesRecipe, postcodes: pd.DataFrame) -> pd.DataFrame:
    """Read one file with its adapter."""
    try:
        reader = READERS[one.reader]
    except KeyError:
        raise UnknownNameError("reader of services", one.reader, list(READERS)) from None
    given: dict[str, Any] = {
        "crs": reading.recipe.crs,
        "core": one.core,
        "category": one.category,
        "status": one.status,
        "columns": one.columns,
    }
    asked = {key: value for key, value in given.items() if value and key != "crs"}
    strange = sorted(set(asked) - set(reader.takes))
    if strange:
        raise SourceError(f"services of {one.source}: the reader {one.reader!r} takes no {', '.join(strange)}")
    needed = {"crs", "columns"} & set(reader.takes)
    options = asked | {key: given[key] for key in needed}
    table = reading.frame(one.source, reader.read, **options)
    if one.categories:
        attrs = dict(table.attrs)
        table = table[table["category"].isin(one.categories)].reset_index(drop=True)
        table.attrs = attrs
    if not one.positions:
        return table
    buildings = reading.frame(one.positions, read_osm_libraries, crs=reading.recipe.crs)
    rows_read = table.attrs["rows_read"]
    placed = join_services([table], postcodes)
    moved = use_building_positions(placed, buildings[buildings["tags"] != "check"], dull=reading.recipe.name)
    lost = table[table["id"].isin(placed.attrs["unplaced"])]
    table = pd.concat([moved, lost], ignore_index=True)
    table.attrs["rows_read"] = rows_read
    return table


def _check_found(reading: Reading, one: ServicesRecipe, found: pd.DataFrame, before: pd.DataFrame | None) -> None:
    """Check that a file has what it is read for: a word that changed must not make a pack with a hole."""
    file = reading.source(one.source).file
    if before is not None and not one.may_be_empty:
        old = before[before["source"] == one.source]
        categories = set(one.categories) or ({one.category} if one.category else set(old["category"]))
        read_alone = sum(other.source == one.source for other in reading.recipe.services) == 1
        gone = sorted(
            category
            for category in categories
            if category in set(old["category"]) and category not in set(found["category"])
        )
        if gone and (read_alone or one.category or one.categories):
            count = int(old["category"].isin(gone).sum())
            raise SourceError(
                f"{file}: none of the {count} services of the pack before were found again ({', '.join(gone)}): has a "
                "word for the status or kind changed in the file, or its columns? If they are gone for good, set "
                f"may_be_empty = true for this source in the recipe ({one.source})"
            )
    if found.empty and not one.may_be_empty:
        raise SourceError(
            f"{file}: the reader {one.reader!r} finds no service in or near {reading.recipe.name}: is it the file of "
            f"another place or kind? If there is none, set may_be_empty = true for this source ({one.source})"
        )


def _town_centre(reading: Reading, places: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the town centre as a service: at its stated position, or where the map writes the name of the town."""
    centre = reading.recipe.town_centre
    assert centre is not None
    base_map = reading.recipe.base_map
    source = base_map.source if base_map is not None else reading.recipe.streets
    town = places[places["name"] == centre.name]
    if centre.lon is not None and centre.lat is not None:
        x, y = to_grid([centre.lon], [centre.lat], reading.recipe.crs)
        spots = [(float(x[0]), float(y[0]))]
    else:
        spots = [(float(shape.x), float(shape.y)) for shape in town.geometry]
        if not spots:
            raise SourceError(
                f"town_centre: the base map has no place called {centre.name!r}; state its lon and lat in the recipe"
            )
    columns = {
        "id": ["osm-town-centre"],
        "category": "town_centre",
        "subtype": "town centre",
        "name": centre.label or f"{centre.name} town centre",
        "easting": [spots[0][0]],
        "northing": [spots[0][1]],
        "precision": "geocode",
    }
    return service_frame(columns, source=source, vintage=reading.source(source).vintage)
