"""Bus stops and railway stations, from NaPTAN.

Publisher: Department for Transport, *National Public Transport Access Nodes* (NaPTAN), under the Open Government
Licence v3, in the columns of the CSV export (*NaPTAN guide for data managers*): one file for each area's prefix;
``910Stops`` is that of the railway stations.
"""

from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from geo.coordinates import to_grid
from geo.sources.checks import check_rows, number, read_table, text
from geo.sources.names import tidy_address, tidy_name
from geo.sources.services import service_frame

_SCHEMA = pa.DataFrameSchema(
    {
        "ATCOCode": text("[0-9A-Za-z]{4,12}", reason="is not an ATCO code", unique=True),
        "CommonName": text(),
        "Indicator": text(blank=True),
        "Street": text(blank=True),
        "LocalityName": text(blank=True),
        "Easting": number(0, 700_000, blank=True),
        "Northing": number(0, 1_300_000, blank=True),
        "Longitude": number(-9, 3, blank=True),
        "Latitude": number(49, 61, blank=True),
        "StopType": text("[A-Z0-9]{3}", reason="is not a stop type"),
        "BusStopType": text(blank=True),
        "Status": text(),
    }
)

_CATEGORIES = {"BCT": "bus_stop", "RLY": "rail_station"}
# a customary stop has no pole or flag: the bus stops there by custom
_BUS_SUBTYPES = {"MKD": "marked bus stop", "CUS": "customary bus stop"}


def read_naptan(path: Path, *, source: str, vintage: str, crs: str) -> pd.DataFrame:
    """Read the active on-street bus stops (type BCT) and railway stations (type RLY).

    Parameters
    ----------
    path
        A Stops file. Positions are its grid references or, where a later export leaves those blank, its longitudes
        and latitudes.
    source, vintage
        Source key and edition.
    crs
        The grid of the area.

    Returns
    -------
    pandas.DataFrame
        A service frame of categories ``bus_stop`` and ``rail_station``, precision ``stop``. A stop's name includes its
        indicator, ``High Street (SW-bound)``; a station's ends in ``station``.

    Raises
    ------
    SourceError
        The file is not in this form, or an active stop has no position.
    """
    table = read_table(path, _SCHEMA)
    table = table[(table["Status"] == "active") & table["StopType"].isin(list(_CATEGORIES))]
    easting, northing = _positions(table, crs)
    placed = easting.notna() & northing.notna()
    check_rows(table, placed, path, "Easting", "is blank, and so is the longitude or latitude")
    rail = table["StopType"] == "RLY"
    bus_subtypes = table["BusStopType"].map(_BUS_SUBTYPES).fillna("bus stop")
    indicator = (" (" + table["Indicator"] + ")").where(table["Indicator"] != "", "")
    columns = {
        "id": "naptan-" + table["ATCOCode"],
        "category": table["StopType"].map(_CATEGORIES),
        "subtype": bus_subtypes.mask(rail, "railway station"),
        "name": (table["CommonName"].map(tidy_name) + indicator).mask(rail, table["CommonName"].map(_station_name)),
        "address": [
            tidy_address(line for line in lines if line != "-")
            for lines in table[["Street", "LocalityName"]].itertuples(index=False)
        ],
        "easting": easting,
        "northing": northing,
        "precision": "stop",
    }
    return service_frame(columns, source=source, vintage=vintage, rows_read=table.attrs["rows_read"])


def _positions(table: pd.DataFrame, crs: str) -> "tuple[pd.Series[float], pd.Series[float]]":
    from_lon, from_lat = to_grid(table["Longitude"], table["Latitude"], crs)
    easting = table["Easting"].fillna(pd.Series(from_lon, index=table.index))
    return easting, table["Northing"].fillna(pd.Series(from_lat, index=table.index))


def _station_name(name: str) -> str:
    return tidy_name(name.removesuffix(" Rail Station").removesuffix(" Railway Station")) + " station"
