"""Places (positions that a person types or clicks) and the gazetteer of names: wards, streets, services, postcodes."""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.pack import AreaPack
from geo.services import CATEGORIES
from geo.spelling import plain_words, usual

_POSTCODE = re.compile(r"^\s*([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\s*$", re.IGNORECASE)
_SAME_SITE_M = 200.0
_ON_A_STREET_M = 75.0
_BESIDE_M = 300.0
_NTH = ("", ", the second", ", the third", ", the fourth", ", the fifth")
COLUMNS = ("kind", "name", "easting", "northing", "short", "ward", "service", "about")


@dataclass(frozen=True)
class Place:
    """A place that somebody typed or clicked.

    Attributes
    ----------
    kind
        ``ward``, ``place`` (a part of the town), ``street``, ``service``, ``postcode``, or ``home`` (one that is an
        area).
    name
        As shown to people; no other place of the area has the same name, so that typing it finds this one.
    easting, northing
        Metres of the area's grid; of a ward, a point inside it.
    ward
        Name of its ward; empty outside the area.
    about
        Words that distinguish it from others of the same name: "near the library", "pharmacy".
    service
        Id of the service there; empty when the place is not a service.
    note
        What a planner should know about it; empty when there is nothing.
    """

    kind: str
    name: str
    easting: float
    northing: float
    ward: str = ""
    about: str = ""
    service: str = ""
    note: str = ""

    @property
    def label(self) -> str:
        """The name with the words that distinguish it from others, for a list to choose from."""
        told = self.about and self.about.casefold() not in self.name.casefold()
        return f"{self.name} ({self.about})" if told else self.name


def tidy_postcode(text: str) -> str | None:
    """Return ``"SS1 2AB"`` for any spelling of a whole postcode, or None when it is not one."""
    match = _POSTCODE.match(text)
    return f"{match[1]} {match[2]}".upper() if match else None


def gazetteer(pack: AreaPack) -> pd.DataFrame:
    """Return every place of the pack that has a name: `COLUMNS`, as in `Place`, and ``short``; wards first.

    A street that runs through several wards has a row for each, as "Church Road, East Ward"; its ``short`` name is
    "Church Road". Services of one name at different positions have the nearest street added: "Boots, High Street".
    """
    wards = pack.wards
    middle = shapely.get_coordinates(shapely.point_on_surface(wards.geometry.to_numpy()))
    ward = pd.DataFrame(
        {"kind": "ward", "name": wards["name"], "easting": middle[:, 0], "northing": middle[:, 1], "about": "ward"}
    )
    labels = pack.basemap[pack.basemap["layer"] == "place"]
    place = pd.DataFrame(
        {"kind": "place", "name": labels["name"], "easting": labels.geometry.x, "northing": labels.geometry.y}
    )
    place = place[~place["name"].str.casefold().isin(wards["name"].str.casefold())]
    streets = _streets(pack)
    postcodes = pack.postcodes.assign(kind="postcode", name=pack.postcodes["postcode"])
    tables = [ward, place.drop_duplicates("name"), streets, _services(pack, [*ward["name"], *place["name"]]), postcodes]
    found = pd.concat(tables, ignore_index=True).reindex(columns=list(COLUMNS))
    found["short"] = found["short"].fillna(found["name"])
    found["ward"] = _ward_names(pack, found[["easting", "northing"]].to_numpy(np.float64))
    return found.fillna({"service": "", "about": ""})


def place_at(pack: AreaPack, easting: float, northing: float) -> Place:
    """Name a position, such as that of a click, by the nearest street that has a name.

    Parameters
    ----------
    pack
        The area.
    easting, northing
        Metres of the area's grid.

    Returns
    -------
    The position itself, named by its street and ward; "a place near" the street when it is more than a minute's walk
    away.
    """
    xy = np.array([[easting, northing]], dtype=np.float64)
    # Positions on the shore or on streets along the boundary belong to the nearest ward.
    wards = shapely.STRtree(pack.wards.geometry.to_numpy())
    near = wards.query_nearest(shapely.Point(easting, northing), max_distance=_BESIDE_M, all_matches=False)
    ward = str(pack.wards["name"].iloc[int(near[0])]) if len(near) else ""
    street = str(pack.named_streets.nearest(xy, within_m=_ON_A_STREET_M)[0])
    if not street:
        street = f"a place near {pack.named_streets.nearest(xy)[0] or pack.name}"
    name = f"{street}, {ward}" if ward else f"{street}, outside {pack.name}"
    return Place("street", name, float(easting), float(northing), ward)


