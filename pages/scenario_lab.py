"""Scenario lab page: open, move or close a site, see who gains and who loses, and find the best sites for hubs."""

from collections.abc import Callable

import streamlit as st

from analysis.scenario.lab import Effect
from geo.errors import ReachError
from geo.measures import MEASURES
from reports.files import report_date
from reports.offers import scenario_offers
from ui.kit import resources
from ui.kit.deck import show_map
from ui.kit.legend import show_legend
from ui.kit.page import answer, beside, controls_line, off_street_note, page, part, plain, plainly, show_error
from ui.kit.pin import pin_control, pin_layers
from ui.kit.session import Session, session
from ui.lab import state as lab_state
from ui.lab.best import best_panel
from ui.lab.change import more_controls, site_controls
from ui.lab.compare import compare_panel
from ui.lab.edit import add_controls, change_list, click_words, plan_head, question_controls, take_click
from ui.lab.keep import keep_panel
from ui.lab.maps import SHOWS, lab_layers, venue_switch
from ui.lab.money import money_panel
from ui.lab.place import shown_view, take_clicked
from ui.lab.results import show_headline_cards, wards_panel
from ui.lab.routes import route_controls
from wording.lab import headline
from wording.particulars import no_list_of

TABS = ("Change", "Best sites", "By ward", "Cost", "Compare", "Save")

with page(
    "What if we opened a hub here?",
    "Open, move or close a site and see at once who gains and who loses; or ask where hubs would do most good.",
) as pack:
    lab = resources.lab_of(pack)

    def plan_panel(effect: Effect) -> None:
        """Draw the ways to change the plan, and the changes made."""
        add_controls(pack, lab)
        with st.container():  # what is open below this container stays open when its content grows
            change_list(pack, lab, effect)
        site_controls(pack, lab, effect)
        route_controls(pack, lab)
        more_controls(pack, lab)

    @part
    def work() -> None:
        """Draw the whole lab; an edit draws only this again."""
        lab_state.begin(pack, lab)
        take_click(pack, lab)
        effect = lab_state.effect(lab)
        measures = effect.counts.measures
        measure = session.lab_measure
        measure = measure if measure is not None and measure in measures else measures[0]
        with controls_line():
            shows = st.selectbox(
                "On the map", list(SHOWS), key=Session.lab_shows.key, format_func=lambda name: SHOWS[name]
            )
            asks, when = st.popover("What is asked"), st.container()
            with asks:
                st.caption("Which service, how families travel, how far, and who is counted.")
                question_controls(pack, lab, when)
                st.selectbox(
                    "The sentence, the maps and the wards count …",
                    measures,
                    key=Session.lab_measure.key,
                    format_func=lambda name: MEASURES[name].label,
                )
        said = headline(effect, measure)
        answer(said, steady=True)
        off_street_note(pack, effect.scenario.mode)
        left, right = beside()
        refused: ReachError | None = None
        click = click_words(lab)
        try:
            layers, legends = lab_layers(pack, effect, shows, measure, click)
        except ReachError as error:
            refused = error
            layers, legends = lab_layers(pack, effect, "wards", measure, click)
        with right:
            with st.container(key="plan-head"):
                plan_head(pack)
            lab_state.show_told()
            asked = effect.scenario.service
            if pack.services_of(asked).empty:
                st.info(plain(no_list_of(pack, asked)), icon=":material/info:")
            if session.lab_open_tab == "best":  # a link to the question, not to a plan
                session.lab_tabs, session.lab_open_tab = TABS[1], ""
            tabs = st.tabs(TABS, key=Session.lab_tabs.key, on_change="rerun")
            panels: tuple[Callable[[], None], ...] = (
                lambda: plan_panel(effect),
                lambda: best_panel(pack, lab),
                lambda: wards_panel(effect, measure),
                lambda: money_panel(pack, lab, effect),
                lambda: compare_panel(pack, lab, effect, measure),
                lambda: keep_panel(pack, lab, effect, lambda: scenario_offers(effect, report_date())),
            )
        with left:
            show_map(
                [*layers, *pin_layers(pack)],
                shown_view(pack),
                key=Session.lab_map.key,
                basemap=resources.base_map(pack),
                alt="Map of venues to open a hub at, and what the plan changes; the tab By ward has the figures.",
                select=True,
                legends=legends[:-1],
                title=plainly(said),
                on_paper=legends,
            )
            with st.container(key="under-map"):
                venue_switch()
                show_legend(legends[-1])  # the venues' letters: too many to lie on the map
            pin_control(pack, take_clicked)
            if refused is not None:
                show_error(refused)
            show_headline_cards(effect)
        lab_state.write_address(pack)
        for number, (tab, panel) in enumerate(zip(tabs, panels, strict=True)):
            if tab.open or number == 0:  # the first is cheap, and what is half entered in it stays
                with tab:
                    panel()

    work()
