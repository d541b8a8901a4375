"""Two plans on one map, or on two maps side by side: who can reach a site under only one of them."""

import pandas as pd
import pydeck as pdk
import streamlit as st

from analysis.scenario.difference import Difference, difference
from analysis.scenario.lab import Effect
from analysis.shown import made_of_shown, row_of
from drawing.legend import Legend, bands_legend
from drawing.palette import BOTH_COLOUR, NEITHER_COLOUR, ONLY_A_COLOUR, ONLY_B_COLOUR, TimeBands
from geo.errors import ReachError
from geo.pack import AreaPack
from ui.kit import controls, resources
from ui.kit.deck import show_map
from ui.kit.legend import outline_of, show_legend
from ui.kit.maps import outline_layers, service_layer, settlement_labels
from ui.kit.page import plain, show_error
from ui.kit.session import Session
from ui.kit.streets import street_time_layer
from ui.kit.tables import show_table
from ui.kit.view import panel_view
from ui.lab.maps import link_layers, minutes_layers, plan_layers
from wording.difference import control_words, difference_columns, difference_key, difference_sentence, difference_words
from wording.groups import group_names

_HEIGHT, _HALF_HEIGHT = 300, 250
Named = tuple[str, Effect]


def difference_panel(pack: AreaPack, plans: list[Named], measure: str) -> None:
    """Draw the first plan against another: sentence, map with legend or two maps, and table by ward.

    Parameters
    ----------
    pack
        The area.
    plans
        Name and effect of each plan, two or more.
    measure
        Who is counted.
    """
    here, others, said = plans[0], dict(plans[1:]), control_words()
    first = next(iter(others))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = controls.kept(Session.lab_against, list(others), default=first)
        name = st.selectbox(said["against"], list(others), key=key)
        two = st.toggle(said["two_maps"], key=controls.kept(Session.lab_two_maps))
    name = name or first
    try:
        found = difference(here[1], others[name])
    except ReachError as error:
        show_error(error)
        return
    a, b = here[0], name
    words, groups = difference_words(a, b), found.shown("group", measure)
    st.markdown(difference_sentence(row_of(groups, "borough"), plain(a), plain(b), measure))
    if two:
        _two_maps(pack, found, (a, b), (words["map_a"], words["map_b"]))
    else:
        legend = difference_legend(pack, a, b)
        show_map(
            difference_layers(pack, found, a, b),
            panel_view(resources.bounds(pack), _HEIGHT),
            key="lab-difference-map",
            basemap=resources.base_map(pack),
            alt=words["map"],
            height=_HEIGHT,
            title=words["map"],
            on_paper=[legend],
        )
        show_legend(legend)
    named = groups.assign(name=groups.index.map(group_names(pack)))
    rows = pd.concat([named, found.shown("ward", measure)])
    show_table(made_of_shown(rows), difference_columns(a, b), key="lab-difference", alt=words["table"], height=420)


def difference_layers(pack: AreaPack, found: Difference, a: str, b: str) -> list[pdk.Layer]:
    """Draw the streets by which plan reaches them, with the sites and new paths of both plans."""
    mode, service = found.a.scenario.mode, found.a.scenario.service
    services = pack.services_of(service)
    pieces, url = resources.drawn_streets(pack, mode)
    classes = found.streets(pieces, resources.access(pack, mode))
    return [
        street_time_layer(url, classes, _bands(a, b), layer_id="difference"),
        *outline_layers(pack.code, pack.wards[pack.wards["target"]]),
        settlement_labels(pack.code, resources.base_map(pack).places, max_rank=3),
        service_layer(pack, services, [service], radius_px=5),
        *link_layers(pack, tuple(dict.fromkeys((*found.a.after.links, *found.b.after.links)))),
        *plan_layers(found.a, layer_id="plan-a", colour=ONLY_A_COLOUR),
        *plan_layers(found.b, layer_id="plan-b", colour=ONLY_B_COLOUR),
    ]


def difference_legend(pack: AreaPack, a: str, b: str) -> Legend:
    """Return the legend of the difference, with the names of the plans."""
    return bands_legend(_bands(a, b), difference_words(a, b)["key"], outline=outline_of(pack))


def _bands(a: str, b: str) -> TimeBands:
    """Classes of the streets, drawn as bands are; what only one plan reaches is wider as well."""
    return TimeBands(
        limits_min=(0.0, 1.0, 2.0),
        colours=(NEITHER_COLOUR, BOTH_COLOUR, ONLY_A_COLOUR, ONLY_B_COLOUR),
        widths_px=(0.8, 1.4, 3.0, 3.0),
        labels=difference_key(a, b),
        kinds=("neither", "both", "only_a", "only_b"),
    )


def _two_maps(pack: AreaPack, found: Difference, names: tuple[str, str], alts: tuple[str, str]) -> None:
    """Draw the minutes with each plan in a map of its own, one above the other, of one size and with one view."""
    basemap = resources.base_map(pack)
    for letter, effect, name, alt in zip("ab", (found.a, found.b), names, alts, strict=True):
        service = effect.scenario.service
        streets, legends = minutes_layers(pack, effect)
        layers = [
            *streets,
            *outline_layers(pack.code, pack.wards[pack.wards["target"]]),
            settlement_labels(pack.code, basemap.places, max_rank=1),
            service_layer(pack, pack.services_of(service), [service], radius_px=4),
            *link_layers(pack, effect.after.links),
            *plan_layers(effect),
        ]
        st.markdown(f"**{plain(name)}**")
        show_map(
            layers,
            panel_view(resources.bounds(pack), _HALF_HEIGHT),
            key=f"lab-map-{letter}",
            basemap=basemap,
            alt=alt,
            height=_HALF_HEIGHT,
            title=f"{name}: {alt}",
            on_paper=legends,
        )
    show_legend(*legends)
