"""Sections below the map: change over time, supply, equity of access, and sensitivity of the figures."""

import math
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from analysis.gaps.report import (
    GapReport,
    bands_shown,
    curve_shown,
    fairness_shown,
    supply_services,
    supply_shown,
)
from analysis.reach.need import index_of, ward_values
from analysis.reach.reach import main_group
from analysis.reach.readings import contested, list_year, reading_column
from analysis.shown import made_of_shown
from analysis.trends.change import BEFORE, NOW
from geo.services import category_named, with_article
from geo.vintages import deprivation_words
from ui.gaps.charts import band_chart, change_chart, curve_chart, fifths_chart
from ui.kit import controls, resources
from ui.kit.charts import curve_table, curve_words, sentence, show_chart, ward_bars
from ui.kit.page import plain
from ui.kit.session import Session, session
from ui.kit.slots import Slot
from ui.kit.tables import Column, show_table
from wording.gaps import closure_sentence, compare_sentence
from wording.groups import AreaWords, area_words
from wording.numbers import capital, minutes, percent, small
from wording.particulars import no_index
from wording.readings import sentences
from wording.rounding import digits, fixed

GP_THRESHOLD_MIN = 20.0


def service_choice(services: list[str], slot: Slot[str]) -> str:
    """Let the reader choose one of the services of the basket."""
    labels = {name: category_named(name).label for name in services}
    return controls.choice("Service", services, key=slot.key, labels=labels)


def gp_practices(report: GapReport) -> tuple[float, pd.DataFrame, pd.DataFrame]:
    """Return threshold in minutes, wards then and now, and closures: see :mod:`analysis.trends.change`."""
    basket = report.survey.basket
    item = basket.item(NOW) if NOW in basket.services else None
    mode = item.mode if item else basket.modes[0].name
    threshold = item.threshold_min if item else GP_THRESHOLD_MIN
    wards, gone = resources.practices_then_and_now(report.survey.pack, mode, threshold, report.measure, report.baseline)
    return threshold, wards, gone


def what_changed(report: GapReport) -> None:
    """Show who lost access to a GP practice since an earlier list, and by which closure."""
    pack = report.survey.pack
    if pack.services_of(BEFORE).empty or pack.services_of(NOW).empty:
        st.info("There is no list of an earlier year to compare with.", icon=":material/history:")
        return
    threshold, wards, gone = gp_practices(report)
    year = list_year(pack, BEFORE)
    only = wards.loc[list(pack.wards.index)]
    worst = only.sort_values("longer_min", ascending=False).iloc[0]
    if worst["longer_min"] >= 1:
        lost = "" if math.isnan(worst["lost"]) else f" That is {digits(worst['lost'])} fewer."
        st.markdown(
            f"## In {year}, half of the {report.who} in {worst['name']} had {minutes(worst['before_min'])} or more to "
            f"a GP practice. Now they have {minutes(worst['now_min'])} or more. The share with one within "
            f"{minutes(threshold)} went from {percent(worst['share_before'])} to {percent(worst['share_now'])}.{lost}"
        )
    else:
        st.markdown(f"## No ward has got much further from a GP practice since {year}.")
    left, right = st.columns([5, 6], gap="large")
    with left:
        moved = only[only["longer_min"].abs() >= 0.1].sort_values("longer_min", ascending=False)
        if len(moved):
            show_chart(
                partial(change_chart, moved, title="Minutes to the nearest GP practice", before=year, now="now"),
                key="gp-change",
                alt_text=f"Minutes to the nearest GP practice in {year} and now, for the wards in which they changed: "
                + sentence(
                    [
                        (str(row["name"]), f"{minutes(row['before_min'])} then, {minutes(row['now_min'])} now")
                        for _, row in moved.iterrows()
                    ]
                ),
            )
    with right:
        st.subheader("Which closures did it", anchor=False)
        told = gone[(gone["lost"].fillna(1) > 0) | (gone["longer_min"] >= 1)]
        for _, closure in told.iterrows():
            where = pack.wards["name"].get(closure["ward"], f"outside the {area_words(report.survey.pack).whole}")
            st.markdown(f"- {closure_sentence(closure, report.who)} ({where}, {closure['code']})")
        st.caption(
            "The lists name the main site of each practice. A surgery that is now a branch of another one has left "
            "the list. It looks closed here, so check before you act. Streets and walking speed are the same in both "
            "years."
        )
    with st.expander("The same figures as a table"):
        show_table(
            made_of_shown(wards),
            change_columns(report.who, year),
            key="gp-change-table",
            alt=f"GP practices of {year} against now, by ward",
            height="content",
        )


