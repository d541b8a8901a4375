"""Gaps page: access gaps, who is cut off from what, and why."""

from zlib import crc32

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analysis.gaps.pockets import ANY_SERVICE
from analysis.gaps.report import GapReport
from analysis.reach.basket import Basket, read_basket
from analysis.reach.no_data import with_data, without_list
from drawing.legend import classes_legend, number_legend
from geo.measures import MEASURES
from geo.services import category_named
from geo.vintages import baseline_labels
from ui.gaps.basket_editor import chosen_basket, edit_basket
from ui.gaps.downloads import gap_downloads
from ui.gaps.maps import (
    ISOLATION,
    ROUND_ALL,
    ROUND_ONE,
    chosen_homes_layer,
    clear_wards,
    home_classes,
    homes_layer,
    pocket_layer,
    ward_layer,
)
from ui.gaps.panel import gap_panel, take_gap_click
from ui.gaps.pockets import EVERY, pocket_rows, pocket_table
from ui.gaps.sections import fair, how_much, how_sure, what_changed
from ui.gaps.wards import figure_names, gap_cards, gap_headline, ward_heat
from ui.kit import controls, resources
from ui.kit.cards import show_cards
from ui.kit.deck import show_map
from ui.kit.keyed import pocket_row
from ui.kit.legend import outline_of
from ui.kit.maps import area_labels, outline_layers, selected_layers, service_layer
from ui.kit.page import answer, beside, controls_line, off_street_note, page, part, plain, plainly
from ui.kit.session import Session, session
from ui.kit.timetable import mode_choice
from ui.kit.view import area_view, panel_below
from wording.gaps import kind_of, left_out_sentence, number_words
from wording.groups import group_names

COUNTED = ("children_0_3", "children_0_17", "children_in_poverty")
SHOWN = {"isolation": "Cut off, by ward", "homes": "Cut off, by home", "severance": "Long ways round"}

