"""Travel time page: time on real streets to the nearest site of each service, and reach of each ward."""

from functools import partial

import pandas as pd
import streamlit as st

from analysis.reach.bivariate import NeedAndReach, need_named, needs_of
from analysis.reach.need import former_names
from analysis.reach.reach import reach, reach_curve
from analysis.shown import row_of
from analysis.travel.streets import piece_times_s
from drawing.legend import Legend, bands_legend
from drawing.palette import time_bands
from geo.measures import MEASURES
from geo.network.modes import mode_named
from geo.services import CATEGORIES
from geo.vintages import baseline_labels
from reports.isochrone import isochrone_file
from ui.kit import controls, resources
from ui.kit.charts import curve_table, curve_words, sentence, share_curve, show_chart, ward_bars
from ui.kit.deck import show_map
from ui.kit.dots import dots_layer, dots_legend, dots_switch
from ui.kit.downloads import download_row
from ui.kit.finding import place_view
from ui.kit.ground import ground_layer
from ui.kit.legend import outline_of
from ui.kit.maps import area_labels, outline_layers, service_layer, settlement_labels
from ui.kit.own_places import MOST_DRAWN, OwnPlaces, own_layers, place_layers, places_legend, removed_layer
from ui.kit.page import answer, beside, controls_line, off_street_note, page, part, plain, plainly
from ui.kit.pin import pin_control, pin_layers
from ui.kit.points import homes_layer
from ui.kit.session import Session
from ui.kit.streets import street_time_layer
from ui.kit.tables import Column, show_table
from ui.kit.timetable import mode_choice
from ui.kit.view import area_view, on_phone, panel_below
from ui.travel.journeys import here_layers, journey_panel, take_place_click, take_postcode
from ui.travel.outing import outing_layer, outing_legend, outing_panel, outing_tables
from ui.travel.sites import (
    area_downloads,
    show_site_of_link,
    site_layers,
    site_legend,
    site_mark,
    site_panel,
    sites_table,
    take_site_click,
)
from ui.wards.need_reach import (
    need_reach,
    need_reach_layer,
    need_reach_legend,
    need_reach_on_paper,
    need_reach_table,
)
from wording.columns import notes_of
from wording.groups import all_wards, area_words, group_words, level_names
from wording.need_reach import need_label, need_reach_sentence, need_reach_title
from wording.numbers import capital, percent
from wording.own import own_category, say_own
from wording.particulars import no_index_among_children
from wording.rounding import digits, shortest
from wording.scenario import travelling
from wording.sentences import reach_sentence
from wording.transit import missing_notes, timetable_notes

SHOWS = {
    "minutes": "Minutes by street",
    "site": "One site's area",
    "back": "There and back",
    "need": "Need and reach",
}

