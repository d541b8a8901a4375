"""The map of the lab: venues and postcodes to click, the plan's sites, and what the plan changes."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pydeck as pdk
import shapely
import streamlit as st

from analysis.placement.candidates import listed_venues
from analysis.scenario.lab import Effect
from analysis.scenario.sites import Link
from analysis.travel.access import Access
from analysis.travel.streets import StreetPieces, piece_times_s, pieces_on
from drawing.geojson import feature_collection
from drawing.legend import Legend, bands_legend, classes_legend, path_legend, services_legend
from drawing.palette import DIVERGING, INK, NO_FIGURE, SELECTED_COLOUR, Classes, readable_ink, rgba, symbol, time_bands
from drawing.static_files import static_root
from geo.pack import AreaPack
from ui.kit import controls, resources
from ui.kit.ground import ground_layer
from ui.kit.legend import outline_of
from ui.kit.maps import area_layer, expression, lettered_layer, outline_layers, settlement_labels
from ui.kit.points import homes_layer, ring_layer, venue_layer
from ui.kit.session import Session, session
from ui.kit.streets import route_layers, street_time_layer
from ui.kit.view import on_phone
from ui.lab.best import suggested_sites
from wording.languages import english
from wording.rounding import per_cent

SHOWS = {"minutes": "Minutes with the plan", "wards": "Who gains, by ward", "lsoas": "By small area"}
_NO_FIGURE = "nobody lives here"
CHOOSE = "Click: choose it, to move or close it"
CHANGE = Classes(
    (-1.0, -0.25, -0.005, 0.005, 0.25, 1.0),
    (DIVERGING[4], DIVERGING[3], DIVERGING[2], DIVERGING[1], DIVERGING[0]),
    ("25 points lower and more", "lower", "no change", "higher", "25 points higher and more"),
)
"""Change of the share within reach: losses orange, gains blue."""


def lab_layers(
    pack: AreaPack, effect: Effect, shows: str, measure: str, click: tuple[str, str]
) -> tuple[list[pdk.Layer], list[Legend]]:
    """Return the layers of the map from the bottom up, and its legends.

    Parameters
    ----------
    pack
        The area.
    effect
        What the plan does.
    shows
        One of `SHOWS`.
    measure
        Who is counted on the maps of gains.
    click
        What a click does, from :func:`ui.lab.edit.click_words`.

    Raises
    ------
    InputError
        For small areas, when the threshold is not a whole number of five minutes.
    """
    if shows == "minutes":
        layers, legends = minutes_layers(pack, effect)
    else:
        layers, legends = _gains(pack, effect, shows, measure)
    service = effect.scenario.service
    venues = listed_venues(pack) if session.lab_venues else ()
    kinds = [*(kind for kind in venues if kind not in (service, "playground")), service]
    open_now = tuple(key for key in effect.before.sites if key in effect.after.sites)
    layers = [
        ground_layer(pack, click[1]),
        *layers,
        *_fixed_layers(pack, tuple(kinds), click, open_now),
        *link_layers(pack, effect.after.links),
        *plan_layers(effect),
        *suggested_layers(pack, suggested_sites()),
    ]
    if effect.after.links:
        legends.append(path_legend("new path"))
    return layers, [*legends, services_legend(kinds[::-1], "Click one to use it")]


def venue_switch() -> None:
    """Draw the switch that takes the venues off the map; the sites of the plan's own service stay."""
    st.toggle(english().say("lab.venues"), key=controls.kept(Session.lab_venues), help=english().say("lab.venues_help"))


def _fixed_layers(
    pack: AreaPack, kinds: tuple[str, ...], click: tuple[str, str], open_now: tuple[str, ...]
) -> list[pdk.Layer]:
    """Return the layers that few edits change: kept, since writing their shapes takes a quarter of a second."""
    made = _made_layers(pack, kinds, click, open_now)
    files = [static_root() / str(part.data).removeprefix("app/static/") for part in made]
    if not all(file.is_file() for file in files):  # other pages' newer files have pushed one out
        _made_layers.clear()
        made = _made_layers(pack, kinds, click, open_now)
    return made


@st.cache_resource(show_spinner=False, max_entries=32, hash_funcs={AreaPack: lambda pack: pack.digest})
def _made_layers(
    pack: AreaPack, kinds: tuple[str, ...], click: tuple[str, str], open_now: tuple[str, ...]
) -> list[pdk.Layer]:
    services = pack.services[(pack.services["status"] == "open") & pack.services["category"].isin(kinds)]
    at_name, here = click
    tips = [
        f"{symbol(str(row.category)).label}\n{CHOOSE if row.Index in open_now else at_name.format(row.name)}"
        for row in services[["category", "name"]].itertuples()
    ]
    return [
        *outline_layers(pack.code, pack.wards[pack.wards["target"]]),
        homes_layer(pack, tip=here, keep=12),
        settlement_labels(pack.code, resources.base_map(pack).places, max_rank=3),
        venue_layer(pack, services, kinds, main=kinds[-1], tips=tips),
    ]


