"""Below the map: what changed, how much there is, who has it, and how sure all that is."""

import math

import numpy as np
import pandas as pd
import streamlit as st

from analysis.change import BEFORE, NOW
from analysis.explain import closure_sentence, compare_sentence, minutes, percent
from analysis.gap_report import (
    GapReport,
    bands_shown,
    curve_shown,
    fairness_shown,
    supply_services,
    supply_shown,
)
from analysis.reach import main_group
from analysis.rounding import digits
from geo.services import category_named
from ui import session, state
from ui.charts import curve_table, curve_words, sentence, show_chart, ward_bars
from ui.gap_charts import band_chart, change_chart, curve_chart, fifths_chart
from ui.sentences import capital
from ui.tables import Column, show_table

GP_THRESHOLD_MIN = 20.0


def service_choice(services: list[str], key: str) -> str:
    """Let the reader choose one of the services of the basket."""
    labels = {name: category_named(name).label for name in services}
    return state.choice("Service", services, key=key, labels=labels)


def gp_practices(report: GapReport) -> tuple[float, pd.DataFrame, pd.DataFrame]:
    """Threshold in minutes, wards then and now, and closures: see :mod:`analysis.change`."""
    basket = report.survey.basket
    item = basket.item(NOW) if NOW in basket.services else None
    mode = item.mode if item else basket.modes[0].name
    threshold = item.threshold_min if item else GP_THRESHOLD_MIN
    wards, gone = session.practices_then_and_now(report.survey.pack, mode, threshold, report.measure, report.baseline)
    return threshold, wards, gone


