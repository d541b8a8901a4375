"""Scenario lab page: open, move or close a site, see who gains and who loses, and find the best sites for hubs."""

from collections.abc import Callable

import streamlit as st

from geo.errors import ReachError
from geo.measures import MEASURES
from reports.files import report_date
from reports.offers import scenario_offers
from ui.kit import resources
from ui.kit.deck import on_phone, show_map
from ui.kit.legend import show_legend
from ui.kit.page import page, part, show_error
from ui.kit.pin import pin_control, pin_layers
from ui.kit.session import Session, session
from ui.lab import state as lab_state
from ui.lab.best import best_panel
from ui.lab.change import more_controls, site_controls
from ui.lab.compare import compare_panel
from ui.lab.edit import add_controls, change_list, click_words, question_controls, take_click
from ui.lab.keep import keep_panel
from ui.lab.maps import SHOWS, lab_layers
from ui.lab.money import money_panel
from ui.lab.place import shown_view, take_clicked
from ui.lab.results import show_headline_cards, wards_panel
from wording.lab import headline

TABS = ("Ward by ward", "Ask for the best sites", "Cost and places", "Compare", "Save and share")

# The map must not move between two clicks, or the next click would select another venue: so the part above the map has
# a fixed height, enough for the longest sentence that was seen; a longer one scrolls.
_STEADY = """
<style>
.st-key-lab-headline { --room: 5.6rem; min-height: var(--room); max-height: var(--room); flex: none; overflow-y: auto; }
@media (max-width: 1000px) { .st-key-lab-headline { --room: 8.6rem; } }
@media (max-width: 640px) { .st-key-lab-headline { --room: 13rem; } .st-key-lab-headline h2 { font-size: 1rem; } }
</style>
"""

with page(
    "What if we opened a hub here?",
    "Open, move or close a site and see at once who gains and who loses; or ask where hubs would do most good.",
    area=resources.chosen_area(),
) as pack:
    lab = resources.lab_of(pack)

    st.html(_STEADY)

    @part
    def work() -> None:
        """Draw the whole lab; an edit draws only this again."""
        lab_state.begin(pack, lab)
        take_click(pack, lab)
        effect = lab_state.effect(lab)
        measures = effect.counts.measures
        measure = session.lab_measure
        measure = measure if measure is not None and measure in measures else measures[0]
        with st.container(key="lab-headline"):
            st.markdown(headline(effect, measure))
        left, right = st.columns([7, 4], gap="medium")
        with right:
            add_controls(pack, lab)
            lab_state.show_told()
            with st.container():  # what is open below this container stays open when its content grows
                change_list(pack, lab, effect)
            site_controls(pack, lab, effect)
            more_controls(pack, lab)
        with left:
            shows = st.segmented_control(
                "On the map",
                list(SHOWS),
                key=Session.lab_shows.key,
                default="minutes",
                required=True,
                format_func=lambda name: SHOWS[name],
            )
            refused: ReachError | None = None
            click = click_words(lab)
            try:
                layers, legends = lab_layers(pack, effect, shows or "minutes", measure, click)
            except ReachError as error:
                refused = error
                layers, legends = lab_layers(pack, effect, "wards", measure, click)
            show_map(
                [*layers, *pin_layers()],
                shown_view(pack),
                key=Session.lab_map.key,
                basemap=resources.base_map(pack),
                alt="Map of venues to open a hub at, and what the plan changes; the table below has the figures.",
                select=True,
                height=380 if on_phone() else 440,
            )
            pin_control(pack, take_clicked)
            show_legend(*legends)
            if refused is not None:
                show_error(refused)
            show_headline_cards(effect)
        with st.expander("What is asked: which service, how families travel, how far, and who is counted"):
            question_controls(pack, lab)
            st.selectbox(
                "The sentence, the maps and the wards count …",
                measures,
                key=Session.lab_measure.key,
                format_func=lambda name: MEASURES[name].label,
            )
        tabs = st.tabs(TABS, key=Session.lab_tabs.key, on_change="rerun")
        panels: tuple[Callable[[], None], ...] = (
            lambda: wards_panel(effect, measure),
            lambda: best_panel(pack, lab),
            lambda: money_panel(pack, lab, effect),
            lambda: compare_panel(pack, lab, effect, measure),
            lambda: keep_panel(pack, lab, effect, lambda: scenario_offers(effect, report_date())),
        )
        lab_state.write_address(pack)
        for tab, panel in zip(tabs, panels, strict=True):
            if tab.open:
                with tab:
                    panel()

    work()
