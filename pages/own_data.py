"""Your data page: one's own places and counts, given, checked, kept under a name, and used."""

import pandas as pd
import streamlit as st

from analysis.shown import nobody_counted
from geo.errors import ReachError, UnknownNameError
from geo.own.counts import Counts
from store.layers import Layer
from store.person import Task
from ui.kit import controls, resources, stores
from ui.kit.deck import show_map
from ui.kit.maps import area_labels, outline_layers
from ui.kit.own_places import place_layers, places_legend
from ui.kit.page import answer, beside, controls_line, page, plain, show_error
from ui.kit.session import Session, session
from ui.kit.tables import Column, show_table
from ui.kit.view import area_view, panel_below
from ui.kit.visitor import visitor
from ui.kit.who import may
from ui.own.given import Given, give
from ui.own.kept import keep_form, kept_list, replacing_layer, told
from ui.own.layer import layer_controls, show_layer
from ui.own.maps import MOST_LISTED, count_layers
from ui.own.questions import problems_table
from wording.own import found_words, own_words, read_words, say_own

said = own_words()

with page(said["title"], said["purpose"]) as pack:
    stores.note_set_aside()
    store = stores.layers()
    kept = store.list(pack.code)
    by_id: dict[str, Layer] = {layer.id: layer for layer in kept}
    gone: Layer | None = None
    asked_for = (controls.coming(Session.own_layer, ""), Session.own_layer.asked, session.own_replacing)
    for asked in {str(one).casefold() for one in asked_for} - {"", *by_id}:
        try:
            layer = store.find(asked)
        except UnknownNameError:
            continue
        if layer.area != pack.code:
            continue
        if layer.removed_at is None:
            by_id[layer.id] = layer  # what is chosen stays, on whatever page of the list it is
        elif asked == Session.own_layer.asked.casefold() and not session.own_told[0]:
            gone = layer
    with controls_line():
        chosen = controls.choice(
            said["show"],
            ["", *by_id],
            key=Session.own_layer.key,
            labels={
                "": said["add" if visitor().may(Task.DATA) else "nothing"],
                **{key: layer.name for key, layer in by_id.items()},
            },
        )
        if chosen:
            layer_controls(pack, by_id[chosen])
    told(chosen)
    if gone is not None:
        st.info(say_own("link_gone", name=plain(gone.name)), icon=":material/info:")

    def preview(given: Given | None) -> None:
        """Draw what was given on the map of the area."""
        view = area_view(resources.bounds(pack))
        legends = []
        if given is None or (not len(given.found.rows) and isinstance(given.found, Counts)):
            outlines = outline_layers(pack.code, pack.wards, layer_id="all-wards", width_px=1)
            layers = [*outlines, area_labels(pack.code, pack.wards, view)]
        elif isinstance(given.found, Counts):
            _, layers, legend = count_layers(pack, given.found.rows, given.found.rows["measure"].iloc[0], view)
            legends = [legend]
        else:
            places = given.found
            layers = [
                *outline_layers(pack.code, pack.wards[pack.wards["target"]]),
                area_labels(pack.code, pack.wards, view),
                *place_layers(pack, places.rows, places.questions),
            ]
            legends = [places_legend(said["preview"], doubt=bool(places.questions))]
        alt = said["preview"] if given else pack.name
        show_map(layers, view, key=Session.own_map.key, basemap=resources.base_map(pack), alt=alt, legends=legends)

    def rows_table(given: Given) -> None:
        """Draw the rows that can be used, or the counts of the small areas made of them."""
        rows: pd.DataFrame = given.found.rows.head(MOST_LISTED)
        if isinstance(given.found, Counts):
            return  # they are shown by ward, to the nearest 5, once they are kept
        columns = {"name": Column(said["name_column"], pinned=True), "postcode": Column(said["postcode_column"])}
        columns |= {
            "easting": Column(said["easting_column"], "rank"),
            "northing": Column(said["northing_column"], "rank"),
        }
        with st.expander(said["preview"], icon=":material/table_rows:"):
            show_table(nobody_counted(rows), columns, key="own-preview", alt=said["preview"])

    if chosen:
        show_layer(pack, by_id[chosen], store.content(chosen))
    else:
        head = st.container()
        left, right = beside()
        with right:
            allowed = may(Task.DATA)
            replacing = replacing_layer(by_id) if allowed else None
            given = give(pack, replacing) if allowed else None
            if given is not None:
                st.caption(plain(read_words(given.found)))
                problems_table(given.found, given.stem)
                rows_table(given)
                keep_form(pack, given, replacing)
        with head:
            start = said["start"] if allowed else said["start_looking"]
            answer(start if given is None else f"## {found_words(given.found)}")
        with left:
            try:
                preview(given)
            except ReachError as error:
                show_error(error)
            if not panel_below():
                kept_list(pack)
        if panel_below():
            kept_list(pack)