def change_columns(who: str, year: str) -> dict[str, Column]:
    """Return the columns of the table of then (a year) and now, with the people who are counted."""
    return {
        "name": Column("Ward", pinned=True),
        "before_min": Column(f"Half lived within, {year}", "minutes", help=f"Half of the {who}"),
        "now_min": Column("Half live within, now", "minutes", help=f"Half of the {who}"),
        "longer_min": Column("Longer on average", "minutes"),
        "share_before": Column(f"Within the limit, {year}", "percent"),
        "share_now": Column("Within the limit, now", "percent"),
        "lost": Column(f"{capital(who)} who lost it", "people", help="To the nearest 5"),
        "gained": Column(f"{capital(who)} who gained it", "people", help="To the nearest 5"),
    }


def how_much(report: GapReport) -> None:
    """Show supply (E2SFCA): how much of a service there is for the children around it."""
    services = supply_services(report)
    if not services:
        st.info("No service on our list has two places or more.", icon=":material/info:")
        return
    default = NOW if NOW in services else services[0]
    labels = {name: category_named(name).label for name in services}
    service = controls.choice("How many places for", services, key=Session.supply.key, default=default, labels=labels)
    areas = supply_shown(report, service)
    pack = report.survey.pack
    wards = pack.wards
    plural = category_named(service).plural
    rows = areas.loc[list(wards.index)].assign(target=wards["target"])
    per_1000 = {str(code): float(value) for code, value in areas["per_1000"].items()}
    apart = main_group(pack) == "target"
    words = area_words(pack)
    have = f"the {words.targets} have" if apart else f"{pack.name} has"
    others = f"The others have {fixed(per_1000['rest'], 1)}. " if apart else ""
    st.markdown(
        f"## For every 1,000 {report.who}, {have} {fixed(per_1000[main_group(pack)], 1)} {plural} near enough. {others}"
        "A nearer place counts more."
    )
    show_chart(
        partial(
            ward_bars,
            rows,
            "per_1000",
            title=f"{capital(plural)} near enough, for every 1,000 {report.who}",
            axis_title=f"places for every 1,000 {report.who}",
            fmt=".1f",
            words=words,
            marker=float(areas["per_1000"]["borough"]),
        ),
        key="supply-bars",
        alt_text=f"{capital(plural)} near enough, for every 1,000 {report.who}: "
        + sentence([(str(row["name"]), fixed(row["per_1000"], 1)) for _, row in rows.iterrows()]),
    )
    with st.expander("This chart as a table"):
        show_table(
            areas.sort_values("per_1000", ascending=False),
            {
                "name": Column("Ward", pinned=True),
                "per_1000": Column(f"Places for every 1,000 {report.who}", "score"),
                "to_borough": Column(
                    f"Times the {words.whole}'s", "score", help=f"1 is as many as in the whole {words.whole}"
                ),
                "none_share": Column(f"Share of {report.who} with none near", "percent"),
            },
            key="supply-table",
            alt=f"How many {plural} there are for the {report.who}, by ward",
            height="content",
        )
    st.caption(
        "A place counts in full up to 10 minutes away, for 0.68 up to 20, and for 0.22 up to 30. No list says how many "
        f"families a place can take, so each counts as one. Families outside the {words.whole} are not counted, so "
        "places near its edge look less full than they are. “Data and method” says how this is done."
    )


