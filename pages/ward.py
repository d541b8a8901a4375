"""A page for a ward: all that is known of it, to be sent as one link."""

import streamlit as st

from analysis.reach.basket import read_basket
from analysis.reach.no_data import with_data
from analysis.travel.streets import piece_times_s
from drawing.legend import bands_legend, services_legend
from drawing.offers import Offer
from drawing.palette import time_bands
from geo.measures import MEASURES
from geo.pack import AreaPack
from geo.services import CATEGORIES, category_named
from geo.vintages import baseline_labels
from reports.files import report_date
from reports.offers import ward_map_offers
from ui.gaps.panel import explain_ward
from ui.kit import controls, resources
from ui.kit.deck import show_map
from ui.kit.legend import show_legend
from ui.kit.maps import selected_layers, settlement_labels
from ui.kit.page import answer, beside, controls_line, off_street_note, page, part, plain, plainly
from ui.kit.points import venue_layer
from ui.kit.report_buttons import report_buttons
from ui.kit.session import Session
from ui.kit.streets import street_time_layer
from ui.kit.view import area_view
from ui.wards.choice import take_named_ward
from ui.wards.profile import every_figure, services_in, ward_reach, ward_sentence, ward_table
from ui.wards.reach import counted


def all_about(pack: AreaPack, ward: str, baseline: str) -> None:
    """Draw all that is known of a ward."""
    names = pack.wards["name"].to_dict()
    answer(f"## {ward_sentence(pack, ward)}")
    off_street_note(pack, "walk_pram")
    basket = with_data(pack, read_basket())
    report = resources.gaps(pack, basket, counted(pack, baseline), baseline)
    item = next(iter(basket))

    def offers() -> list[Offer]:
        """Return the ward's brief, to download."""
        return ward_map_offers(pack, ward, report_date())[:1]

    @part
    def explore() -> None:
        """Draw the ward's streets and services beside its figures."""
        left, right = beside()
        with right:
            report_buttons(offers, key="take")
            ward_table(pack, ward, baseline)
        access = resources.access(pack, item.mode)
        times = resources.times_to(pack, item.mode, item.service)
        bands = time_bands(item.threshold_min, on_foot=access.mode.on_foot)
        pieces, url = resources.drawn_streets(pack, item.mode)
        west, south, east, north = pack.wards.loc[[ward]].to_crs(4326).total_bounds
        inside = pack.services[(pack.services["ward"] == ward) & (pack.services["status"] == "open")]
        kinds = [name for name, kind in CATEGORIES.items() if kind.shown and (inside["category"] == name).any()]
        kinds = [name for name in kinds if name != "bus_stop"]
        label = category_named(item.service).label
        with left:
            show_map(
                [
                    street_time_layer(
                        url, bands.index(piece_times_s(access, pieces, times)), bands, inside=pieces.inside
                    ),
                    *selected_layers(pack.code, pack.wards.loc[[ward]]),
                    settlement_labels(pack.code, resources.base_map(pack).places, max_rank=3),
                    venue_layer(pack, inside, kinds[::-1], main=item.service),  # children's centres on top
                ],
                area_view((float(west), float(south), float(east), float(north))),
                key="one-ward-map",
                basemap=resources.base_map(pack),
                alt=f"Map: the streets of {names[ward]} by minutes to the nearest {label}, and its services. "
                "The tables on this page hold the figures and the services.",
                legends=[bands_legend(bands, f"To the nearest {label}", outline="")],
                title=plainly(ward_sentence(pack, ward)),
                on_paper=[bands_legend(bands, f"To the nearest {label}", outline=""), services_legend(kinds)],
            )
            show_legend(services_legend(kinds))

    explore()

    near, far = st.columns(2, gap="large")
    with near:
        st.header("What families can reach", anchor=False)
        ward_reach(pack, ward, baseline)
        st.header("What is there", anchor=False)
        services_in(pack, ward)
    with far:
        st.header("What is too far away", anchor=False)
        explain_ward(report, ward)
    st.header("Every figure", anchor=False)
    every_figure(pack, ward)
    st.caption(f"Counted here: {MEASURES[counted(pack, baseline)].label.lower()}. This page's address opens it again.")


with page(
    "All about one ward",
    "Who lives in it, what they can reach, what is too far away, and what is there.",
) as pack:
    unknown = take_named_ward(pack)
    if unknown:
        st.warning(plain(f"No ward here is called “{unknown[:60]}”. Choose one below."), icon=":material/search_off:")
    names = pack.wards["name"].to_dict()
    with controls_line():
        ward = controls.choice("Ward", ["", *names], key=Session.ward.key, labels={"": "Choose a ward …", **names})
        baseline = controls.choice(
            "Which figures", pack.baselines, key=Session.baseline.key, labels=baseline_labels(pack)
        )
    if ward:
        all_about(pack, ward, baseline)
    else:
        st.info("Choose a ward to read all that is known of it.", icon=":material/touch_app:")
