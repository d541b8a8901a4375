"""Missing data: services of which an area's data have no list, so that access to them is unknown, not absent.

They are left out of every figure that combines several services, and pages and files say so. The weights of the
other services then add up to the whole, since only the ratios of weights count.
"""

from collections.abc import Collection, Iterable

import pandas as pd

from analysis.reach.basket import Basket
from geo.errors import InputError
from geo.network.modes import mode_named
from geo.pack import AreaPack

_MOST = 0.5


def without_list(pack: AreaPack, services: Iterable[str]) -> tuple[str, ...]:
    """Return those of `services` (categories) of which the pack lists no site, neither open nor of the past, in order.

    Raises
    ------
    UnknownNameError
        When there is no such category.
    """
    return tuple(name for name in services if pack.services_of(name).empty)


def off_streets(pack: AreaPack, mode: str) -> pd.DataFrame:
    """Return the demand points that lie too far from every street that a mode may use, as the pack's report has it."""
    report = pack.manifest.network.modes.get(mode_named(mode).walking.name)
    return pack.demand[pack.demand["postcode"].isin(() if report is None else report.homes.off_network)]


def wards_off_streets(pack: AreaPack, mode: str) -> list[str]:
    """Return the wards most of whose homes lie too far from every street: their streets are missing in the data."""
    share = off_streets(pack, mode)["ward"].value_counts() / pack.demand["ward"].value_counts()
    return [str(code) for code in pack.wards.index if share.get(code, 0.0) > _MOST]


def with_data(pack: AreaPack, basket: Basket) -> Basket:
    """Return the basket without the services of which the pack has no list.

    Raises
    ------
    InputError
        When nothing of any weight is left.
    """
    return without_services(pack, basket, without_list(pack, basket.services))


def without_services(pack: AreaPack, basket: Basket, missing: Collection[str]) -> Basket:
    """Return the basket without some services of which the pack has no list; errors as for :func:`with_data`."""
    if not missing:
        return basket
    kept = [item for item in basket if item.service not in missing]
    if not sum(item.weight for item in kept) > 0:
        raise InputError(f"the data of {pack.name} have no list of any service of the basket: {', '.join(missing)}")
    return basket.changed(services=[item.service for item in kept])
