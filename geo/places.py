"""Find a place by what people type: a postcode, a street, a service or a part of the town."""

import re
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import pandas as pd
import shapely

from geo.errors import UnknownNameError
from geo.pack import AreaPack

_POSTCODE = re.compile(r"^\s*([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """A place that was found.

    Attributes
    ----------
    kind
        ``postcode``, ``service``, ``street`` or ``place``.
    name
        As shown to people.
    easting, northing
        Metres, EPSG:27700.
    """

    kind: str
    name: str
    easting: float
    northing: float


def tidy_postcode(text: str) -> str | None:
    """Return ``"SS1 2AB"`` for any spelling of a whole postcode, or None when it is not one."""
    match = _POSTCODE.match(text)
    return f"{match[1]} {match[2]}".upper() if match else None


def gazetteer(pack: AreaPack) -> pd.DataFrame:
    """Return every place of the pack that has a name: columns as `Place`, most telling kind first.

    A street that runs through several wards stands once for each, as "Ness Road, Shoeburyness".
    """
    postcodes = pack.postcodes.assign(kind="postcode", name=pack.postcodes["postcode"])
    shown = pack.services[pack.services["status"] == "open"]
    services = shown[shown["category"] != "bus_stop"].assign(kind="service")
    labels = pack.basemap[pack.basemap["layer"] == "place"]
    places = pd.DataFrame(
        {"kind": "place", "name": labels["name"], "easting": labels.geometry.x, "northing": labels.geometry.y}
    )
    columns = ["kind", "name", "easting", "northing"]
    tables = [places[columns], _streets(pack), services[columns], postcodes[columns]]
    return pd.concat(tables, ignore_index=True).drop_duplicates(["kind", "name"], ignore_index=True)


def find_place(names: pd.DataFrame, text: str) -> Place:
    """Find the place that `text` names.

    Parameters
    ----------
    names
        From :func:`gazetteer`.
    text
        A postcode in any spelling, or a name or the beginning or a part of one; case does not matter.

    Raises
    ------
    UnknownNameError
        When nothing matches; it lists the nearest spellings.
    """
    wanted = tidy_postcode(text) or text.strip()
    folded = names["name"].str.casefold()
    low = wanted.casefold()
    if low:
        for match in (folded == low, folded.str.startswith(low), folded.str.contains(low, regex=False)):
            if match.any():
                row = names.iloc[int(np.argmax(match.to_numpy()))]
                return Place(row["kind"], row["name"], float(row["easting"]), float(row["northing"]))
    raise UnknownNameError("place", text, _like(names, low))


def _like(names: pd.DataFrame, low: str) -> list[str]:
    """Return the names most like what was typed; a street is compared without its ward, a word never with postcodes."""
    pool = names if any(character.isdigit() for character in low) else names[names["kind"] != "postcode"]
    folded = pool["name"].str.casefold()
    short = folded.where(pool["kind"] != "street", folded.str.rpartition(", ")[0])
    spellings = pd.concat([short, folded]).drop_duplicates().tolist()
    close = get_close_matches(low, spellings, n=5, cutoff=0.6) if low else []
    found = [name for spelling in close for name in pool.loc[(short == spelling) | (folded == spelling), "name"]]
    return list(dict.fromkeys(found))[:5]


def _streets(pack: AreaPack) -> pd.DataFrame:
    network, wards = pack.network, pack.wards
    named = np.flatnonzero(network.edge_name > 0)
    middle = shapely.line_interpolate_point(network.lines[named], 0.5, normalized=True)
    point, ward = shapely.STRtree(wards.geometry.to_numpy()).query(middle, predicate="intersects")
    xy = shapely.get_coordinates(middle[point])
    pieces = pd.DataFrame(
        {
            "street": np.array(network.street_names)[network.edge_name[named[point]]],
            "ward": wards["name"].to_numpy()[ward],
            "easting": xy[:, 0],
            "northing": xy[:, 1],
        }
    )
    # The piece nearest to the middle of the street's pieces, so that the place lies on the street itself.
    centre = pieces.groupby(["street", "ward"])[["easting", "northing"]].transform("mean")
    pieces["off_m"] = np.hypot(pieces["easting"] - centre["easting"], pieces["northing"] - centre["northing"])
    best = pieces.sort_values(["street", "ward", "off_m"]).drop_duplicates(["street", "ward"])
    return best.assign(kind="street", name=best["street"] + ", " + best["ward"])[
        ["kind", "name", "easting", "northing"]
    ]