def what_changed(report: GapReport) -> None:
    """Show who lost a GP practice since 2019, and which closure did it."""
    pack = report.survey.pack
    if pack.services_of(BEFORE).empty or pack.services_of(NOW).empty:
        st.info("There is no list of an earlier year to compare with.", icon=":material/history:")
        return
    threshold, wards, gone = gp_practices(report)
    only = wards.loc[list(pack.wards.index)]
    worst = only.sort_values("longer_min", ascending=False).iloc[0]
    if worst["longer_min"] >= 1:
        lost = "" if math.isnan(worst["lost"]) else f" {digits(worst['lost'])} of its children lost it."
        st.markdown(
            f"## In {worst['name']} the middle child had {minutes(worst['before_min'])} to a GP practice in 2019 and "
            f"has {minutes(worst['now_min'])} now; the share with one within {minutes(threshold)} went from "
            f"{percent(worst['share_before'])} to {percent(worst['share_now'])}.{lost}"
        )
    else:
        st.markdown("## No ward has got much further from a GP practice since 2019.")
    left, right = st.columns([5, 6], gap="large")
    with left:
        moved = only[only["longer_min"].abs() >= 0.1].sort_values("longer_min", ascending=False)
        if len(moved):
            show_chart(
                change_chart(moved, title="Minutes to the nearest GP practice", before="2019", now="now"),
                key="gp-change",
                alt_text="Minutes to the nearest GP practice in 2019 and now, for the wards in which they changed: "
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
            where = pack.wards["name"].get(closure["ward"], "outside the borough")
            st.markdown(f"- {closure_sentence(closure)} ({where}, {closure['code']})")
        st.caption(
            "The lists name the main site of each practice. A surgery that lives on as a branch of another has left "
            "the list and looks closed here: check before acting. Same streets and same walking speed in both years."
        )
    with st.expander("The same figures as a table"):
        show_table(
            wards,
            CHANGE_COLUMNS,
            key="gp-change-table",
            alt="GP practices of 2019 against now, by ward",
            height="content",
        )


CHANGE_COLUMNS = {
    "name": Column("Ward", pinned=True),
    "before_min": Column("Middle child, 2019", "minutes"),
    "now_min": Column("Middle child, now", "minutes"),
    "longer_min": Column("Longer on average", "minutes"),
    "share_before": Column("Within the limit, 2019", "percent"),
    "share_now": Column("Within the limit, now", "percent"),
    "lost": Column("Children who lost it", "people", help="To the nearest 5"),
    "gained": Column("Children who gained it", "people", help="To the nearest 5"),
}


def how_much(report: GapReport) -> None:
    """Show supply: how much of a service there is for the children around it."""
    services = supply_services(report)
    if not services:
        st.info("No service of the basket has two places or more.", icon=":material/info:")
        return
    default = NOW if NOW in services else services[0]
    labels = {name: category_named(name).label for name in services}
    service = state.choice("Supply of", services, key="supply", default=default, labels=labels)
    areas = supply_shown(report, service)
    wards = report.survey.pack.wards
    plural = category_named(service).plural
    rows = areas.loc[list(wards.index)].assign(target=wards["target"])
    per_1000 = {str(code): float(value) for code, value in areas["per_1000"].items()}
    apart = "target" in per_1000
    where = f" in the target wards, {per_1000['rest']:.1f} in the others" if apart else ""
    st.markdown(
        f"## {per_1000[main_group(report.survey.pack)]:.1f} {plural} for every 1,000 children within reach{where}, "
        "nearer ones counting more."
    )
    show_chart(
        ward_bars(
            rows,
            "per_1000",
            title=f"{capital(plural)} within reach for every 1,000 children",
            axis_title="sites for every 1,000 children",
            fmt=".1f",
            marker=float(areas["per_1000"]["borough"]),
        ),
        key="supply-bars",
        alt_text=f"{capital(plural)} within reach for every 1,000 children: "
        + sentence([(str(row["name"]), f"{row['per_1000']:.1f}") for _, row in rows.iterrows()]),
    )
    with st.expander("This chart as a table"):
        show_table(
            areas.sort_values("per_1000", ascending=False),
            {
                "name": Column("Ward", pinned=True),
                "per_1000": Column("Sites for every 1,000 children", "score"),
                "to_borough": Column("Over the borough's", "score", help="1 is as much as in the whole borough"),
                "none_share": Column("Children with none in reach", "percent"),
            },
            key="supply-table",
            alt=f"Supply of {plural}, by ward",
            height="content",
        )
    st.caption(
        "Enhanced two-step floating catchment (Luo and Qi 2009): full weight to 10 minutes, 0.68 to 20, 0.22 to 30. No "
        "register gives capacities, so every site counts as 1. Children outside the borough do not compete, so "
        "sites near its edge look less crowded than they are."
    )


def fair(report: GapReport) -> None:
    """Show reach against deprivation, and two wards against each other."""
    found = fairness_shown(report)
    wards = report.survey.pack.wards
    names = wards["name"].to_dict()
    by_name = {name: code for code, name in names.items()}
    areas = report.isolation.areas
    ranked = areas[areas["rank"].notna()].index
    one, other = st.columns(2)
    with one:
        this = state.choice("Set", [*names], key="this", default=by_name.get("Kursaal", str(ranked[-1])), labels=names)
    with other:
        that = state.choice(
            "against", [*names], key="that", default=by_name.get("West Leigh", str(ranked[0])), labels=names
        )
    isolation_of = {str(code): float(value) for code, value in areas["isolation"].items()}
    st.markdown(f"## {compare_sentence(report.services, isolation_of, this, that)}")
    left, right = st.columns([4, 7], gap="large")
    with left:
        services = report.survey.basket.services
        service = service_choice(services, "fairness")
        fifths = found.by_fifth.loc[found.by_fifth.index.get_level_values("service") == service].droplevel("service")
        show_chart(
            fifths_chart(
                fifths,
                title=f"Within reach of the {category_named(service).label}, by deprivation",
            ),
            key="fifths",
            alt_text=f"Share within reach of the {category_named(service).label}, from the most deprived fifth of the "
            "children (1) to the least (5): "
            + sentence([(str(at), percent(share)) for at, share in fifths["share_within"].items()]),
        )
        with st.expander("This chart as a table"):
            show_table(
                fifths.reset_index(),
                {
                    "fifth": Column("Fifth", "rank", help="1 is the most deprived"),
                    "share_within": Column("Within reach", "percent"),
                    "median_min": Column("Middle child", "minutes"),
                },
                key="fifths-table",
                alt="Share within reach by fifth of deprivation",
                height="content",
            )
    with right:
        labels = [category_named(str(name)).label for name in found.summary.index]
        show_table(
            found.summary.assign(label=[capital(text) for text in labels]),
            {key: column for key, column in FAIRNESS_COLUMNS.items() if key == "label" or key in found.summary},
            key="fairness-table",
            alt="Reach of each service: "
            + ("target wards against others, " if "target_share" in found.summary else "")
            + "most against least deprived, and indices",
            height="content",
        )
        st.caption(
            "Fifths of the children by deprivation of their small area (IMD 2019). Below 0, the more deprived reach "
            "more. Slope index: Regidor 2004; concentration index, normalised for yes or no: Wagstaff 2005."
        )


FAIRNESS_COLUMNS = {
    "label": Column("Service", pinned=True),
    "target_share": Column("Target wards", "percent"),
    "rest_share": Column("Others", "percent"),
    "ratio": Column("Ratio", "score", help="Target wards over the others"),
    "most_deprived": Column("Most deprived fifth", "percent"),
    "least_deprived": Column("Least deprived fifth", "percent"),
    "slope_index": Column("Slope index", "score", help="Share more at the least deprived end than at the most"),
    "concentration_index": Column("Concentration", "score", help="-1 to 1; above 0 the better-off have more"),
}


def how_sure(report: GapReport) -> None:
    """Show each share with its band, the curve over thresholds, and how firm the ranks are."""
    wards = report.survey.pack.wards
    service = service_choice(report.survey.basket.services, "sure")
    item = report.survey.basket.item(service)
    bands = bands_shown(report, service)
    pack = report.survey.pack
    main = bands.loc[[main_group(pack)]].iloc[0]
    core = ""
    if not math.isnan(main["core"]):
        core = f" With only the core centres open it is {percent(main['core'])}."
    where = "In the target wards" if main.name == "target" else f"In {pack.name}"
    label = category_named(service).label
    st.markdown(
        f"## {where} {percent(main['share'])} reach a {label} within {minutes(item.threshold_min)}: "
        f"{percent(main['slow'])} walking slowly (3.2 km/h), {percent(main['fast'])} walking fast (4.8 km/h)."
        f"{core}"
    )
    left, right = st.columns(2, gap="large")
    with left:
        rows = bands.assign(target=bands.index.isin([*wards.index[wards["target"]], "target"]))
        show_chart(
            band_chart(rows, title=f"Within {minutes(item.threshold_min)} of a {label}, with every reading"),
            key="bands",
            alt_text=f"Share within {minutes(item.threshold_min)} of a {label}, and the band of its readings: "
            + sentence(
                [
                    (str(row["name"]), f"{percent(row['share'])} ({percent(row['low'])} to {percent(row['high'])})")
                    for _, row in rows.iterrows()
                ]
            ),
        )
        st.caption(
            "The dot is the figure; the bar runs over walking at 3.2 to 4.8 km/h, a limit 5 minutes shorter or longer"
            + (", and the register's centres or the core ones alone" if core else "")
            + ". A range over choices, not a confidence interval."
        )
        with st.expander("This chart as a table"):
            show_table(
                bands,
                {
                    "name": Column("Ward", pinned=True),
                    "share": Column("Share", "percent"),
                    "low": Column("At least", "percent"),
                    "high": Column("At most", "percent"),
                },
                key="bands-table",
                alt=f"Share within {minutes(item.threshold_min)} of a {label} with its band, by ward",
                height="content",
            )
    with right:
        curve = curve_shown(report, service)
        names = {"target": "target wards", "rest": "other wards"} if main.name == "target" else {"borough": pack.name}
        chosen = str(st.session_state.get("ward") or "")
        if chosen in wards.index:
            names[chosen] = str(wards["name"][chosen])
        lines = pd.concat([curve[curve["code"] == code].assign(where=name) for code, name in names.items()])
        lines_of = {name: name for name in names.values()}
        show_chart(
            curve_chart(lines, title="If the limit were longer or shorter", threshold_min=item.threshold_min),
            key="sure-curve",
            alt_text=f"Share that can reach a {label}, by minutes. {curve_words(lines, lines_of, by='where')}.",
        )
        with st.expander("This chart as a table"):
            show_table(
                curve_table(lines, lines_of, by="where"),
                {
                    "minutes": Column("Within", "minutes"),
                    **{name: Column(capital(name), "percent") for name in lines_of},
                },
                key="sure-curve-table",
                alt=f"Share that can reach a {label}, by minutes",
                height="content",
            )
    st.subheader("How firm the ranking is", anchor=False)
    ranked = report.isolation.areas[report.isolation.areas["rank"].notna()]
    show_table(
        ranked.assign(**{key: ranked[key] / 100 for key in ("isolation", "low", "high")}),
        RANK_COLUMNS,
        key="ranks",
        alt="Isolation and rank of each ward with their bands",
        height="content",
    )
    st.caption(
        f"{report.isolation.draws} draws, always the same: each weight from half to one and a half times its own, "
        "walking speed from 3.2 to 4.8 km/h; shown is the middle nine tenths."
    )


RANK_COLUMNS = {
    "name": Column("Ward", pinned=True),
    "isolation": Column("Beyond reach", "percent"),
    "low": Column("At least", "percent"),
    "high": Column("At most", "percent"),
    "rank": Column("Rank", "rank", help="1 is the most cut off"),
    "rank_low": Column("Highest rank", "rank"),
    "rank_high": Column("Lowest rank", "rank"),
    "keeps_rank": Column("Keeps its rank", "percent", help="Share of the draws in which it has exactly this rank"),
}


def change_note(change: pd.DataFrame) -> pd.DataFrame:
    """Round what changed for an export: minutes to the tenth."""
    minutes_of = ["before_min", "now_min", "longer_min"]
    return change.assign(**{key: change[key].astype(np.float64).round(1) for key in minutes_of})