with page(
    "Who is cut off from what, and why?",
    "What every family with a small child should be able to reach, and who cannot.",
) as pack:
    default = with_data(pack, read_basket())
    own_modes = [mode.name for mode in default.modes]
    below: list[GapReport] = []  # the gaps that the rest of the page is drawn for

    def who_is_counted(when: DeltaGenerator) -> tuple[str, str, str]:
        """Draw the choices of who is counted, in which figures, and how families travel; day and hours in `when`."""
        measure = controls.choice(
            "Counting …",
            [name for name in COUNTED if name in pack.measure_names()],
            key=Session.counted.key,
            labels={name: MEASURES[name].label for name in COUNTED},
        )
        baseline = controls.choice(
            "Which figures",
            [base for base in pack.baselines if measure in pack.measure_names(base)],
            key=Session.baseline.key,
            labels=baseline_labels(pack),
        )
        mode = mode_choice(
            "Travelling by …",
            [pack],
            Session.by,
            default=own_modes[0],
            only=own_modes if len(own_modes) > 1 else (),
            explained=False,
            when=when,
        )
        return measure, baseline, mode

    def usual(mode: str) -> Basket:
        """Return the list of services as long as the reader has not changed it."""
        return default if len(own_modes) > 1 else default.changed(mode=mode)

    @part
    def explore() -> None:
        """Draw the choices, the answer, the map, the story of the chosen ward or pocket, and the pockets.

        A choice of the map draws only this again; one of who is counted draws the whole page.
        """
        with controls_line():
            shown = controls.choice("The map shows", list(SHOWN), key=Session.gaps_shown.key, labels=SHOWN)
            cut_off_from, only_target, who = st.container(), st.container(), st.popover("Who is counted, and how")
            when = st.container()
            with who:
                measure, baseline, mode = who_is_counted(when)
        basket, told = chosen_basket(usual(mode))
        report = resources.gaps(pack, basket, measure, baseline)
        if below and below[0] is not report:
            st.rerun()
        below[:] = [report]
        with cut_off_from:
            kinds = [ANY_SERVICE, *(name for name in basket.services if (report.pockets["service"] == name).any())]
            labels = {name: kind_of(name) for name in kinds}
            service = controls.choice(
                "Streets cut off from",
                [*kinds, EVERY],
                key=Session.cut_off_from.key,
                labels={**labels, EVERY: "any one of them"},
            )
        with only_target:
            alone = f"{group_names(pack)['target']} alone"
            six = bool(pack.target_wards) and controls.switch(alone, key=Session.six.key)
        first = gap_headline(report).split("\n\n")[0]
        answer(first)
        off_street_note(pack, mode)
        if told:
            st.warning(plain(told), icon=":material/link_off:")
        rows = pocket_rows(report, service, target_only=six)
        # A table keeps the number of the chosen row while its key stays the same: so other rows need another key.
        table = pocket_row(crc32("~".join(rows["id"]).encode()))
        take_gap_click(report, table, rows["id"].tolist())
        left, right = beside()
        with right:
            ward, pocket = gap_panel(report, rows)
        one = service if service in basket.services else ANY_SERVICE
        classes = ISOLATION if shown != "severance" else ROUND_ALL if one == ANY_SERVICE else ROUND_ONE
        words = {
            "isolation": "Share of services too far away",
            "homes": "Share of services too far away",
            "severance": "Long way round to "
            + ("the services" if one == ANY_SERVICE else f"the {category_named(one).label}"),
        }
        if shown == "isolation":
            layers = [ward_layer(report)]
        else:
            layers = [clear_wards(report), homes_layer(report, home_classes(report, shown, one), classes.colours)]
        layers += outline_layers(pack.code, pack.wards[pack.wards["target"]])
        layers += selected_layers(pack.code, pack.wards.loc[[ward]])
        if pocket:
            layers.append(chosen_homes_layer(report, report.pocket_homes(pocket)))
        discs = [rows]
        if one != ANY_SERVICE:
            discs.append(pack.services_of(one))
            layers.append(service_layer(pack, discs[-1], [one]))
        view = area_view(resources.bounds(pack))
        layers += [pocket_layer(pack, rows, pocket), area_labels(pack.code, pack.wards, view, discs=pd.concat(discs))]
        with left:
            show_map(
                layers,
                view,
                key=Session.gaps_map.key,
                basemap=resources.base_map(pack),
                alt=f"Map: {SHOWN[shown].lower()}, and pockets by number. The tables hold the same figures.",
                select=True,
                legends=[
                    classes_legend(classes, words[shown], outline=outline_of(pack)),
                    *([number_legend(number_words())] if len(rows) else []),
                ],
                title=plainly(first),
            )
        with st.container() if panel_below() else left:  # the ward's story comes before the streets
            pocket_table(rows, service, report.who, key=table.key)

    explore()

    @part
    def more(report: GapReport) -> None:
        """Draw the details: one question a tab, worked out when it is opened."""
        sections = {
            "What changed": what_changed,
            "How much there is": how_much,
            "Is it fair?": fair,
            "How sure are we?": how_sure,
        }
        tabs = st.tabs(list(sections), key=Session.gaps_tabs.key, on_change="rerun")
        for tab, draw in zip(tabs, sections.values(), strict=True):
            if tab.open:
                with tab:
                    draw(report)

    if below:  # else the part above says why not
        report = below[0]
        st.header("Every ward and every service", anchor=False)
        st.markdown("\n\n".join(gap_headline(report).split("\n\n")[1:]))
        show_cards(gap_cards(report))
        figures = figure_names(pack)
        figure = controls.choice(
            "The table shows", list(figures), key=Session.figure.key, labels=figures, widget="segmented"
        )
        ward_heat(report, figure)
        no_list = left_out_sentence(without_list(pack, read_basket().services))
        if no_list:
            st.info(no_list, icon=":material/info:")
        with st.expander("Our list of services: which count, how soon, and why. Change it and everything follows"):
            edit_basket(report.survey.basket, usual(session.by))
        more(report)
        gap_downloads(report)
