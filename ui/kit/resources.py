"""Caches that the pages of all visitors share: packs, networks, travel times and published geometry, each made once.

Everything kept here is frozen or treated as such. Keys include the pack's digest, so that a pack that was built again
is opened again.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import streamlit as st

from analysis.gaps.report import GapReport, gap_report
from analysis.reach.basket import Basket
from analysis.reach.no_data import with_data
from analysis.reach.readings import contested
from analysis.reach.survey import Survey, survey
from analysis.scenario.lab import Lab
from analysis.travel.access import Access
from analysis.travel.streets import StreetPieces, street_pieces
from analysis.travel.times import TravelTimes
from analysis.trends.change import change, change_by_ward, closures
from drawing.basemap import Basemap, publish_basemap
from geo.finder import Finder
from geo.network.modes import mode_named
from geo.pack import AreaPack
from geo.packs import check_area, file_digest, open_pack, packs_folder
from ui.kit.session import session
from ui.kit.streets import publish_streets
from wording.particulars import drawn_credit, map_credit


def area_pack(name: str) -> AreaPack:
    """Open the pack of an area, or return the one already open; errors as for :func:`geo.packs.open_pack`."""
    check_area(name)  # the name comes from the address: check it before it becomes part of a path
    manifest = packs_folder() / name / "pack.json"
    return _pack(name, file_digest(manifest) if manifest.is_file() else "")


@st.cache_resource(show_spinner="Opening the area …", max_entries=8)
def _pack(name: str, built: str) -> AreaPack:  # noqa: ARG001  # a part of the key: what the manifest of this build is
    return open_pack(name)


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs={AreaPack: lambda pack: pack.digest})
def base_map(pack: AreaPack) -> Basemap:
    """Publish the base map of a pack."""
    streets = gpd.GeoDataFrame(
        {"kind": np.array(pack.network.class_names)[pack.network.edge_class]}, geometry=pack.network.lines, crs=pack.crs
    )
    return publish_basemap(pack.code, pack.basemap, streets, attribution=drawn_credit(pack), credit=map_credit(pack))


def credit_shown() -> str:
    """Return the credit of the area of this visit; empty where none is shown."""
    return map_credit(area_pack(session.area_shown)) if session.area_shown else ""


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs={AreaPack: lambda pack: pack.digest})
def access(pack: AreaPack, mode: str, speed_kmh: float | None = None) -> Access:
    """Snap the homes of a pack to the streets of a mode, at its own speed or another."""
    travel = mode_named(mode)
    return Access.of(pack, travel if speed_kmh is None else travel.at_speed(speed_kmh))


@st.cache_resource(show_spinner=False, max_entries=128, hash_funcs={AreaPack: lambda pack: pack.digest})
def times_to(pack: AreaPack, mode: str, category: str) -> TravelTimes:
    """Time every home to the services of a category."""
    return access(pack, mode).to_category(category)


@st.cache_resource(show_spinner=False, max_entries=32, hash_funcs={AreaPack: lambda pack: pack.digest})
def times_by_reading(pack: AreaPack, mode: str, category: str) -> dict[tuple[str, str], np.ndarray]:
    """Return seconds from every home to the nearest site under each other reading of which sites count."""
    others = contested(pack, category).others
    return {(category, one.name): access(pack, mode).to_sites(one.sites(pack)).nearest_s for one in others}


@st.cache_resource(show_spinner="Drawing the streets …", max_entries=16, hash_funcs={AreaPack: lambda p: p.digest})
def drawn_streets(pack: AreaPack, mode: str) -> tuple[StreetPieces, str]:
    """Cut the streets of a mode into pieces, publish them, and return both."""
    pieces = street_pieces(access(pack, mode))
    return pieces, publish_streets(pack.code, gpd.GeoSeries(pieces.lines, crs=pack.crs))


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs={AreaPack: lambda pack: pack.digest})
def finder(pack: AreaPack) -> Finder:
    """Make the search for the places that people type; one for all visitors."""
    return Finder.of(pack)


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs={AreaPack: lambda pack: pack.digest})
def bounds(pack: AreaPack) -> tuple[float, float, float, float]:
    """West, south, east and north of the area, in degrees."""
    west, south, east, north = pack.wards.to_crs(4326).total_bounds
    return float(west), float(south), float(east), float(north)


@st.cache_resource(show_spinner="Measuring every home …", max_entries=8, hash_funcs={AreaPack: lambda p: p.digest})
def measured(pack: AreaPack, services: tuple[tuple[str, str], ...], _basket: Basket) -> Survey:
    """Measure every home against a basket; the times depend only on `services`, its pairs of service and mode."""
    return survey(pack, _basket, access={mode: access(pack, mode) for _, mode in services})


@st.cache_resource(show_spinner="Finding the gaps …", max_entries=16, hash_funcs={AreaPack: lambda p: p.digest})
def gaps(pack: AreaPack, basket: Basket, measure: str, baseline: str) -> GapReport:
    """Work out the gaps of a pack under a basket."""
    basket = with_data(pack, basket)
    times = measured(pack, tuple((item.service, item.mode) for item in basket), basket)
    return gap_report(times.with_basket(basket), measure=measure, baseline=baseline)


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs={AreaPack: lambda pack: pack.digest})
def practices_then_and_now(
    pack: AreaPack, mode: str, threshold_min: float, measure: str, baseline: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare access to the GP practices of an earlier list and of now, by ward, and list those that have closed."""
    streets = access(pack, mode)
    found = change(streets, threshold_min=threshold_min)
    rows = change_by_ward(streets, found, measure=measure, baseline=baseline)
    return rows, closures(streets, found, measure=measure, baseline=baseline)


@st.cache_resource(show_spinner="Getting the streets ready …", max_entries=4, hash_funcs={AreaPack: lambda p: p.digest})
def lab_of(pack: AreaPack) -> Lab:
    """Make the lab of an area; one for all visitors, so that travel times to a site are worked out only once."""
    return Lab(pack)
