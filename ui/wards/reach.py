"""Reach of a ward's children, with its range over our choices, and with other readings of which sites count."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from analysis.gaps.ranges import against, overlap, reach_ranges
from analysis.gaps.readings import readings_of
from analysis.reach.basket import Basket, BasketItem, read_basket
from analysis.reach.no_data import with_data
from analysis.reach.reach import reach
from analysis.reach.survey import Survey
from analysis.shown import ShownFrame
from analysis.travel.transit import timing_of
from geo.measures import MEASURES
from geo.network.modes import riding_mode
from geo.pack import AreaPack
from geo.services import category_named, with_article
from ui.kit import resources
from ui.kit.kept import kept
from ui.kit.timetable import answers
from wording.groups import area_words
from wording.numbers import share_words
from wording.readings import share_sentences
from wording.rounding import shortest
from wording.scenario import travelling
from wording.transit import share_by_timetable

TOLD = ("childrens_centre", "gp_practice")
"""Services for which a ward's profile gives the share within reach."""


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs={AreaPack: lambda pack: pack.digest})
def shares_of(pack: AreaPack, basket: Basket, measure: str, baseline: str) -> ShownFrame:
    """Work out the shares within reach with their ranges, once for every pack."""
    return reach_ranges(_measured(pack, basket), measure=measure, baseline=baseline)


def counted(pack: AreaPack, baseline: str) -> str:
    """Return the measure of people counted: children 0–3 where the baseline has them, as on the Gaps page."""
    return next(name for name in MEASURES if name in pack.measure_names(baseline))


def range_words(row: "pd.Series[Any]") -> str:
    """Write a share with its range: ``"41% (39% to 44%)"``; without the range where both ends round to the share."""
    value, low, high = (share_words(row[key]) for key in ("value", "low", "high"))
    return value if low == high == value else f"{value} ({low} to {high})"


@kept(most=128)
def reach_lines(pack: AreaPack, ward: str, baseline: str) -> list[str]:
    """Return lines: the shares of a ward's children within reach of main services, with range and comparison.

    Parameters
    ----------
    pack, ward
        The area, and a ward's code.
    baseline
        Baseline of the counts.
    """
    basket, measure = with_data(pack, read_basket()), counted(pack, baseline)
    shares = shares_of(pack, basket, measure, baseline)
    readings = readings_of(_measured(pack, basket), measure=measure, baseline=baseline)
    lines, whole = [], area_words(pack).whole
    for service in (name for name in TOLD if name in basket.services):
        item, rows = basket.item(service), pd.DataFrame(shares.xs(service, level="service"))
        beside = {"similar": "similar to", "higher": "more than", "lower": "less than"}[str(against(rows)[ward])]
        borough = share_words(rows["value"]["borough"])
        share = range_words(rows.loc[[ward]].iloc[0])
        lines.append(
            " ".join(
                filter(
                    None,
                    [
                        f"**{share}** can reach {with_article(category_named(service).label)} within "
                        f"{shortest(item.threshold_min)} minutes {travelling(item.mode)}, {beside} the {whole}’s "
                        f"{borough}.",
                        share_sentences(readings, ward, service),
                        _by_timetable(pack, ward, item, measure, baseline),
                    ],
                )
            )
        )
    return lines


def _by_timetable(pack: AreaPack, ward: str, item: BasketItem, measure: str, baseline: str) -> str:
    """Say which share of a ward's people can reach a service with bus and train; empty without a timetable."""
    riding = riding_mode(item.mode)
    if riding is None or not answers(pack, riding):
        return ""
    shares = []
    for mode in (riding.name, item.mode):
        seconds = resources.times_to(pack, mode, item.service).nearest_s
        found = reach(pack, seconds, measure=measure, baseline=baseline, within_min=item.threshold_min)
        shares.append(found.rows["share"][ward])
    return share_by_timetable(pack, shares[0], shares[1], timing_of(riding))


def close_to_call(rows: pd.DataFrame) -> str:
    """Tell whether the order of some areas is clear: ``"clear"``, or ``"too close to call"`` where ranges overlap.

    Where all have the same figure without a range, they are ``"the same"``.

    Parameters
    ----------
    rows
        Columns ``low, high``, a row an area.
    """
    if len(np.unique(rows[["low", "high"]])) == 1:
        return "the same"
    ends = rows[["low", "high"]].to_numpy(float)
    close = any(
        bool(overlap(*ends[one], *ends[other])) for one in range(len(ends)) for other in range(one + 1, len(ends))
    )
    return "too close to call" if close else "clear"


def _measured(pack: AreaPack, basket: Basket) -> Survey:
    times = resources.measured(pack, tuple((item.service, item.mode) for item in basket), basket)
    return times.with_basket(basket)