def minutes_layers(pack: AreaPack, effect: Effect) -> tuple[list[pdk.Layer], list[Legend]]:
    """Draw the streets by minutes with the plan; return the layer, and its legend."""
    scenario = effect.scenario
    bands = time_bands(max(scenario.within_min, 1), on_foot=effect.after.mode.on_foot)
    access = effect.after_times.access  # with the plan's own paths
    pieces, url = resources.drawn_streets(pack, scenario.mode)
    if effect.after.links:
        pieces = _pieces_on(pack, scenario.mode, effect.after.links, access, pieces)
    times_s = piece_times_s(access, pieces, effect.to_open_sites)
    layers = [street_time_layer(url, bands.index(times_s), bands, inside=pieces.inside)]
    return layers, [bands_legend(bands, "Minutes with the plan", outline=outline_of(pack))]


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs={AreaPack: lambda pack: pack.digest})
def _pieces_on(
    pack: AreaPack,
    mode: str,
    links: tuple[Link, ...],  # noqa: ARG001  # a part of the key: `_access` is what they make of the streets
    _access: Access,
    _pieces: StreetPieces,
) -> StreetPieces:
    """Find the drawn streets on the network with new paths; kept, since it takes a tenth of a second."""
    return pieces_on(_access.streets, _pieces, resources.access(pack, mode).streets)


def link_layers(pack: AreaPack, links: tuple[Link, ...]) -> list[pdk.Layer]:
    """Draw the new paths: dark lines with a white edge."""
    if not links:
        return []
    lines = [shapely.LineString([link.one_end, link.other_end]) for link in links]
    return route_layers(gpd.GeoSeries(lines, crs=pack.crs), layer_id="new-paths")


def _gains(pack: AreaPack, effect: Effect, level: str, measure: str) -> tuple[list[pdk.Layer], list[Legend]]:
    name = "ward" if level == "wards" else "lsoa"
    frame = pack.wards if level == "wards" else pack.lsoas
    table = effect.shown(name)
    rows = table[table["measure"] == measure].set_index("code").reindex([str(code) for code in frame.index])
    change = rows["share_after"] - rows["share_before"]
    tips = [
        _NO_FIGURE if np.isnan(d) else f"share within reach {per_cent(a)}, was {per_cent(b)}"
        for d, a, b in zip(change, rows["share_after"], rows["share_before"], strict=True)
    ]
    drawn = area_layer(
        pack.code, frame, CHANGE.index(change.to_numpy(float)), CHANGE.colours, tips=tips, layer_id=level, alpha=190
    )
    missing = _NO_FIGURE if change.isna().any() else ""
    return [drawn], [classes_legend(CHANGE, "Share within reach", missing=missing, outline=outline_of(pack))]


def plan_layers(effect: Effect, *, layer_id: str = "plan", colour: str = SELECTED_COLOUR) -> list[pdk.Layer]:
    """Draw the sites that the plan opens or moves in a colour, and those that it closes crossed out."""
    before, after = effect.before.sites, effect.after.sites
    new = [site for key, site in after.items() if key not in before or before[key] != site]
    gone = [site for key, site in before.items() if key not in after]
    rows = [(site, "open" if site.session is None else "session") for site in new] + [(site, "closed") for site in gone]
    if not rows:
        return []
    words = {
        "open": f"a site of the plan\n{CHOOSE}",
        "session": f"a weekly session of the plan\n{CHOOSE}",
        "closed": "closed by the plan",
    }
    points = gpd.GeoDataFrame(
        {
            "id": [site.site for site, _ in rows],
            "title": [site.name for site, _ in rows],
            "tip": [words[kind] for _, kind in rows],
            "name": ["×" if kind == "closed" else "★" if kind == "open" else "◷" for _, kind in rows],
            "k": [1 if kind == "closed" else 0 for _, kind in rows],
        },
        geometry=gpd.points_from_xy(
            [site.easting for site, _ in rows], [site.northing for site, _ in rows], crs=effect.counts.pack.crs
        ),
    )
    fills = expression([rgba(colour), rgba(NO_FIGURE)])
    inks = expression([rgba(readable_ink(colour)), rgba(INK)])
    radius = 9 if on_phone() else 12
    drawn = lettered_layer(
        layer_id,
        feature_collection(points, ["id", "title", "tip", "name", "k"]),
        radius=radius,
        letters="@@=properties.name",
        size=radius * 1.3,
        ink=f"@@=({inks})[properties.k]",
        edge_px=2.5,
        colour=f"@@=({fills})[properties.k]",
    )
    return [drawn]


def suggested_layers(pack: AreaPack, sites: pd.DataFrame) -> list[pdk.Layer]:
    """Draw the sites that a search suggests and nobody has adopted: rings with their numbers."""
    return [ring_layer(sites, crs=pack.crs, layer_id="suggested", numbered=True)] if len(sites) else []
