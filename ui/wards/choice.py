"""The few wards that a reader sets beside each other, the same in every view of them."""

from collections.abc import Iterable

import streamlit as st

from analysis.reach.need import INDICATORS, ward_values
from geo.pack import AreaPack
from ui.kit import controls
from ui.kit.session import Session, session

MOST = 4


def usual_wards(pack: AreaPack) -> list[str]:
    """Wards to begin with: the highest and the lowest child poverty rate, the two ends of need.

    Where a pack does not have that rate, the first indicator that it has takes its place.
    """
    for indicator in (INDICATORS["child_poverty_rate"], *INDICATORS.values()):
        for baseline in indicator.baselines(pack)[:1]:
            values = ward_values(pack, indicator, baseline)
            return list(dict.fromkeys([str(values.idxmax()), str(values.idxmin())]))
    return [str(code) for code in pack.wards.index[:2]]


def few_wards(pack: AreaPack) -> list[str]:
    """Let the reader choose up to four wards; the ward that is chosen on the page comes first, then as in the pack."""
    names = pack.wards["name"].astype(str).to_dict()
    chosen = controls.choices(
        f"Wards (up to {MOST})",
        list(names),
        key=Session.wards.key,
        default=usual_wards(pack),
        labels=names,
        help="To begin with, the wards with the highest and the lowest child poverty rate.",
    )
    first = session.ward
    if first in names:
        chosen = [first, *(code for code in chosen if code != first)]
    if len(chosen) > MOST:
        left = ", ".join(names[code] for code in chosen[MOST:])
        st.caption(f"There is room for {MOST} wards; left out: {left}. Remove one to see it.")
    return chosen[:MOST]


def status_words(statuses: Iterable[tuple[str, str]]) -> str:
    """Say the status of several figures at once: "modelled; published for Kursaal".

    Parameters
    ----------
    statuses
        Name and status of each.
    """
    by_status: dict[str, list[str]] = {}
    for name, status in statuses:
        by_status.setdefault(status, []).append(name)
    usual, *others = sorted(by_status, key=lambda status: -len(by_status[status]))
    return "; ".join([usual, *(f"{status} for {', '.join(by_status[status])}" for status in others)])
