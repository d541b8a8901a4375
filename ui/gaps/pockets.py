"""Pockets (clusters of underserved homes) as a ranked list, and the table to choose one from."""

import math

import numpy as np
import pandas as pd
import streamlit as st

from analysis.gaps.pockets import ANY_SERVICE
from analysis.gaps.report import GapReport
from analysis.shown import ShownCount
from geo.measures import MEASURES
from geo.services import category_named
from ui.kit.tables import Column, column_config, printed_html, shown_frame, with_words
from wording.gaps import kind_of
from wording.numbers import capital, minutes, people
from wording.rounding import digits

POVERTY = MEASURES["children_in_poverty"].counted
EVERY = "any"
MOST = 12


def pocket_rows(report: GapReport, service: str, *, target_only: bool) -> pd.DataFrame:
    """Return the first pockets of one service, of half the basket, or of any, numbered in their order.

    Parameters
    ----------
    report
        The gaps.
    service
        Category, ``"basket"``, or `EVERY`.
    target_only
        Leave out pockets outside the target wards.

    Returns
    -------
    At most `MOST` rows of the report's pockets with ``number``, ``what`` (cut off from) and ``tip``.
    """
    table = pd.DataFrame(report.pockets)
    wanted = (table["service"] == service) | (service == EVERY)
    if target_only:
        wanted &= table["target"].astype(bool)
    rows = table[wanted].head(MOST).reset_index(drop=True)
    what = [kind_of(str(name)) for name in rows["service"]]
    tips = [
        f"{_few(row['children'])} {report.who}, cut off from {kind}" + _minutes(row)
        for kind, (_, row) in zip(what, rows.iterrows(), strict=True)
    ]
    names = [name.removeprefix("around ") for name in rows["name"]]
    return rows.assign(number=np.arange(1, len(rows) + 1), what=what, tip=tips, place=names)


def pocket_table(rows: pd.DataFrame, service: str, who: str, *, key: str) -> None:
    """Draw the ranked table; choosing a row marks that pocket on the map and explains it.

    Parameters
    ----------
    rows
        From :func:`pocket_rows`.
    service
        The service that they cannot reach in time.
    who
        Who is counted, with their ages.
    key
        Stable key, which :func:`ui.gaps.panel.take_gap_click` reads.
    """
    kind = "one or more of the services" if service == EVERY else kind_of(service)
    poor = bool(rows["children_in_poverty"].notna().any())
    first = POVERTY if poor else who
    st.markdown(f"**The streets that are cut off from {kind}**. Those with most {first} come first.")
    if rows.empty:
        st.info(
            f"There is no place where five {who} or more live too far away from it.", icon=":material/check_circle:"
        )
        return
    columns = {
        "number": Column("No.", "rank"),
        "place": Column("Around"),
        "ward_name": Column("Ward"),
        **({"what": Column("Cut off from")} if service == EVERY else {}),
        "children": Column(capital(who), "people", help="To the nearest 5"),
        **({"children_in_poverty": Column(capital(POVERTY), "people", help="To the nearest 5")} if poor else {}),
        **(
            {}
            if service == ANY_SERVICE
            else {
                "median_min": Column("Half live within", "minutes", help=f"Half of the {who} there"),
                "nearest": Column("Nearest for most"),
            }
        ),
    }
    shown = shown_frame(rows, columns)
    st.dataframe(
        with_words(shown, columns),
        column_config=column_config(columns, shown),
        hide_index=True,
        key=key,
        alt="Pockets, numbered as on the map",
        height=38 + 35 * min(len(rows), MOST),
        placeholder="–",
        on_select="rerun",
        selection_mode="single-row",
    )
    st.html(printed_html(shown, columns, "Pockets, numbered as on the map"))
    st.caption("Tick a row to mark it on the map and read why. In a group, no home is more than 250 m from the next.")


def _few(count: ShownCount) -> str:
    return people(count)


def _minutes(row: pd.Series) -> str:
    if math.isnan(row["median_min"]):
        return ""
    if math.isinf(row["median_min"]):
        return f": {minutes(row['median_min'])}"
    return f"\n{category_named(str(row['service'])).label}: {digits(row['median_min'])} minutes"
