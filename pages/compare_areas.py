"""Areas side by side: the same measures, services and minutes for several areas, and what differs in their sources."""

from functools import partial

import streamlit as st

from analysis.areas.side_by_side import SideBySide, side_by_side
from analysis.shown import made_of_shown
from geo.measures import MEASURES
from geo.pack import AreaPack
from geo.packs import area_names
from ui.areas.chart import MOST, chart_words, dot_plot
from ui.areas.tables import figures_table, services_tables, sources_table
from ui.kit import controls, resources
from ui.kit.charts import show_chart
from ui.kit.downloads import download_row
from ui.kit.page import answer, beside, controls_line, page, plain
from ui.kit.session import Session
from ui.kit.timetable import mode_choice
from wording.areas import answer_words, chart_title, notes_on_figures, one_area, page_words
from wording.columns import licence_note
from wording.particulars import credits_of


@st.cache_resource(show_spinner="Comparing the areas …", max_entries=16, hash_funcs={AreaPack: lambda p: p.digest})
def compared(packs: tuple[AreaPack, ...], measure: str, mode: str, within_min: float) -> SideBySide:
    """Set areas side by side, once for all visitors."""
    return side_by_side(
        packs,
        measure=measure,
        mode=mode,
        within_min=within_min,
        nearest=lambda pack, service: resources.times_to(pack, mode, service).nearest_s,
    )


words = page_words()
_AT_FIRST = 2  # two fit side by side on a phone, too; more can be chosen
with page(words["title"], words["purpose"]) as pack:
    names = area_names()
    others = [code for code in names if code != pack.code]
    if not others:
        st.info(plain(one_area(pack.name)), icon=":material/add_location_alt:")
    else:
        with controls_line():
            chosen = controls.choices(
                words["which"],
                [pack.code, *others],
                key=Session.compared_areas.key,
                default=[pack.code, *others][:_AT_FIRST],
                labels=names,
                widget="pills",
            )
            packs = tuple(resources.area_pack(code) for code in chosen[:MOST])
            mode = mode_choice(words["way"], packs, Session.mode)
            within = controls.number(words["far"], 5, 60, 15, key=Session.within.key, step=5, unit=words["minutes"])
            known = {name for one in packs for name in one.measure_names()}
            measure = controls.choice(
                words["who"],
                [name for name in MEASURES if name in known] or ["children_0_3"],
                key=Session.who.key,
                labels={name: measure.label for name, measure in MEASURES.items()},
            )
        if len(packs) < 2:
            st.info(words["few"], icon=":material/touch_app:")
        else:
            found = compared(packs, measure, mode, within)
            answer(answer_words(found))
            left, right = beside((0.5, 0.5))
            with left:
                show_chart(
                    partial(dot_plot, found),
                    key="areas-chart",
                    alt_text=chart_words(found),
                    credit=credits_of(packs),
                    alone=chart_title(found),
                )
            with right:
                st.subheader(words["people"], anchor=False)
                figures_table(found, ["people", "need"], key="areas-people")
            st.caption(notes_on_figures(found))
            st.subheader(words["services"], anchor=False)
            services_tables(found)
            st.subheader(words["differs"], anchor=False)
            sources_table(found)
            download_row(
                "areas-side-by-side",
                made_of_shown(found.rows),
                {
                    "title": chart_title(found),
                    "packs": ", ".join(f"{one.code} {one.digest}" for one in packs),
                    "licence": "; ".join(dict.fromkeys(licence_note(one) for one in packs)),
                    "attribution": "; ".join(dict.fromkeys(credit for one in packs for credit in one.attribution())),
                },
                key="areas",
            )
