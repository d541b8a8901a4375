"""Candidate sites for a new hub (facility location): real venues by category and ward, and any postcode."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd

from analysis.placement.problem import MOST_CANDIDATES
from analysis.scenario.scenario import AtPostcode, Point, Spot, Venue
from geo.errors import InputError, UnknownNameError
from geo.pack import AreaPack
from geo.places import tidy_postcode
from geo.postcodes import Postcodes
from geo.services import CATEGORIES

# Shorter words that people may use for a category.
ALSO_CALLED = MappingProxyType({"hall": "community_hall", "health_centre": "health_clinic", "gp": "gp_practice"})
COLUMNS = ("name", "category", "ward", "easting", "northing")
USUAL = ("library", "school", "community_hall")
_POSTCODE, _HOME = "postcode-", "home-"
OWN = "own-"
"""How the id of one's own place begins."""
MOST_OWN = 500


def venue_categories() -> list[str]:
    """Categories whose services could host a hub."""
    return [category.name for category in CATEGORIES.values() if category.venue or category.name == "playground"]


def listed_venues(pack: AreaPack) -> list[str]:
    """Return those of :func:`venue_categories` that the area's data list, in their order."""
    return [category for category in venue_categories() if len(pack.services_of(category))]


def lists_none(pack: AreaPack, categories: Sequence[str]) -> bool:
    """Whether the area's data list no venue of any of these categories, so that middles of small areas are tried."""
    listed = listed_venues(pack)
    return bool(categories) and not any(ALSO_CALLED.get(category, category) in listed for category in categories)


def spot_of_candidate(identity: str, easting: float, northing: float) -> Spot:
    """Return where a candidate stands, by its id: a postcode, a home that is an area, one's own place, or a venue."""
    if identity.startswith(_POSTCODE):
        return AtPostcode(identity.removeprefix(_POSTCODE))
    by_position = identity.startswith((_HOME, OWN))
    return Point(round(easting, 1), round(northing, 1)) if by_position else Venue(identity)


def candidate_sites(
    pack: AreaPack,
    categories: Sequence[str] = USUAL,
    *,
    wards: Collection[str] = (),
    postcodes: Sequence[str] = (),
    already: Collection[str] = (),
    own: Mapping[str, pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """Return the candidate sites that may be chosen.

    Parameters
    ----------
    pack
        The area.
    categories
        Categories of venues, of :func:`venue_categories`, or their shorter names in `ALSO_CALLED`. Where the area's
        data list none of them and no postcode is named, the home in the middle of each small area is tried instead.
    wards
        Codes of the wards to look in; the whole borough when empty. Venues outside it are left out: the council could
        not open a hub there.
    postcodes
        Postcodes to add, wherever they are.
    already
        Ids of services that are sites already.
    own
        One's own places to add, wherever they are: ``name, easting, northing`` of each layer, by the layer's id.

    Returns
    -------
    Index ``id`` (of the service, ``postcode-SS3 9NS``, ``home-`` and the code of a home that is an area, or ``own-``
    with the layer's id and a number) with `COLUMNS`; only the first of several at one position.

    Raises
    ------
    UnknownNameError
        For an unknown category, ward or postcode.
    InputError
        When nothing is left to choose from, or there are more than `MOST_OWN` places of one's own, or more than
        `MOST_CANDIDATES` in all.
    """
    if len(postcodes) > MOST_CANDIDATES:
        raise InputError(f"{len(postcodes):,} postcodes are named; at most {MOST_CANDIDATES:,} can be compared")
    categories = [ALSO_CALLED.get(category, category) for category in categories]
    for category in categories:
        if category not in venue_categories():
            raise UnknownNameError("candidate category", category, venue_categories())
    for ward in wards:
        if ward not in pack.wards.index:
            raise UnknownNameError("ward", ward, [str(code) for code in pack.wards.index])
    chosen = [pack.services_of(category) for category in categories]
    venues = pd.concat(chosen)[list(COLUMNS)] if chosen else pack.services.head(0)[list(COLUMNS)]
    venues = venues[venues["ward"].isin(list(wards) if wards else list(pack.wards.index))]
    venues = venues[~venues.index.isin(list(already))]
    named = _postcodes(pack, postcodes)
    mine = _own_places(own or {})
    if not len(named) and not len(mine) and lists_none(pack, categories):
        venues = _middles(pack, wards)
    added = [table for table in (named, mine) if len(table)]
    sites = pd.concat([venues, *added]) if added else venues
    sites = sites[~sites.duplicated(["easting", "northing"])]
    if sites.empty:
        raise InputError("there is no candidate of these kinds in these wards: choose more categories or wards")
    if len(sites) > MOST_CANDIDATES:
        raise InputError(
            f"there are {len(sites):,} candidates; at most {MOST_CANDIDATES:,} can be compared: "
            "choose fewer kinds of venue or fewer wards"
        )
    sites.index.name = "id"
    return sites


def _own_places(own: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    tables = []
    for layer, rows in own.items():
        places = rows[["name", "easting", "northing"]].assign(category="own", ward="")[list(COLUMNS)]
        tables.append(places.set_axis([f"{OWN}{layer}-{number}" for number in range(1, len(rows) + 1)]))
    places = pd.concat(tables) if tables else pd.DataFrame(columns=list(COLUMNS))
    if len(places) > MOST_OWN:
        raise InputError(f"there are {len(places)} places of your own; at most {MOST_OWN} can be chosen from")
    return places


def _middles(pack: AreaPack, wards: Collection[str]) -> pd.DataFrame:
    """Return the home nearest to the middle of the homes of each small area, in some wards or all."""
    homes = pack.demand[pack.demand["ward"].isin(list(wards))] if wards else pack.demand
    middle = homes.groupby("lsoa")[["easting", "northing"]].transform("mean")
    away = (homes[["easting", "northing"]] - middle).to_numpy(np.float64)
    off_m = pd.Series(np.hypot(away[:, 0], away[:, 1]), homes.index)
    rows = homes.loc[off_m.groupby(homes["lsoa"]).idxmin().sort_values()]
    codes = rows["postcode"].astype(str)
    by_code = pack.manifest.particulars.homes == "postcode"
    streets = pd.Series(pack.named_streets.nearest(rows[["easting", "northing"]].to_numpy(np.float64)), rows.index)
    names = codes if by_code else streets.where(streets != "", codes) + ", " + rows["ward"].map(pack.wards["name"])
    return pd.DataFrame(
        {
            "name": names.to_numpy(),
            "category": "postcode" if by_code else "home",
            "ward": rows["ward"].to_numpy(),
            "easting": rows["easting"].to_numpy(np.float64),
            "northing": rows["northing"].to_numpy(np.float64),
        },
        index=pd.Index((_POSTCODE if by_code else _HOME) + codes, name="id"),
    )


def _postcodes(pack: AreaPack, postcodes: Sequence[str]) -> pd.DataFrame:
    known = pack.postcodes.set_index("postcode")
    rows: list[tuple[str, str, str, str, float, float]] = []
    for text in postcodes:
        postcode = tidy_postcode(text)
        if postcode is None:
            raise InputError(f"{text!r} is not a whole postcode: check it, or leave it out")
        if postcode not in known.index:
            raise InputError(f"{Postcodes.of(pack).missing(postcode)[1]} Check it, or leave it out")
        easting, northing = known.loc[[postcode], ["easting", "northing"]].to_numpy(np.float64)[0]
        rows.append((f"{_POSTCODE}{postcode}", postcode, "postcode", "", float(easting), float(northing)))
    return pd.DataFrame(rows, columns=["id", *COLUMNS]).set_index("id")
