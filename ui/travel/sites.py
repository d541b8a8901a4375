"""The catchment of one site: who lives near enough to it, who has no other, and what closes if it closes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import geopandas as gpd
import numpy as np
import pandas as pd
import pydeck as pdk
import streamlit as st

from analysis.reach.catchment import Catchments, catchments
from analysis.reach.isochrone import Isochrone, isochrone_of
from analysis.shown import made_of_shown, row_of
from analysis.travel.access import Access
from analysis.travel.streets import piece_times_s
from drawing.legend import Legend, Swatch, bands_legend
from drawing.palette import ALONE_COLOUR, OUTSIDE_COLOUR, SELECTED_COLOUR, SHARED_COLOUR, TimeBands
from geo.errors import InputError
from geo.pack import AreaPack
from ui.kit import controls, resources
from ui.kit.deck import read_selection
from ui.kit.downloads import download_row
from ui.kit.maps import outline_layers
from ui.kit.page import plain
from ui.kit.points import class_points_layer, ring_layer
from ui.kit.session import Session, session
from ui.kit.slots import Slot
from ui.kit.streets import street_time_layer
from ui.kit.tables import Column, show_table
from wording.catchment import (
    all_sites_sentence,
    catchment_columns,
    catchment_key,
    catchment_sentences,
    no_area_sentence,
    panel_words,
    ward_name,
)
from wording.columns import notes_of
from wording.rounding import shortest

_OUTSIDE, _SHARED, _ALONE = 0, 1, 2
_EDGE_PX = 1.5
_SIMPLER_M = 5.0
"""How far the edge on the map may be from that in the file, metres: less than a pixel."""


@dataclass(frozen=True, eq=False)
class Chosen:
    """The site that the reader has chosen, the catchments that it is one of, what is said of it, and its area.

    There is no area where no street is within the limit.
    """

    site: str
    found: Catchments
    service: str
    said: str
    area: Isochrone | None = None


def show_site_of_link() -> None:
    """Let a link with nothing but a site open the map of that site; call it before the choice of the map is drawn."""
    shows = Session.travel_shows
    if Session.site.asked and not shows.asked and not shows.held:
        shows.put("site")


def take_site_click(pack: AreaPack, drawn: Slot[object], service: str) -> None:
    """Let a new click on a service of a map choose the site; call it before the panel is drawn."""
    selection = read_selection(drawn.get(), among=["services"])
    clicked = "" if selection is None else selection.id
    if clicked != session.site_clicked and clicked in pack.services_of(service).index:
        session.site = clicked
    session.site_clicked = clicked


def site_panel(
    pack: AreaPack, access: Access, service: str, mode: str, measure: str, baseline: str, within: float
) -> Chosen:
    """Draw the choice of a site and what its catchment holds; :func:`sites_table` belongs below the map.

    Parameters
    ----------
    pack, access
        The area, and its streets for the mode.
    service, mode
        Category of the sites, and how families travel.
    measure, baseline
        Who is counted.
    within
        Threshold in minutes.
    """
    found = _catchments(pack, access.mode.name, service, measure, baseline, within)
    shown, said = found.shown(), panel_words(service)
    sites = [str(site) for site in shown.index]
    site = controls.choice(
        said["choose"],
        sites,
        key=Session.site.key,
        labels={str(key): str(name) for key, name in shown["name"].items()},
        help=said["hint"],
    )
    row = row_of(shown, site)
    first, second = catchment_sentences(
        row | {"name": plain(str(row["name"]))}, service=service, mode=mode, measure=measure, within_min=within
    )
    st.markdown(f"{first} {second}".strip())
    columns = catchment_columns(measure, within)
    wards = found.shown_by_ward(site)
    if len(wards):
        with st.expander(said["wards"]):
            show_table(
                wards,
                {"name": Column(columns["ward_name"].label, pinned=True)}
                | {name: columns[name] for name in ("inside", "alone")},
                key="site-wards",
                alt=said["wards"],
                height="content",
            )
    with st.spinner(said["drawing"]):
        area = _area(pack, access.mode.name, site, within)
    return Chosen(site, found, service, first, area)


def area_downloads(access: Access, chosen: Chosen, file_of: Callable[..., bytes]) -> None:
    """Draw the buttons for the area of the chosen site as a file for maps, or say that it has none.

    Parameters
    ----------
    access, chosen
        The mode, and the site.
    file_of
        Makes the file of an ending, as `reports.isochrone.isochrone_file` does; it is called on the click, not before.
    """
    found, said = chosen.found, panel_words(chosen.service)
    name = str(found.sites.loc[chosen.site, "name"])
    if chosen.area is None:
        st.caption(no_area_sentence(plain(name), found.within_min))
        return
    file_name = f"{found.pack.code}-{chosen.site}-{access.mode.name}-{shortest(found.within_min)}min"
    about = {"name": name, "measure": found.measure, "baseline": found.baseline}
    with st.container(horizontal=True):
        for kind, ending, mime in (
            ("geojson", ".geojson", "application/geo+json"),
            ("geopackage", ".gpkg", "application/geopackage+sqlite3"),
        ):
            st.download_button(
                said[kind],
                partial(file_of, ending, access, chosen.area, **about),
                file_name=file_name + ending,
                mime=mime,
                key=f"site-area-{kind}",
                on_click="ignore",
                icon=":material/download:",
            )


def sites_table(pack: AreaPack, chosen: Chosen, mode: str) -> None:
    """Draw all sites of the service as a table, those who have no other first, with its downloads; it wants width."""
    found, service = chosen.found, chosen.service
    shown, said = found.shown(), panel_words(service)
    columns = catchment_columns(found.measure, found.within_min)
    table = made_of_shown(shown.assign(ward_name=[ward_name(pack, str(code)) for code in shown["ward"]]))
    show_table(table, columns, key="site-table", alt=said["table"], height="content")
    together = row_of(found.shown_reached(), "borough")
    most = row_of(shown, shown.index[0])
    about = all_sites_sentence(together, most, service=service, measure=found.measure, within_min=found.within_min)
    st.caption(plain(about))
    positions = gpd.points_from_xy(
        pack.services["easting"].reindex(shown.index), pack.services["northing"].reindex(shown.index)
    )
    download = made_of_shown(pd.DataFrame(table[list(columns)]).reset_index())
    download_row(
        f"{pack.code}-{service}-{mode}-{shortest(found.within_min)}min-sites",
        download,
        {**notes_of(pack, said["table"], found.baseline), "status": "modelled"},
        key="site",
        layers={"sites": gpd.GeoDataFrame(download, geometry=positions, crs=pack.crs)},
    )


def site_layers(pack: AreaPack, access: Access, chosen: Chosen) -> list[pdk.Layer]:
    """Draw the edge of a site's area, and its streets and homes by who reaches them: it alone, another too, or not it.

    They take the place of the layer of streets by time; :func:`site_mark` belongs on top.
    """
    found, mode = chosen.found, access.mode.name
    classes, url = _street_classes(pack, mode, chosen.service, chosen.site, found.within_min)
    pieces, _ = resources.drawn_streets(pack, access.mode.walking.name)
    column = found.of_site(chosen.site)
    inside = np.flatnonzero(found.inside[:, column])
    homes = gpd.GeoDataFrame(
        {"c": found.alone[inside, column].astype(int)},
        geometry=gpd.points_from_xy(*pack.demand_xy[inside].T, crs=pack.crs),
    )
    layers = [
        street_time_layer(url, classes, _bands(chosen.service), inside=pieces.inside),
        class_points_layer(homes, (SHARED_COLOUR, ALONE_COLOUR), layer_id="site-homes"),
    ]
    if chosen.area is not None:
        edge = gpd.GeoDataFrame(geometry=[chosen.area.shape.simplify(_SIMPLER_M)], crs=pack.crs)
        layers += outline_layers(pack.code, edge, layer_id="site-area", colour=SELECTED_COLOUR, width_px=_EDGE_PX)
    return layers


def site_mark(pack: AreaPack, chosen: Chosen) -> pdk.Layer:
    """Draw a ring around the chosen site; it belongs on top, and a click goes through to the disc."""
    return ring_layer(chosen.found.sites.loc[[chosen.site]], crs=pack.crs, layer_id="site-ring")


def site_legend(service: str) -> Legend:
    """Return the legend of the streets and homes of a catchment."""
    said = panel_words(service)
    legend = bands_legend(_bands(service), said["key"])
    edge = Swatch("outline", SELECTED_COLOUR, said["edge"], width_px=_EDGE_PX)
    return replace(legend, entries=(*legend.entries, edge))


def _bands(service: str) -> TimeBands:
    """Classes of the streets, drawn as bands are: thin and grey where the site does not reach."""
    alone, shared = catchment_key(service)
    return TimeBands(
        limits_min=(0.0, 1.0),
        colours=(OUTSIDE_COLOUR, SHARED_COLOUR, ALONE_COLOUR),
        widths_px=(0.8, 2.4, 2.4),
        labels=(panel_words(service)["outside"], shared, alone),
        kinds=("outside", "shared", "alone"),
    )


@st.cache_resource(show_spinner=False, max_entries=32, hash_funcs={AreaPack: lambda pack: pack.digest})
def _catchments(pack: AreaPack, mode: str, service: str, measure: str, baseline: str, within: float) -> Catchments:
    """Work out the catchments of all sites of a service once for all visitors."""
    return catchments(resources.access(pack, mode), service, measure=measure, baseline=baseline, within_min=within)


@st.cache_resource(show_spinner=False, max_entries=32, hash_funcs={AreaPack: lambda pack: pack.digest})
def _area(pack: AreaPack, mode: str, site: str, within: float) -> Isochrone | None:
    """Work out the area of a site once for all visitors; None where no street is within the limit."""
    place = pack.services.loc[site, ["easting", "northing"]].to_numpy(np.float64)
    try:
        found = isochrone_of(resources.access(pack, mode), place, within)
    except InputError:  # the site is too far from every street of this mode
        return None
    return None if found.shape.is_empty else found


@st.cache_resource(show_spinner=False, max_entries=32, hash_funcs={AreaPack: lambda pack: pack.digest})
def _street_classes(pack: AreaPack, mode: str, service: str, site: str, within_min: float) -> tuple[np.ndarray, str]:
    """Class of each piece of street: reached by the site alone, by it and another, or not by it; and their address."""
    access = resources.access(pack, mode)
    pieces, url = resources.drawn_streets(pack, access.mode.walking.name)
    services = pack.services_of(service)
    own_s, others_s = (
        piece_times_s(access, pieces, access.to_sites(sites))
        for sites in (services.loc[[site]], services.drop(index=site))
    )
    limit_s = within_min * 60.0
    classes = np.where(own_s <= limit_s, np.where(others_s <= limit_s, _SHARED, _ALONE), _OUTSIDE)
    return classes, url
