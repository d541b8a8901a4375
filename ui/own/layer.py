"""A kept layer on screen: who can reach one's own places, or one's own counts by ward."""

import pandas as pd
import streamlit as st

from analysis.reach.reach import reach
from analysis.shown import made_of_shown, nobody_counted
from analysis.travel.streets import piece_times_s
from drawing.legend import bands_legend
from drawing.palette import time_bands
from geo.measures import MEASURES
from geo.network.modes import mode_named
from geo.pack import AreaPack
from geo.vintages import baseline_labels
from store.layers import COUNTS, SITES, Layer
from ui.kit import controls, resources
from ui.kit.deck import show_map
from ui.kit.downloads import csv_bytes
from ui.kit.legend import outline_of
from ui.kit.maps import area_labels, outline_layers
from ui.kit.own_places import MOST_DRAWN, own_times, place_layers, places_legend
from ui.kit.page import answer, beside, plain, plainly
from ui.kit.session import Session, session
from ui.kit.streets import street_time_layer
from ui.kit.tables import Column, show_table
from ui.kit.timetable import mode_choice
from ui.kit.view import area_view
from ui.own.kept import actions, places_file
from ui.own.maps import MOST_LISTED, count_layers
from wording.columns import notes_of
from wording.groups import all_wards, area_words
from wording.numbers import capital
from wording.own import counts_note, counts_sentence, counts_title, own_category, own_words, say_own
from wording.rounding import digits
from wording.sentences import reach_sentence


def layer_controls(pack: AreaPack, layer: Layer) -> None:
    """Draw the choices of a layer of places in the line of controls."""
    if layer.kind == COUNTS:
        return
    mode_choice("Travelling by …", [pack], Session.mode)
    controls.number("Within …", 5, 60, 15, key=Session.within.key, step=5, unit="minutes")
    with st.popover(own_words()["counted"]):
        measure = controls.choice(
            "Counting …",
            [name for name in MEASURES if name in pack.measure_names()],
            key=Session.who.key,
            labels={name: measure.label for name, measure in MEASURES.items()},
        )
        controls.choice(
            "Which figures",
            [base for base in pack.baselines if measure in pack.measure_names(base)],
            key=Session.baseline.key,
            labels=baseline_labels(pack),
        )


def show_layer(pack: AreaPack, layer: Layer, rows: pd.DataFrame) -> None:
    """Draw a layer: its answer, its map, what can be done with it, and its tables."""
    if layer.kind == COUNTS:
        _counts(pack, layer, rows)
    else:
        _places(pack, layer, rows)


def _places(pack: AreaPack, layer: Layer, rows: pd.DataFrame) -> None:
    said = own_words()
    mode, measure, baseline, within = session.mode, session.who, session.baseline, float(session.within)
    access = resources.access(pack, mode)
    times = own_times(pack, mode, layer.id, layer.number)
    found = reach(pack, times.nearest_s, measure=measure, baseline=baseline, within_min=within)
    kind, called = own_category(plain(layer.name)), area_words(pack)
    sentence = reach_sentence(found, MEASURES[measure], kind, mode_named(mode), within, called)
    answer(sentence)
    left, right = beside()
    bands = time_bands(within, on_foot=mode_named(mode).on_foot)
    pieces, url = resources.drawn_streets(pack, mode_named(mode).walking.name)
    view = area_view(resources.bounds(pack))
    with left:
        show_map(
            [
                street_time_layer(url, bands.index(piece_times_s(access, pieces, times)), bands, inside=pieces.inside),
                *outline_layers(pack.code, pack.wards[pack.wards["target"]]),
                area_labels(pack.code, pack.wards, view),
                *place_layers(pack, rows),
            ],
            view,
            key=Session.own_map.key,
            basemap=resources.base_map(pack),
            alt=f"Map: {plainly(sentence)}",
            legends=[places_legend(layer.name), bands_legend(bands, "", outline=outline_of(pack))],
            title=plainly(sentence),
        )
    with right:
        actions(pack, layer, lambda: places_file(rows))
        if len(rows) > MOST_DRAWN:
            st.caption(say_own("map_first", n=digits(MOST_DRAWN), rows=digits(MOST_LISTED)))
        if layer.kind == SITES:
            st.caption(said["lab_note"])
            query = {Session.area.name: pack.code, Session.lab_open_tab.name: "best"}
            st.page_link("pages/scenario_lab.py", label=said["lab_link"], icon=":material/science:", query_params=query)
        _places_table(rows)
    st.header(said["table"], anchor=False)
    names = all_wards(pack)
    groups = found.groups.assign(name=[names[group] for group in found.groups.index])
    columns = {
        "name": Column("Ward", pinned=True),
        "total": Column(MEASURES[measure].label, "people"),
        "reached": Column("Can reach one", "people"),
        "share": Column("Share", "percent"),
        "median_min": Column("Half live within", "minutes", help="Weighted by people"),
    }
    table = made_of_shown(pd.concat([groups, found.rows]))
    show_table(table, columns, key="own-reach", alt=plainly(sentence), height="content")


def _places_table(rows: pd.DataFrame) -> None:
    said = own_words()
    columns = {
        "name": Column(said["name_column"], pinned=True),
        "postcode": Column(said["postcode_column"]),
        "easting": Column(said["easting_column"], "rank"),
        "northing": Column(said["northing_column"], "rank"),
    }
    with st.expander(said["places"], icon=":material/table_rows:", expanded=len(rows) <= 30):
        show_table(nobody_counted(rows.head(MOST_LISTED)), columns, key="own-places-table", alt=said["places"])


def _counts(pack: AreaPack, layer: Layer, rows: pd.DataFrame) -> None:
    said = own_words()
    measures = list(dict.fromkeys(rows["measure"]))
    head = st.container()
    left, right = beside()
    with right:
        measure = measures[0]
        if len(measures) > 1:
            key = controls.kept(Session.own_measure, measures, default=measures[0])
            measure = st.selectbox(capital(said["measure_column"]), measures, key=key)
        named = st.container()
        st.caption(counts_note())
    view = area_view(resources.bounds(pack))
    wards, layers, legend = count_layers(pack, rows, measure, view)
    with head:
        answer(counts_sentence(wards, plain(measure)))
    title = counts_title(layer.name, measure)
    with left:
        show_map(
            layers,
            view,
            key=Session.own_map.key,
            basemap=resources.base_map(pack),
            alt=title,
            legends=[legend],
            title=title,
        )
    notes = {**notes_of(pack, title, pack.baselines[0]), "figures": counts_note()}
    with named:
        actions(pack, layer, lambda: csv_bytes(made_of_shown(wards.reset_index()), notes))
    with right:
        columns = {
            "name": Column(said["ward_column"], pinned=True),
            "value": Column(said["count_column"], "people"),
            "counted": Column(said["areas_column"], "rank"),
        }
        show_table(wards, columns, key="own-counts-table", alt=title, height="content")
