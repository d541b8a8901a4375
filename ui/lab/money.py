"""What the plan costs and how many it has room for, and the births of ten years."""

from dataclasses import replace
from datetime import time
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from analysis.reach.reach import main_group
from analysis.scenario.assignment import whole_capacity
from analysis.scenario.capacity import capacity_view
from analysis.scenario.costs import births_view, cost_view, strategy_births, strategy_costs
from analysis.scenario.lab import Effect, Lab
from analysis.scenario.scenario import WEEKDAYS, AddOutreach, AddSite, Change, Cost, SetSpeed
from analysis.shown import row_of, size_of
from drawing.palette import INK, TARGET_COLOUR
from geo.pack import AreaPack
from ui.kit import plan
from ui.kit.cards import Card, show_cards
from ui.kit.charts import AXIS, sentence, show_chart
from ui.kit.controls import kept, seeded
from ui.kit.keyed import change_input
from ui.kit.session import Session
from ui.kit.tables import Column, show_table
from ui.lab import state as lab_state
from ui.lab.edit import change_words
from ui.lab.results import SESSION_COLUMN
from wording.groups import area_words, group_names
from wording.numbers import currency_sign, money, people
from wording.rounding import digits, fixed
from wording.scenario import site_names, without_cost_words

_YEARS = 10
_MOST = 1_000_000_000


def money_panel(pack: AreaPack, lab: Lab, effect: Effect) -> None:
    """Draw the inputs of each change, what it comes to, places against children, outcomes and the ten-year view."""
    names = site_names(effect)
    for position, change in enumerate(effect.scenario.changes):
        if not isinstance(change, SetSpeed):
            _inputs(pack, lab, position, change, names)
    if not effect.scenario.changes:
        st.caption("Once the plan has a change, its cost and places can be entered here.")
    _costs(pack, effect)
    _places(effect)
    _outcomes(effect)
    _years(pack, effect)


def _inputs(pack: AreaPack, lab: Lab, position: int, change: Change, names: dict[str, str]) -> None:
    def changed(field: str) -> None:
        lab_state.edit(lab, _with(plan.history().now, position, field, change_input(field, position).get()))

    def entry(label: str, field: str, value: Any, **limits: Any) -> None:
        key = seeded(change_input(field, position), value)
        st.number_input(label, key=key, on_change=changed, args=(field,), **limits)

    with st.expander(f"{position + 1}. {change_words(pack, change, names)}"):
        cost, sign = getattr(change, "cost", Cost()), currency_sign(pack.manifest.particulars.currency)
        with st.container(horizontal=True):
            entry(f"Cost once, {sign}", "one_off", int(cost.one_off), min_value=-_MOST, max_value=_MOST, step=1000)
            entry(f"Cost a year, {sign}", "yearly", int(cost.yearly), min_value=-_MOST, max_value=_MOST, step=1000)
            if isinstance(change, AddSite):
                places = None if change.places is None else int(change.places)
                entry("Places a week", "places", places, min_value=0, step=5, placeholder="no limit")
            if isinstance(change, AddOutreach):
                entry("Families a session", "families", change.families, min_value=1, max_value=10_000)
                entry("Weeks a year", "weeks", change.weeks, min_value=1, max_value=52)
                entry("Minutes long", "length_min", int(change.length_min), min_value=1, max_value=1440, step=15)
                key = seeded(change_input("starts", position), time.fromisoformat(change.starts))
                st.time_input("Starts at", key=key, on_change=changed, args=("starts",))
        if isinstance(change, AddOutreach):
            key = seeded(change_input("weekdays", position), list(change.weekdays))
            st.pills(
                "Days",
                WEEKDAYS,
                selection_mode="multi",
                key=key,
                format_func=str.capitalize,
                on_change=changed,
                args=("weekdays",),
            )
        if isinstance(change, AddSite | AddOutreach) and lab.ground.programmes:
            everything = list(lab.ground.programmes)
            key = seeded(change_input("programmes", position), list(change.programmes or everything))
            st.multiselect(
                "What it offers", everything, key=key, on_change=changed, args=("programmes",), help="All, to begin"
            )


def _with(scenario: Any, position: int, field: str, value: Any) -> Any:
    change = scenario.changes[position]
    if field in ("one_off", "yearly"):
        field, value = "cost", replace(change.cost, **{field: float(value or 0)})
    elif field == "places":
        value = None if value is None else float(value)
    elif field == "starts":
        value = f"{value:%H:%M}" if value is not None else change.starts
    elif field == "length_min":
        value = float(value or 60)
    elif field in ("families", "weeks"):
        value = int(value or 1)
    elif field == "weekdays":
        value = tuple(day for day in WEEKDAYS if day in value) or change.weekdays
    elif field == "programmes":
        value = tuple(value) or change.programmes
    made = replace(change, **{field: value})
    return replace(scenario, changes=(*scenario.changes[:position], made, *scenario.changes[position + 1 :]))