with page(
    "How long does it take to get there?",
    "Time from every home to the nearest service, on real streets.",
) as pack:
    layers_of_own = own_layers(pack)
    gone = None if Session.service.asked in layers_of_own else removed_layer(pack, Session.service.asked)
    with controls_line():
        listed = [name for name, category in CATEGORIES.items() if category.shown and len(pack.services_of(name))]
        service = controls.choice(
            "To the nearest …",
            [*listed, *layers_of_own],
            key=Session.service.key,
            labels={name: category.label for name, category in CATEGORIES.items()}
            | {name: say_own("layer.destination", name=layer.name) for name, layer in layers_of_own.items()},
        )
        mode = mode_choice("Travelling by …", [pack], Session.mode)
        if service not in layers_of_own:
            show_site_of_link()
            shows = controls.choice("The map shows", list(SHOWS), key=Session.travel_shows.key, labels=SHOWS)
        else:  # the other maps are of what a register lists
            shows = "minutes"
            controls.write(Session.travel_shows.key, None)
        if shows != "site":
            controls.write(Session.site.key, None)  # a link with a site opens that site's map
        within = controls.number("Within …", 5, 60, 15, key=Session.within.key, step=5, unit="minutes")
        with st.popover("Who is counted"):
            measure = controls.choice(
                "Counting …",
                [name for name in MEASURES if name in pack.measure_names()],
                key=Session.who.key,
                labels={name: measure.label for name, measure in MEASURES.items()},
            )
            baseline = controls.choice(
                "Which figures",
                [base for base in pack.baselines if measure in pack.measure_names(base)],
                key=Session.baseline.key,
                labels=baseline_labels(pack),
            )
            dots = dots_switch(measure)

    own = OwnPlaces.of(layers_of_own[service]) if service in layers_of_own else None
    if gone is not None:
        st.info(say_own("layer.destination_gone", name=plain(gone.name)), icon=":material/info:")
    access = resources.access(pack, mode)
    times = resources.times_to(pack, mode, service) if own is None else own.times(pack, mode)
    found = reach(pack, times.nearest_s, measure=measure, baseline=baseline, within_min=within)
    label = CATEGORIES[service].label if own is None else own.category.label
    kind = CATEGORIES[service] if own is None else own_category(plain(own.layer.name))  # the sentence is markdown
    said = reach_sentence(found, MEASURES[measure], kind, mode_named(mode), within, area_words(pack))
    answer(said)
    off_street_note(pack, mode)
    rows = found.rows.assign(target=found.rows["group"] == "target")

    @part
    def explore() -> None:
        """Draw the streets by time, and beside them the journeys from one place and the wards' shares."""
        if shows == "site":
            take_site_click(pack, Session.travel_map, service)
        else:
            take_place_click(pack, Session.travel_map)
        first = st.container() if panel_below() else None  # below the map nobody would see the answer
        left, right = beside()
        with left:  # the picture of the day is drawn with the panel, and stands below the map
            drawn, under, by_minute = st.container(), st.container(), st.container()
        basemap = resources.base_map(pack)
        view = area_view(resources.bounds(pack))
        outlines = outline_layers(pack.code, pack.wards[pack.wards["target"]])
        if own is None:
            venues = [service_layer(pack, pack.services_of(service), [service])]
        else:
            venues = place_layers(pack, own.rows)
        names = settlement_labels(pack.code, basemap.places, max_rank=3)
        legends: list[Legend | str]
        on_paper = None
        with right:
            if shows == "site":
                chosen = site_panel(pack, access, service, mode, measure, baseline, within)
                area_downloads(access, chosen, isochrone_file)
                layers = [*site_layers(pack, access, chosen), *outlines, names, *venues, site_mark(pack, chosen)]
                legends = [site_legend(service)]
                title = plainly(chosen.said)
                alt = f"Map: {title} The table below holds the figures of every site."
            elif shows == "back":
                with first or right:
                    outing = outing_panel(pack, service, mode, measure, baseline)
                layers = [
                    ground_layer(pack, "click to see the way from here"),
                    homes_layer(pack),
                    outing_layer(pack, outing),
                    *outlines,
                    names,
                    *venues,
                ]
                legends, title = [outing_legend()], outing.said
                alt = f"Map: {title} The table below holds the wards' figures."
                if outing.here:
                    layers += here_layers(pack, outing.here)
                    view = place_view(pack, outing.here.place, outing.here.line)
            elif shows == "need":
                both = need_panel()
                layers = [need_reach_layer(pack, both, service, within)]
                legends, on_paper = [need_reach_legend(service)], [need_reach_on_paper(service)]
                title = need_reach_title(both.need, service, within)
                layers += [
                    *outlines,
                    *venues,
                    area_labels(pack.code, pack.wards, view, discs=pack.services_of(service)),
                ]
                alt = f"Map: {title} The table below holds the same figures."
            else:
                with first or right:
                    here = journey_panel(
                        pack,
                        access,
                        service,
                        travelling(mode),
                        measure,
                        baseline,
                        more=right if first else None,
                        own=own,
                        within=within,
                        picture=None if first else by_minute,
                    )
                ward_shares()
                bands = time_bands(within, on_foot=mode_named(mode).on_foot)
                pieces, streets_url = resources.drawn_streets(pack, mode_named(mode).walking.name)
                legends = [bands_legend(bands, f"To the nearest {label}", outline=outline_of(pack))]
                title = plainly(said)
                alt = f"Map: streets by minutes to the nearest {label}. The table below holds the wards' figures."
                layers = [
                    ground_layer(pack, "click to see the way from here"),
                    street_time_layer(
                        streets_url, bands.index(piece_times_s(access, pieces, times)), bands, inside=pieces.inside
                    ),
                    *outlines,
                    homes_layer(pack),
                    names,
                    *venues,
                ]
                if own is not None:
                    legends.insert(0, places_legend(own.layer.name))
                if dots:
                    layers.insert(3, dots_layer(pack, measure, baseline))
                    legends.append(dots_legend(measure))
                if here:
                    layers += here_layers(pack, here)
                    view = place_view(pack, here.place, here.line)
        with drawn:
            show_map(
                [*layers, *pin_layers(pack)] if shows == "minutes" else layers,
                view,
                key=Session.travel_map.key,
                basemap=basemap,
                alt=alt,
                select=True,
                legends=legends,
                title=title,
                on_paper=on_paper,
            )
            if own is not None and len(own.rows) > MOST_DRAWN:
                st.caption(say_own("map_first_alone", n=digits(MOST_DRAWN)))
        with left:
            timing = mode_named(mode).timing
            notes = missing_notes(pack) if timing is None else timetable_notes(pack, timing)
            if notes:
                st.caption(plain(" ".join(notes)))
        if shows == "minutes":  # on a phone the box for a postcode comes before it
            with st.container() if on_phone() else under:
                pin_control(pack, take_postcode)
        if shows == "site":
            sites_table(pack, chosen, mode)
        elif shows == "back":
            outing_tables(pack, outing)
        elif shows == "need":
            need_reach_table(pack, both, service, baseline, within)

    def ward_shares() -> None:
        """Draw each ward's share within reach as bars."""
        show_chart(
            partial(
                ward_bars,
                rows,
                "share",
                title=f"Share who can reach one within {shortest(within)} minutes",
                axis_title="share who can",
                fmt=".0%",
                words=area_words(pack),
                marker=float(row_of(found.groups, "borough")["share"]),
            ),
            key="bars",
            alt_text=f"Share of each ward that can reach the nearest {label} within {shortest(within)} "
            "minutes: "
            + sentence([(str(name), percent(share)) for name, share in zip(rows["name"], rows["share"], strict=True)])
            + ". The table below holds the same figures.",
        )

    def need_panel() -> NeedAndReach:
        """Draw the choice of a need and the sentence of where it meets little reach; return the classes."""
        needs = needs_of(pack, baseline)
        labels = {name: capital(need_label(need_named(pack, name))) for name in needs}
        need = controls.choice("Need", needs, key=Session.need.key, labels=labels, also=former_names(pack))
        levels = level_names(pack)
        by = controls.choice("Areas", list(levels), key=Session.areas.key, labels=levels, widget="segmented")
        if "child_deprivation" not in needs:
            st.caption(plain(no_index_among_children(pack)))
        both = need_reach(pack, need, service, mode, measure, baseline, within, by)
        st.markdown(need_reach_sentence(pack, both, service=service, mode=mode, measure=measure, within_min=within))
        ward_shares()
        return both

    explore()

    left, right = st.columns(2, gap="large")
    with left:
        st.header("If the limit were longer or shorter", anchor=False)
        curve = reach_curve(pack, times.nearest_s, measure=measure, baseline=baseline)
        counts = found.rows["group"].value_counts()
        lines = group_words(area_words(pack), int(counts.get("target", 0)), int(counts.get("rest", 0)))
        lines = {group: name for group, name in lines.items() if group in found.groups.index} or {"borough": pack.name}
        show_chart(
            partial(
                share_curve,
                curve[curve["group"].isin(list(lines))],
                title="Share who can reach one",
                threshold_min=within,
                names=lines,
            ),
            key="curve",
            alt_text=f"Share who can reach the nearest {label}, by minutes. {curve_words(curve, lines)}.",
        )
        with st.expander("This chart as a table"):
            show_table(
                curve_table(curve, lines),
                {
                    "minutes": Column("Within", "minutes"),
                    **{key: Column(capital(name), "percent") for key, name in lines.items()},
                },
                key="curve-table",
                alt="Share who can reach one, by minutes",
                height="content",
            )
    with right:
        st.header("The same figures as a table", anchor=False)
        names = all_wards(pack)
        groups = found.groups.assign(name=[names[group] for group in found.groups.index], group="")
        columns = {
            "name": Column("Ward", pinned=True),
            **({"group": Column("Group")} if pack.target_wards else {}),
            "total": Column(MEASURES[measure].label, "people"),
            "reached": Column("Can reach one", "people"),
            "share": Column("Share", "percent"),
            "median_min": Column("Half live within", "minutes", help="Weighted by people"),
            "p90_min": Column("9 in 10 live within", "minutes", help="Weighted by people"),
        }
        show_table(pd.concat([groups, found.rows]), columns, key="reach-table", alt="Reach of each ward", height=420)
    table = found.rows.round({"total": 0, "reached": 0, "share": 4, "median_min": 1, "p90_min": 1}).reset_index()
    way = f"within {shortest(within)} minutes {travelling(mode)}"
    title = f"{MEASURES[measure].label} who can reach the nearest {label} {way}"
    download_row(
        f"{pack.code}-{service}-{mode}-{shortest(within)}min",
        table,
        {**notes_of(pack, title, baseline), "status": "modelled"},
        key="reach",
        layers={"wards": pack.wards[["geometry"]].reset_index().merge(table, on="code")},
    )
