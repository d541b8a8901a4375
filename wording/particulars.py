"""Words for what is particular to an area, and for what its pack lacks and how to add it."""

from collections.abc import Sequence

import numpy as np

from analysis.reach.need import Indicator
from analysis.reach.no_data import off_streets as homes_off_streets
from analysis.reach.no_data import wards_off_streets
from geo.pack import AreaPack
from geo.places import place_at
from geo.services import category_named
from wording.languages import english
from wording.numbers import listed, small
from wording.rounding import digits

_WORTH_SAYING, _MOST_NAMED = 0.01, 4
_CREDIT_LETTERS = 160


def map_credit(pack: AreaPack) -> str:
    """Return what stands beside every map of an area: what its recipe states, else the attributions of its sources.

    Those of the map come first; where all together are long, the last are counted instead of told.
    """
    stated = pack.manifest.particulars.credit
    if stated:
        return stated
    known = list(dict.fromkeys([*_drawn(pack), *pack.attribution()]))
    number = max(1, sum(len("; ".join(known[:n])) <= _CREDIT_LETTERS for n in range(1, len(known) + 1)))
    rest, words = len(known) - number, "; ".join(known[:number]).rstrip(".")
    return english().counted("particulars.credit_more", rest, told=words) if rest else f"{words}."


def credits_of(packs: Sequence[AreaPack]) -> str:
    """Return the credits of several areas, each once."""
    return " ".join(dict.fromkeys(map_credit(pack) for pack in packs))


def drawn_credit(pack: AreaPack) -> str:
    """Return the attributions of what is drawn under every map, for its corner: streets and base map."""
    return "; ".join(_drawn(pack))


def _drawn(pack: AreaPack) -> list[str]:
    roles = pack.manifest.particulars.sources
    keys = [roles[role] for role in ("base_map", "streets") if role in roles]
    known = {source["key"]: source["attribution"] for source in pack.provenance["sources"]}
    return list(dict.fromkeys(known[key] for key in keys if key in known))


def no_index(pack: AreaPack) -> str:
    """Say that an area has no index of deprivation, and how to add one."""
    return english().say("particulars.no_index.everyone", area=pack.name)


def no_index_among_children(pack: AreaPack) -> str:
    """Say that an area has no index of deprivation among children, and how to add one."""
    return english().say("particulars.no_index.children", area=pack.name)


def by_postcode(pack: AreaPack) -> bool:
    """Whether the homes of an area are postcodes, which people can type."""
    return pack.manifest.particulars.homes == "postcode"


def homes_words(pack: AreaPack) -> str:
    """Name what stands for the homes of an area, as several: "postcodes", or its smallest areas."""
    homes = pack.manifest.particulars.homes
    return english().say("particulars.postcodes") if homes == "postcode" else pack.level(homes).plural


def typed_words(pack: AreaPack) -> str:
    """Say what may be typed to name a place, besides a venue: "postcode or street", or "street"."""
    return english().say("particulars.typed" if by_postcode(pack) else "particulars.typed_without")


def unequal_homes(pack: AreaPack) -> str:
    """Say how the homes inside the finest areas are varied for a range; nothing where each of these is one home."""
    finest = pack.levels[0]
    if pack.manifest.particulars.homes == finest.name:
        return ""
    return english().say("particulars.unequal_homes", homes=homes_words(pack), area=finest.label)


def home_words(pack: AreaPack) -> str:
    """Name what stands for a home of an area: "postcode", or one of its smallest areas."""
    homes = pack.manifest.particulars.homes
    return english().say("particulars.postcode") if homes == "postcode" else pack.level(homes).label


def example_place(pack: AreaPack) -> tuple[str, str]:
    """Return a home and its street as examples of what may be typed: in the middle of the ward with most homes."""
    homes = pack.demand[pack.demand["ward"] == pack.demand["ward"].value_counts().index[0]]
    away_m = np.hypot(*(homes[axis] - homes[axis].mean() for axis in ("easting", "northing")))
    row = homes.loc[away_m.idxmin()]
    return str(row["postcode"]), place_at(pack, float(row["easting"]), float(row["northing"])).name


def off_streets(pack: AreaPack, mode: str) -> str:
    """Say how many homes lie far from every street of the data, and in which wards most; empty where few do."""
    off = homes_off_streets(pack, mode)
    if len(off) < _WORTH_SAYING * len(pack.demand):
        return ""
    counts = off["ward"].map(pack.wards["name"]).value_counts()
    return english().say(
        "particulars.off_streets",
        n=digits(len(off)),
        of=digits(len(pack.demand)),
        homes=homes_words(pack),
        metres=digits(pack.manifest.network.max_connector_m),
        wards=listed([str(name) for name in counts.index[:_MOST_NAMED]]),
    )


def ward_off_streets(pack: AreaPack, ward: str, mode: str) -> str:
    """Say that most homes of a ward lie far from every street of the data; empty for a ward with its streets."""
    if ward not in wards_off_streets(pack, mode):
        return ""
    n = int((homes_off_streets(pack, mode)["ward"] == ward).sum())
    of = int((pack.demand["ward"] == ward).sum())
    name = str(pack.wards["name"][ward])
    return english().say("particulars.ward_off_streets", ward=name, n=n, of=of, homes=homes_words(pack))


def nothing_stated(pack: AreaPack) -> str:
    """Say that no source states totals that the area's figures could be held against, and how to add some."""
    return english().say("particulars.nothing_stated", area=pack.name)


def middles_tried(pack: AreaPack) -> str:
    """Say that the middle of each small area is tried as a site, since no usual venue is listed."""
    return english().say("particulars.middles_tried", area=pack.name, areas=pack.level("lsoa").label)


def no_list_of(pack: AreaPack, service: str) -> str:
    """Say that the area's data list no site of a service, so that what there is already is not known."""
    return english().say("particulars.no_list_of", area=pack.name, services=category_named(service).plural)


def first_wards(indicator: Indicator) -> str:
    """Say by which figure the wards of the first view were chosen."""
    return english().say("particulars.first_wards", figure=small(indicator.label))