def _costs(pack: AreaPack, effect: Effect) -> None:
    cost, missing = effect.scenario.cost, without_cost_words(effect.scenario)
    currency = pack.manifest.particulars.currency
    if cost == Cost():
        if missing:
            st.caption(missing)
        return
    view = cost_view(effect) if "children_0_3" in effect.counts.measures else None
    a_year = cost.yearly + cost.one_off / _YEARS
    made = [
        Card(
            "The plan costs a year",
            money(a_year, currency),
            f"{money(cost.yearly, currency)} a year, and {money(cost.one_off, currency)} once, spread over "
            f"{_YEARS} years. {missing}".rstrip(),
        )
    ]
    if view is not None:
        each = "no figure" if view.per_additional is None else money(view.per_additional, currency)
        why = f"for each of {people(view.additional)} more children 0–3 with a place. {missing}".rstrip()
        if view.per_additional is None:
            why = f"{people(size_of(view.additional))} more" if view.additional > 0 else "no more"
            why += " children have a place"
        made.append(Card("For each more child with a place, a year", each, why, strong=True))
        if view.per_minute is not None:
            each = money(view.per_minute, currency, cents=True)
            made.append(Card("For each minute saved", each, "a year, one journey of every child"))
    strategy, targets = strategy_costs(pack), area_words(pack).targets
    if strategy:
        made.append(
            Card(
                "The strategy's own figures",
                f"{money(strategy['now'], currency)} now",
                f"a child a year in the {targets}; about {money(strategy['extra'], currency)} more is planned",
                status="published",
            )
        )
    show_cards(made)


def _places(effect: Effect) -> None:
    st.subheader("Places against children", anchor=False)
    if (
        all(site.capacity is None for site in effect.after.sites.values())
        or "children_0_3" not in effect.counts.measures
    ):
        st.caption("Enter how many places a site has to see whether they are enough: one place is one child a week.")
        return
    view = capacity_view(effect).shown()
    areas = view.areas
    borough = row_of(areas, "borough")
    st.markdown(
        f"Of {people(borough['in_reach'])} children 0–3 in reach, {people(borough['with_place'])} can have a place; "
        f"for {people(borough['without_place'])} every site in reach is full."
    )
    sites = view.sites[np.isfinite(view.sites["places"])].copy()
    sites["places"] = whole_capacity(sites["places"])
    columns = {
        "name": Column("Site", pinned=True),
        "places": Column("Places", "people"),
        "taken": Column("Taken", "people"),
    }
    show_table(sites, columns, key="lab-places", alt="Places and how many are taken")


def _where(pack: AreaPack) -> str:
    return f"the {area_words(pack).targets}" if main_group(pack) == "target" else str(pack.name)


def _outcomes(effect: Effect) -> None:
    table = effect.by_outcome()
    main = main_group(effect.counts.pack)
    shown = table[(table["measure"] == effect.counts.measures[0]) & (table["code"] == main)]
    if shown.empty:
        return
    st.subheader(f"By outcome, in {_where(effect.counts.pack)}", anchor=False)
    columns = {
        "outcome": Column("Outcome", pinned=True),
        "reached_before": Column("In reach now", "people"),
        "reached_after": Column("With the plan", "people"),
    }
    if effect.sessions.capacity > 0:
        columns["by_session_only"] = SESSION_COLUMN
    show_table(shown, columns, key="lab-outcomes", alt="Reach by outcome")


def _years(pack: AreaPack, effect: Effect) -> None:
    if "births_per_year" not in effect.counts.measures:
        return
    st.subheader(f"Births of {_YEARS} years in {_where(pack)}", anchor=False)
    strategy = strategy_births(pack)
    if strategy:
        st.markdown(
            f"{digits(strategy['per_year'])} births a year make {digits(strategy['without_growth'])} in ten years; the "
            f"strategy's {digits(strategy['decade'])} would need a growth of "
            f"{fixed(100 * strategy['implied_growth'], 1)}% a year."
        )
    key = kept(Session.lab_growth)
    growth = st.slider("Growth of births a year", -3.0, 8.0, step=0.5, key=key, format="%g%%") / 100
    view = births_view(effect, growth)
    drawn = {"all births": "births", "with the plan": "within_reach_after", "in reach now": "within_reach_before"}
    names = list(drawn)
    lines = pd.concat(
        [pd.DataFrame({"year": view["year"], "births": view[column], "line": name}) for name, column in drawn.items()]
    )
    chart = alt.layer(
        alt.Chart(lines)
        .mark_line(strokeWidth=3, point=True)
        .encode(
            x=alt.X("year:O", title="year", axis=alt.Axis(labelAngle=0, **AXIS)),
            y=alt.Y("births:Q", title="births a year", axis=alt.Axis(**AXIS)),
            color=alt.Color(
                "line:N",
                scale=alt.Scale(domain=names, range=[INK, TARGET_COLOUR, "#8FA3B5"]),
                legend=alt.Legend(orient="top", title=None, labelFontSize=13, labelColor=INK),
            ),
            strokeDash=alt.StrokeDash("line:N", scale=alt.Scale(domain=names, range=[[2, 3], [1, 0], [7, 4]])),
            tooltip=["line:N", "year:O", alt.Tooltip("births:Q", format=",.0f")],
        )
    ).properties(height=240)
    ends = sentence(
        [(name, f"{people(view[column].iloc[0])} to {people(view[column].iloc[-1])}") for name, column in drawn.items()]
    )
    show_chart(chart, key="lab-births", alt_text=f"Births from the first year to the tenth: {ends}.")
    total = float(view["births"].sum())
    st.caption(
        f"{digits(total)} births in {_YEARS} years at this growth. The share within reach is taken to stay as it is: "
        f"where the new births will live is not known. {group_names(pack)[main_group(pack)]} only."
    )