def fair(report: GapReport) -> None:
    """Show reach by deprivation (equity of access), and compare two wards."""
    found = fairness_shown(report)
    wards = report.survey.pack.wards
    names = wards["name"].to_dict()
    areas, index, words = report.isolation.areas, index_of(report.survey.pack), area_words(report.survey.pack)
    ranked = areas[areas["rank"].notna()].index
    poor = None if index is None else ward_values(report.survey.pack, index, "").dropna()
    first, last = (ranked[0], ranked[-1]) if poor is None else (poor.idxmax(), poor.idxmin())
    one, other = st.columns(2)
    with one:
        this = controls.choice("Set", [*names], key=Session.this.key, default=str(first), labels=names)
    with other:
        that = controls.choice("against", [*names], key=Session.that.key, default=str(last), labels=names)
    isolation_of = {str(code): float(value) for code, value in areas["isolation"].items()}
    st.markdown(f"## {compare_sentence(report.services, isolation_of, this, that)}")
    if found is None:
        st.info(plain(no_index(report.survey.pack)), icon=":material/info:")
        return
    left, right = st.columns([4, 7], gap="large")
    with left:
        services = report.survey.basket.services
        service = service_choice(services, Session.fairness)
        fifths = found.by_fifth.loc[found.by_fifth.index.get_level_values("service") == service].droplevel("service")
        show_chart(
            partial(
                fifths_chart,
                fifths,
                title=f"Near enough to the {category_named(service).label}, by how poor the area is",
            ),
            key="fifths",
            alt_text=f"Share near enough to the {category_named(service).label}, from the poorest fifth of the areas "
            f"(1) to the richest (5), as shares of the {report.who}: "
            + sentence([(str(at), percent(share)) for at, share in fifths["share_within"].items()]),
        )
        with st.expander("This chart as a table"):
            show_table(
                made_of_shown(fifths.reset_index()),
                {
                    "fifth": Column("Fifth", "rank", help="1 is the poorest"),
                    "share_within": Column("Near enough", "percent"),
                    "median_min": Column("Half live within", "minutes", help=f"Half of the {report.who}"),
                },
                key="fifths-table",
                alt="Share near enough, by fifth of the areas from poorest to richest",
                height="content",
            )
    with right:
        labels = [category_named(str(name)).label for name in found.summary.index]
        show_table(
            made_of_shown(found.summary.assign(label=[capital(text) for text in labels])),
            {key: column for key, column in fairness_columns(words).items() if key == "label" or key in found.summary},
            key="fairness-table",
            alt="Share near enough to each service: "
            + (f"{words.targets} and others, " if "target_share" in found.summary else "")
            + "poorest and richest fifth",
            height="content",
        )
        st.caption(
            f"Each fifth holds as many {report.who}. They are sorted by how poor their area is "
            f"({deprivation_words(report.survey.pack)}). Below 0, "
            "poorer areas are better off. “Data and method” says how this is done."
        )


def fairness_columns(words: AreaWords) -> dict[str, Column]:
    """Return the columns of reach by deprivation, in the words of the area."""
    targets = capital(words.targets)
    return {
        "label": Column("Service", pinned=True),
        "target_share": Column(targets, "percent"),
        "rest_share": Column("Others", "percent"),
        "ratio": Column("Ratio", "score", help=f"{targets} over the others"),
        "most_deprived": Column("Poorest fifth", "percent"),
        "least_deprived": Column("Richest fifth", "percent"),
        "slope_index": Column("Rich minus poor", "score", help="Share more at the richest end than at the poorest"),
        "concentration_index": Column("Who has more", "score", help="-1 to 1; above 0 the richer areas have more"),
    }


