"""Services (facilities, destinations): their categories, and one checked table from the rows of many publishers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from geo.errors import SourceError, UnknownNameError

# ``opening_hours`` is OpenStreetMap's notation, which `geo.opening` reads; empty where nobody published them.
COLUMNS = (
    "id",
    "category",
    "subtype",
    "name",
    "address",
    "postcode",
    "easting",
    "northing",
    "precision",
    "status",
    "tags",
    "opening_hours",
    "source",
    "vintage",
)


@dataclass(frozen=True)
class Category:
    """A kind of service.

    Attributes
    ----------
    name
        The word used in code, on the command line and in the address of a page.
    label, plural
        The words shown to people.
    venue
        Whether such a service could host a hub or an outreach session.
    shown
        Whether it is offered as a destination; tables kept only for comparison are not.
    """

    name: str
    label: str
    plural: str
    venue: bool = False
    shown: bool = True


CATEGORIES: Mapping[str, Category] = MappingProxyType(
    {
        category.name: category
        for category in (
            Category("childrens_centre", "children's centre", "children's centres", venue=True),
            Category("gp_practice", "GP practice", "GP practices", venue=True),
            Category("health_clinic", "community health clinic", "community health clinics", venue=True),
            Category("hospital", "NHS hospital", "NHS hospitals"),
            Category("nursery", "nursery or playgroup", "nurseries and playgroups", venue=True),
            Category("library", "library", "libraries", venue=True),
            Category("pharmacy", "pharmacy", "pharmacies"),
            Category("dentist", "dentist", "dentists"),
            Category("playground", "playground", "playgrounds"),
            Category("park", "park", "parks"),
            Category("school", "school", "schools", venue=True),
            Category("community_hall", "church or community hall", "church and community halls", venue=True),
            Category("leisure_centre", "leisure centre", "leisure centres", venue=True),
            Category("soft_play", "soft play", "soft play centres"),
            Category("baby_change", "baby changing place", "baby changing places"),
            Category("museum", "museum", "museums", venue=True),
            Category("town_centre", "town centre", "town centres"),
            Category("rail_station", "railway station", "railway stations"),
            Category("bus_stop", "bus stop", "bus stops"),
            Category("mental_health_hospital", "mental health hospital", "mental health hospitals", shown=False),
            Category("private_hospital", "private hospital", "private hospitals", shown=False),
            Category("appliance_contractor", "appliance contractor", "appliance contractors", shown=False),
            Category("gp_practice_before", "earlier GP practice", "earlier GP practices", shown=False),
            Category("gp_branch_before", "earlier GP branch surgery", "earlier GP branch surgeries", shown=False),
        )
    }
)


def category_named(name: str) -> Category:
    """Return the category of that name; `UnknownNameError` lists the valid ones."""
    try:
        return CATEGORIES[name]
    except KeyError:
        raise UnknownNameError("service", name, [c.name for c in CATEGORIES.values() if c.shown]) from None


def with_article(noun: str) -> str:
    """Put "a" or "an" before a noun, by its pronunciation: "a library", "an NHS hospital"."""
    spoken_vowel = noun[:1].lower() in tuple("aeiou") or noun.startswith(("NHS", "MP"))
    return f"{'an' if spoken_vowel else 'a'} {noun}"


def join_services(tables: Sequence[pd.DataFrame], postcodes: pd.DataFrame) -> pd.DataFrame:
    """Join the tables of several adapters, and give each row without a position that of its postcode.

    Parameters
    ----------
    tables
        Frames with `COLUMNS`.
    postcodes
        Frame with ``postcode``, ``easting``, ``northing``.

    Returns
    -------
    One frame with `COLUMNS`, sorted by category and id; rows without a known postcode are left out, and their ids are
    in ``attrs["unplaced"]``.

    Raises
    ------
    SourceError
        When an id occurs twice or a category is unknown.
    """
    joined = pd.concat([table[list(COLUMNS)] for table in tables], ignore_index=True)
    unknown = sorted(set(joined["category"]) - set(CATEGORIES))
    if unknown:
        raise SourceError(f"services of unknown category: {', '.join(unknown)}")
    twice = joined.loc[joined["id"].duplicated(), "id"].tolist()
    if twice:
        raise SourceError(f"service ids that stand twice: {', '.join(twice[:10])}")
    by_postcode = postcodes.set_index("postcode")
    missing = joined["easting"].isna() | joined["northing"].isna()
    for axis in ("easting", "northing"):
        joined.loc[missing, axis] = joined.loc[missing, "postcode"].map(by_postcode[axis]).astype(float)
    placed = joined["easting"].notna()
    services = joined[placed].sort_values(["category", "id"], ignore_index=True)
    services.attrs["unplaced"] = joined.loc[~placed, "id"].tolist()
    return services


def use_building_positions(
    services: pd.DataFrame, buildings: pd.DataFrame, *, dull: str, within_m: float = 400.0
) -> pd.DataFrame:
    """Move services to the mapped building of the same name.

    Parameters
    ----------
    services
        Frame with `COLUMNS`, one category.
    buildings
        Frame with ``name``, ``easting``, ``northing``: the better positions.
    dull
        Words that distinguish nothing here, such as the name of the town.
    within_m
        A building further away than this is another one of the same name.

    Returns
    -------
    A copy in which each service has the position of a building nearby, if their names share a distinctive word.
    """
    moved = services.copy()
    common = {"library", "the", "and", "of", "centre", "hub", *dull.lower().replace("-", " ").split()}
    for i, service in moved.iterrows():
        words = set(str(service["name"]).lower().replace("'", "").split()) - common
        distance_m = np.hypot(buildings["easting"] - service["easting"], buildings["northing"] - service["northing"])
        same = [bool(words & set(str(name).lower().replace("'", "").split())) for name in buildings["name"]]
        near = distance_m[np.array(same, dtype=bool) & (distance_m <= within_m).to_numpy()]
        if len(near):
            best = buildings.loc[near.idxmin()]
            moved.loc[i, ["easting", "northing", "precision"]] = [
                best["easting"],
                best["northing"],
                "building",
            ]
    return moved