def _ward_names(pack: AreaPack, xy: npt.NDArray[np.float64]) -> npt.NDArray[np.object_]:
    """Name the ward of each position, ``(n, 2)`` metres; empty outside the area."""
    point, ward = shapely.STRtree(pack.wards.geometry.to_numpy()).query(shapely.points(xy), predicate="intersects")
    names = np.full(len(xy), "", dtype=object)
    names[point] = pack.wards["name"].to_numpy()[ward]
    return names


def _services(pack: AreaPack, taken: list[str]) -> pd.DataFrame:
    """Return the open services without bus stops, each with a name of its own; a site that two publishers list is once.

    A name that occurs twice, or is already `taken` by a ward or a part of the town, has the nearest street added.
    """
    rows = pack.services[(pack.services["status"] == "open") & (pack.services["category"] != "bus_stop")]
    rows = rows[np.isfinite(rows["easting"]) & np.isfinite(rows["northing"])]
    order = {name: place for place, name in enumerate(CATEGORIES)}
    rows = rows.iloc[np.argsort(rows["category"].map(order).to_numpy(), kind="stable")]
    key = rows["name"].map(_spelt)
    kept: list[int] = []
    for _, same in pd.Series(np.arange(len(rows)), index=key.to_numpy()).groupby(level=0, sort=False):
        xy = rows[["easting", "northing"]].to_numpy(np.float64)
        apart: list[int] = []
        for row in same.tolist():
            if not apart or np.hypot(*(xy[apart] - xy[row]).T).min() > _SAME_SITE_M:
                apart.append(row)
        kept += apart
    rows = rows.iloc[sorted(kept)]
    name = rows["name"].astype(str)
    own = key.iloc[sorted(kept)]
    twice = (own.duplicated(keep=False) | own.isin(list(map(_spelt, taken)))).to_numpy()
    if twice.any():
        street = pack.named_streets.nearest(rows.loc[twice, ["easting", "northing"]].to_numpy(np.float64))
        name = name.mask(twice, name + ", ")
        name.loc[twice] += street
        more = name.groupby(name).cumcount()
        name += more.map(lambda nth: _NTH[nth] if nth < len(_NTH) else f", number {nth + 1}")
    return pd.DataFrame(
        {
            "kind": "service",
            "name": name,
            "easting": rows["easting"],
            "northing": rows["northing"],
            "short": rows["name"],
            "service": rows.index.astype(str),
            "about": rows["category"].map(lambda category: CATEGORIES[category].label),
        }
    )


def _spelt(name: object) -> str:
    return " ".join(usual(plain_words(str(name))))


def _streets(pack: AreaPack) -> pd.DataFrame:
    network, wards = pack.network, pack.wards
    named = np.flatnonzero(network.edge_name > 0)
    middle = shapely.line_interpolate_point(network.lines[named], 0.5, normalized=True)
    point, ward = shapely.STRtree(wards.geometry.to_numpy()).query(middle, predicate="intersects")
    xy = shapely.get_coordinates(middle[point])
    pieces = pd.DataFrame(
        {
            "short": np.array(network.street_names)[network.edge_name[named[point]]],
            "ward": wards["name"].to_numpy()[ward],
            "easting": xy[:, 0],
            "northing": xy[:, 1],
        }
    )
    # The piece nearest to the middle of the street's pieces, so that the position is on the street itself.
    centre = pieces.groupby(["short", "ward"])[["easting", "northing"]].transform("mean")
    pieces["off_m"] = np.hypot(pieces["easting"] - centre["easting"], pieces["northing"] - centre["northing"])
    best = pieces.sort_values(["short", "ward", "off_m"]).drop_duplicates(["short", "ward"])
    return best.assign(kind="street", name=best["short"] + ", " + best["ward"]).drop(columns=["ward", "off_m"])
