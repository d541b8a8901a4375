"""Need and reach in one map: its layer, legend, sentence and table."""

import pandas as pd
import pydeck as pdk
import streamlit as st

from analysis.reach.bivariate import NeedAndReach, need_and_reach
from analysis.shown import ShownFrame, made_of_shown
from drawing.legend import Legend, squares_legend
from drawing.palette import BIVARIATE
from geo.pack import AreaPack
from ui.kit import resources
from ui.kit.downloads import download_row
from ui.kit.grid_legend import grid_html
from ui.kit.maps import area_layer
from ui.kit.tables import show_table
from wording.columns import notes_of
from wording.need_reach import key_words, kind_words, need_reach_columns, need_reach_tips, need_reach_title

_ALPHA = 240


@st.cache_resource(show_spinner=False, max_entries=32, hash_funcs={AreaPack: lambda pack: pack.digest})
def need_reach(
    pack: AreaPack, need: str, service: str, mode: str, measure: str, baseline: str, within_min: float, by: str
) -> NeedAndReach:
    """Put each area into thirds of need and of reach, once for all visitors.

    Parameters
    ----------
    pack
        The area.
    need
        One of :func:`analysis.reach.bivariate.needs_of`.
    service, mode, measure, baseline, within_min
        Reach of what, how, by whom, in which counts, and within how many minutes.
    by
        ``"ward"`` or ``"lsoa"``.
    """
    nearest_s = resources.times_to(pack, mode, service).nearest_s
    return need_and_reach(pack, nearest_s, need=need, measure=measure, baseline=baseline, within_min=within_min, by=by)


def need_reach_layer(pack: AreaPack, found: NeedAndReach, service: str, within_min: float) -> pdk.Layer:
    """Draw the areas in the nine colours; the layer has the id of other maps of areas, ``wards`` or ``lsoas``."""
    frame = pack.wards if found.by == "ward" else pack.lsoas
    rows = found.rows.reindex([str(code) for code in frame.index])
    tips = dict(zip(found.rows.index, need_reach_tips(found, service, within_min), strict=True))
    return area_layer(
        pack.code,
        frame,
        rows["kind"].to_numpy(int),
        BIVARIATE,
        tips=[tips[code] for code in rows.index],
        layer_id=f"{found.by}s",
        alpha=_ALPHA,
    )


def need_reach_legend(service: str) -> str:
    """Return the legend: a square of nine colours with words along its axes."""
    title, across, up, whole, cells = key_words(service)
    return grid_html(BIVARIATE, title, across, up, whole, cells)


def need_reach_on_paper(service: str) -> Legend:
    """Return the same legend as a list of the nine classes, for a picture."""
    title, *_, cells = key_words(service)
    return squares_legend(list(zip(BIVARIATE, cells, strict=True)), title)


def need_reach_rows(pack: AreaPack, found: NeedAndReach) -> ShownFrame:
    """Return the rows of the table: most need and least reach first."""
    rows = found.rows.assign(
        kind_words=[kind_words(int(kind)) for kind in found.rows["kind"]],
        ward_name=[str(pack.wards["name"].get(code, "")) for code in found.rows["ward"]],
        both=found.rows["need_third"] + found.rows["unreached_third"],
    )
    rows = rows.sort_values(["both", "need_third", "share"], ascending=[False, False, True])
    return made_of_shown(rows.drop(columns="both"))


def need_reach_table(pack: AreaPack, found: NeedAndReach, service: str, baseline: str, within_min: float) -> None:
    """Draw the same figures as a table, with its downloads."""
    rows, columns = need_reach_rows(pack, found), need_reach_columns(found.need, found.by)
    title = need_reach_title(found.need, service, within_min)
    show_table(rows, columns, key="need-reach-table", alt=title, height=420)
    frame = pack.wards if found.by == "ward" else pack.lsoas
    table = made_of_shown(pd.DataFrame(rows[list(columns)]).rename_axis("code").reset_index())
    download_row(
        f"{pack.code}-need-and-reach-{service}",
        table,
        {**notes_of(pack, title, baseline), "status": "modelled"},
        key="need-reach",
        layers={f"{found.by}s": frame[["geometry"]].rename_axis("code").reset_index().merge(table, on="code")},
    )
