"""Words for what is particular to an area, and for what its pack lacks and how to add it."""

from analysis.reach.need import Indicator
from geo.pack import AreaPack
from wording.languages import english
from wording.numbers import small


def no_index(pack: AreaPack) -> str:
    """Say that an area has no index of deprivation, and how to add one."""
    return english().say("particulars.no_index.everyone", area=pack.name)


def no_index_among_children(pack: AreaPack) -> str:
    """Say that an area has no index of deprivation among children, and how to add one."""
    return english().say("particulars.no_index.children", area=pack.name)


def first_wards(indicator: Indicator) -> str:
    """Say by which figure the wards of the first view were chosen."""
    return english().say("particulars.first_wards", figure=small(indicator.label))
