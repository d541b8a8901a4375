"""The choice of a few wards to compare, the same in every view."""

import re
from collections.abc import Iterable

import streamlit as st

from analysis.reach.need import Indicator, indicators_of, ward_values
from geo.pack import AreaPack
from ui.kit import controls
from ui.kit.session import Session, session
from wording.particulars import first_wards

MOST = 4


def ward_slug(name: str) -> str:
    """Return the name of a ward as an address has it: ``"north-side"``, ``"st-annes"``."""
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"[’'.]", "", name.casefold())).strip("-")


def take_named_ward(pack: AreaPack) -> str:
    """Let the address name a ward by its name (``?ward=north-side``); call it before the list of wards is drawn.

    Returns
    -------
    What the address says where no ward has that name; else an empty text.
    """
    asked = Session.ward.asked
    if not asked or asked in pack.wards.index:
        return ""
    for code, name in pack.wards["name"].items():
        if ward_slug(str(name)) == ward_slug(asked):
            Session.ward.forget()
            session.ward = str(code)
            return ""
    return asked


def usual_wards(pack: AreaPack) -> list[str]:
    """Return the wards of the first view: those with the highest and the lowest child poverty rate.

    Where an area does not have that rate, its index of deprivation is used instead, or its first indicator.
    """
    indicator = usual_indicator(pack)
    if indicator is None:
        return [str(code) for code in pack.wards.index[:2]]
    values = ward_values(pack, indicator, next(iter(indicator.baselines(pack)), ""))
    return list(dict.fromkeys([str(values.idxmax()), str(values.idxmin())]))


def usual_indicator(pack: AreaPack) -> Indicator | None:
    """Return the indicator by which the wards of the first view are chosen; None for an area without any."""
    known = indicators_of(pack)
    return known.get("child_poverty_rate") or known.get("deprivation") or next(iter(known.values()), None)


def few_wards(pack: AreaPack) -> list[str]:
    """Let the reader choose up to four wards; first the ward chosen on the page, then the order of the pack."""
    names, usual = pack.wards["name"].astype(str).to_dict(), usual_indicator(pack)
    chosen = controls.choices(
        f"Wards (up to {MOST})",
        list(names),
        key=Session.wards.key,
        default=usual_wards(pack),
        labels=names,
        help=None if usual is None else first_wards(usual),
    )
    first = session.ward
    if first in names:
        chosen = [first, *(code for code in chosen if code != first)]
    if len(chosen) > MOST:
        left = ", ".join(names[code] for code in chosen[MOST:])
        st.caption(f"There is room for {MOST} wards; left out: {left}. Remove one to see it.")
    return chosen[:MOST]


def status_words(statuses: Iterable[tuple[str, str]]) -> str:
    """Return the status of several figures in words: "modelled; published for North Side".

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