def how_sure(report: GapReport) -> None:
    """Show each share with its band (sensitivity analysis), the curve over thresholds, and how stable the ranks are."""
    wards = report.survey.pack.wards
    service = service_choice(report.survey.basket.services, Session.sure)
    item = report.survey.basket.item(service)
    bands = bands_shown(report, service)
    pack = report.survey.pack
    words = area_words(pack)
    main = bands.loc[[main_group(pack)]].iloc[0]
    where = f"In the {words.targets}" if main.name == "target" else f"In {pack.name}"
    readings = contested(pack, service)
    other = sentences([f"{one.words} it is {percent(main[reading_column(one.name)])}" for one in readings.others])
    choices = ", or ".join(small(one.label) for one in readings.readings)
    a_site = with_article(category_named(service).label)
    st.markdown(
        f"## {where}, {percent(main['share'])} of {report.who} can reach {a_site} within "
        f"{minutes(item.threshold_min)}. It is {percent(main['slow'])} for a slow walk (3.2 km/h) and "
        f"{percent(main['fast'])} for a fast one (4.8 km/h)." + (f" {other}" if other else "")
    )
    left, right = st.columns(2, gap="large")
    with left:
        rows = bands.assign(target=bands.index.isin([*wards.index[wards["target"]], "target"]))
        show_chart(
            partial(
                band_chart,
                rows,
                title=f"Within {minutes(item.threshold_min)} of {a_site}, each way we tried it",
                words=words,
            ),
            key="bands",
            alt_text=f"Share of {report.who} within {minutes(item.threshold_min)} of {a_site}, least and most: "
            + sentence(
                [
                    (str(row["name"]), f"{percent(row['share'])} ({percent(row['low'])} to {percent(row['high'])})")
                    for _, row in rows.iterrows()
                ]
            ),
        )
        st.caption(
            "The dot is the figure. The bar shows how far it moves when people walk at 3.2 to 4.8 km/h, or the limit "
            "is 5 minutes shorter or longer."
            + (f" It also counts {choices}." if other else "")
            + " It shows our own choices, not chance."
        )
        if other:
            st.caption(f"**Which places count?** {readings.default.label}. {readings.why}")
        with st.expander("This chart as a table"):
            show_table(
                bands,
                {
                    "name": Column("Ward", pinned=True),
                    "share": Column("Share", "percent"),
                    "low": Column("At least", "percent"),
                    "high": Column("At most", "percent"),
                    **{reading_column(one.name): Column(one.label, "percent") for one in readings.others},
                },
                key="bands-table",
                alt=f"Share of {report.who} within {minutes(item.threshold_min)} of {a_site}, by ward",
                height="content",
            )
    with right:
        curve = curve_shown(report, service)
        every = {"target": words.targets, "rest": words.others, "borough": str(pack.name)}
        names = {code: every[code] for code in (("target", "rest") if main.name == "target" else ("borough",))}
        chosen = session.ward
        if chosen in wards.index:
            names[chosen] = str(wards["name"][chosen])
        lines = pd.concat([curve[curve["code"] == code].assign(where=name) for code, name in names.items()])
        lines_of = {name: name for name in names.values()}
        show_chart(
            partial(curve_chart, lines, title="If the limit were longer or shorter", threshold_min=item.threshold_min),
            key="sure-curve",
            alt_text=f"Share of {report.who} who can reach {a_site}, by minutes. "
            f"{curve_words(lines, lines_of, by='where')}.",
        )
        with st.expander("This chart as a table"):
            show_table(
                made_of_shown(curve_table(lines, lines_of, by="where")),
                {
                    "minutes": Column("Within", "minutes"),
                    **{name: Column(capital(name), "percent") for name in lines_of},
                },
                key="sure-curve-table",
                alt=f"Share of {report.who} who can reach {a_site}, by minutes",
                height="content",
            )
    st.subheader("Would another ward come first?", anchor=False)
    areas = report.isolation.areas
    ranked = areas[areas["rank"].notna() & ~areas.index.isin(report.isolation.unknown)]
    show_table(
        ranked.assign(**{key: ranked[key] / 100 for key in ("isolation", "low", "high")}),
        RANK_COLUMNS,
        key="ranks",
        alt="Share of services too far away, and place of each ward, least and most",
        height="content",
    )
    st.caption(
        f"We tried {report.isolation.draws} ways. In each, a service counts from half as much to half as much again, "
        "and people walk at 3.2 to 4.8 km/h. The least and most shown here leave out the lowest and highest 1 in 20."
    )


RANK_COLUMNS = {
    "name": Column("Ward", pinned=True),
    "isolation": Column("Services too far away", "percent"),
    "low": Column("At least", "percent"),
    "high": Column("At most", "percent"),
    "rank": Column("Place", "rank", help="1 is the most cut off"),
    "rank_low": Column("Highest place", "rank"),
    "rank_high": Column("Lowest place", "rank"),
    "keeps_rank": Column(
        "Keeps its place", "percent", help="Share of the ways we tried in which it has just this place"
    ),
}


def change_note(change: pd.DataFrame) -> pd.DataFrame:
    """Round the table of change for an export: minutes to the tenth."""
    minutes_of = ["before_min", "now_min", "longer_min"]
    return change.assign(**{key: change[key].astype(np.float64).round(1) for key in minutes_of})
