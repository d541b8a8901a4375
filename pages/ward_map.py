"""Ward map page: who lives here, where need is, and where services are."""

import numpy as np
import streamlit as st

from analysis.reach.need import former_names, indicators_of, lsoa_values, status_of
from drawing.legend import classes_legend, services_legend
from drawing.offers import Offer
from drawing.palette import class_breaks
from geo.services import CATEGORIES
from geo.vintages import baseline_labels, deprivation_words
from reports.files import report_date
from reports.offers import ward_map_offers
from ui.kit import controls, resources
from ui.kit.cards import Card, show_cards
from ui.kit.deck import show_map
from ui.kit.legend import outline_of
from ui.kit.maps import area_labels, area_layer, outline_layers, selected_layers, service_layer, settlement_labels
from ui.kit.page import answer, beside, controls_line, page, part, plainly
from ui.kit.report_buttons import report_buttons
from ui.kit.session import Session, session
from ui.kit.view import area_view
from ui.wards.answer import answer_sentence, area_figures, figures_of, values_by_group, values_by_ward, ward_ranking
from ui.wards.outcomes import ward_outcomes
from ui.wards.profile import take_click, ward_profile
from ui.wards.side_by_side import ward_side
from ui.wards.since import ward_since
from ui.wards.trend import ward_trend
from wording.columns import value_words
from wording.groups import area_words, level_names, whole_area
from wording.numbers import no_figure, small
from wording.rounding import per_cent

# No view at first: a view takes several times as long as the map, and would be drawn again at every choice above.
CLOSER = {
    "none": "Nothing more",
    "side": "Wards side by side",
    "trend": "Over the years",
    "outcomes": "The three outcomes",
    "since": "What changed",
}


with page(
    "Who lives here, and where is help?",
    "Choose what to map. Click a ward, or choose it by name, to read its profile.",
) as pack:
    with controls_line():
        indicators = indicators_of(pack)
        indicator = indicators[
            controls.choice(
                "What to map",
                list(indicators),
                key=Session.measure.key,
                labels={k: v.label for k, v in indicators.items()},
                also=former_names(pack),
            )
        ]
        baseline = controls.choice(
            "Which figures",
            indicator.baselines(pack) or [""],
            key=Session.baseline.key,
            labels={**baseline_labels(pack), "": deprivation_words(pack)},
            help="The strategy's figures and each census or estimate stand apart: do not compare one with another.",
        )
        levels = level_names(pack)
        level = controls.choice("Areas", list(levels), key=Session.areas.key, labels=levels, widget="segmented")
    areas_words = small(levels[level])
    said = answer_sentence(figures_of(pack, indicator, baseline, level), indicator, level)
    answer(said)
    groups, called = values_by_group(pack, indicator, baseline), area_words(pack)
    by_ward = values_by_ward(pack, indicator, baseline)

    def group_card(group: str, title: str) -> Card:
        """Make the headline of one group of wards."""
        words = indicator.label
        if indicator.kind == "count" and group != "borough":
            words += f", {per_cent(groups[group] / groups['borough'])} of the {called.whole}"
        status = status_of(pack, indicator, baseline, group)
        return Card(title, value_words(groups[group], indicator), words, status, strong=group == "target")

    @part
    def explore() -> None:
        """Draw the map, and the profile of the ward that is chosen in it or by name."""
        take_click(pack)
        areas = pack.wards if level == "ward" else pack.lsoas
        values = by_ward if level == "ward" else lsoa_values(pack, indicator, baseline).reindex(areas.index)
        classes = class_breaks(values, fmt=lambda value: value_words(value, indicator))
        basemap = resources.base_map(pack)
        left, right = beside()
        with right:
            ward = ward_profile(pack, baseline, lambda: report_buttons(lambda: offers()[:1], key="take"))
            if not ward:
                ward_ranking(pack, indicator, baseline)
            if ward != session.compared_ward:
                session.compared_ward = ward
                if session.closer in ("side", "trend"):
                    st.rerun()  # the comparison below begins with the chosen ward
        with left:
            drawn = st.container()
            shown = controls.choices(
                "Services on the map",
                [name for name, category in CATEGORIES.items() if category.shown and len(pack.services_of(name))],
                key=Session.services.key,
                default=["childrens_centre"],
                labels={name: category.plural for name, category in CATEGORIES.items()},
            )
            few = no_figure()
            tips = [
                f"{indicator.label}: {value_words(value, indicator) if np.isfinite(value) else few}" for value in values
            ]
            view = area_view(resources.bounds(pack))
            services = pack.services[(pack.services["status"] == "open") & pack.services["category"].isin(shown)]
            layers = [
                area_layer(pack.code, areas, classes.index(values), classes.colours, tips=tips, layer_id=f"{level}s"),
                *outline_layers(pack.code, pack.wards[pack.wards["target"]]),
                *(selected_layers(pack.code, pack.wards.loc[[ward]]) if ward else []),
                service_layer(pack, services, shown),
                area_labels(pack.code, pack.wards, view, discs=services),
            ]
            if level == "lsoa":
                layers.insert(-2, settlement_labels(pack.code, basemap.places, max_rank=0))
            with drawn:
                show_map(
                    layers,
                    view,
                    key=Session.ward_map.key,
                    basemap=basemap,
                    alt=f"Map: {indicator.label} by {areas_words}. The table below holds the same figures.",
                    select=True,
                    legends=[
                        classes_legend(
                            classes,
                            indicator.label,
                            missing=few if values.isna().any() else "",
                            outline=outline_of(pack),
                        ),
                        *([services_legend(shown)] if shown else []),
                    ],
                    title=f"{indicator.label} by {areas_words}. {plainly(said)}",
                )

    def offers() -> list[Offer]:
        """Return the files to download; the brief, the first, is for the ward that is chosen at that moment."""
        return ward_map_offers(pack, session.ward, report_date())

    explore()

    titles = {
        "target": f"The {len(pack.target_wards)} {called.targets}",
        "rest": f"The other {len(pack.wards) - len(pack.target_wards)} {called.wards}",
        "borough": whole_area(pack),
    }
    show_cards([group_card(group, titles[group]) for group in groups.index])

    st.header("The same figures as a table", anchor=False)
    area_figures(pack, indicator, baseline, level)

    heading = st.container()
    closer = controls.choice("Look at", list(CLOSER), key=Session.closer.key, labels=CLOSER, widget="segmented")
    # On paper, nothing would be below it.
    with heading.container(key="on-screen-closer" if closer == "none" else "closer-heading"):
        st.header("Look closer", anchor=False)
    match closer:
        case "side":
            ward_side(pack, baseline)
        case "trend":
            ward_trend(pack, indicator)
        case "outcomes":
            ward_outcomes(pack, baseline)
        case "since":
            ward_since(pack)

    with st.container(key="on-screen-take"):
        st.header("Take it with you", anchor=False)
        report_buttons(lambda: offers()[1:], key="take-all")
