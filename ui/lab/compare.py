"""Up to four plans side by side."""

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from analysis.reach.reach import groups_of
from analysis.scenario.costs import cost_view
from analysis.scenario.lab import Effect, Lab
from analysis.scenario.scenario import FREE, Scenario
from drawing.palette import CATEGORICAL, INK
from geo.errors import ReachError
from geo.measures import MEASURES
from geo.pack import AreaPack
from ui.kit import controls, plan, stores
from ui.kit.charts import sentence, show_chart
from ui.kit.keyed import list_search
from ui.kit.page import plain, show_error
from ui.kit.paged import paged
from ui.kit.session import Session, session
from ui.lab.difference import difference_panel
from wording.groups import group_names
from wording.lab import row_of
from wording.languages import english
from wording.numbers import money, people, percent
from wording.rounding import fixed
from wording.scenario import question, without_cost_words

MOST = 4
_ROWS = (
    "only a session, with a place",
    "Drop out of reach",
    "Minutes saved each",
    "Cost once",
    "Cost a year",
    "Cost a year for each child 0–3 more with a place",
    "Changes with a cost",
    "Changes",
)


def compare_panel(pack: AreaPack, lab: Lab, effect: Effect, measure: str) -> None:
    """Draw the plans that are set beside the present one, as a table and as bars."""
    kept = session.lab_beside

    def keep() -> None:
        now = plan.history().now
        session.lab_beside = [*[one for one in kept if one != now], now][-(MOST - 1) :]

    def clear() -> None:
        session.lab_beside = ()

    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button("Set this plan aside to compare", key="lab-aside", icon=":material/bookmark_add:", on_click=keep)
        if kept:
            st.button("Clear what is set aside", key="lab-aside-clear", on_click=clear)
    others = [one for one in kept if one != effect.scenario]
    others += _saved_to_compare(pack)
    plans: list[tuple[str, Effect]] = [(f"{effect.scenario.name} (here)", effect)]
    for scenario in others[: MOST - 1]:
        name = scenario.name
        while name in [known for known, _ in plans]:
            name += " ′"
        try:
            plans.append((name, lab.effect(scenario)))
        except ReachError as error:
            show_error(error)
    if len(plans) == 1:
        st.caption("Set a plan aside, change it, and compare; or choose saved ones.")
        return
    plans = [(name, one) for name, one in plans if measure in one.counts.measures]
    asked = {question(one.scenario) for _, one in plans}
    if len(asked) > 1:
        st.caption(
            "These plans ask different questions: " + "; ".join(f"{plain(n)}: {question(e.scenario)}" for n, e in plans)
        )
    if len(plans) > 1:
        difference_panel(pack, plans, measure)
    st.table(_table(plans, measure))
    _bars(plans, measure)


def _saved_to_compare(pack: AreaPack) -> list[Scenario]:
    """Let the reader choose among the saved plans, and read those that are chosen."""
    chosen: list[str] = []
    found: list[Scenario] = []
    try:
        store = stores.plans()
        page = paged("plans_compared", lambda search, number: store.list(pack.code, search=search, page=number))
        listed = {one.scenario_id: one for one in page}
        before = [key for key in controls.entered(Session.lab_compare) if key not in listed]
        if before:  # what is chosen stays, on whatever page it is
            listed |= store.listed(pack.code, before)
        if listed:
            chosen = st.multiselect(
                "Saved plans to compare with",
                list(listed),
                key=controls.kept(Session.lab_compare, list(listed)),
                max_selections=MOST - 1,
                format_func=lambda key: listed[key].name if key in listed else key,
            )
        elif not page.total and not list_search("plans_compared").get():
            st.caption("No plan is saved yet: save one under “Save” to compare with it.")
    except ReachError as error:
        show_error(error)
        return found
    for key in chosen:
        try:
            found.append(store.latest(key).scenario)
        except ReachError as error:
            st.warning(plain(english().say("kept.unreadable", name=listed[key].name, why=error)))
    return found


def _table(plans: list[tuple[str, Effect]], measure: str) -> pd.DataFrame:
    columns: dict[str, dict[str, str]] = {}
    first = plans[0][1].shown("group")
    pack = plans[0][1].counts.pack
    groups, currency, names = groups_of(pack), pack.manifest.particulars.currency, group_names(pack)
    said = (f"{names['borough']}: {_ROWS[0]}", *_ROWS[1:])
    columns["Now"] = {names[code]: _cell(row_of(first, measure, code), "before") for code in groups} | dict.fromkeys(
        said, ""
    )
    for name, effect in plans:
        shown = effect.shown("group")
        borough, cost = row_of(shown, measure, "borough"), effect.scenario.cost
        columns[plain(name)] = {names[code]: _cell(row_of(shown, measure, code), "after") for code in groups} | {
            said[0]: people(borough["by_session_only"]),
            said[1]: people(borough["no_longer_reached"]),
            said[2]: fixed(borough["minutes_saved_each"], 1),
            said[3]: money(cost.one_off, currency),
            said[4]: money(cost.yearly, currency),
            said[5]: _price(effect),
            said[6]: without_cost_words(effect.scenario) or "all",
            said[7]: str(len(effect.scenario.changes)),
        }
    made = pd.DataFrame(columns)
    made.index.name = f"{MEASURES[measure].label} in reach"
    return made


def _price(effect: Effect) -> str:
    if "children_0_3" not in effect.counts.measures or effect.scenario.cost == FREE:
        return "–"
    each = cost_view(effect).per_additional
    return "–" if each is None else money(each, effect.counts.pack.manifest.particulars.currency)


def _cell(row: dict[str, Any], when: str) -> str:
    return f"{people(row[f'reached_{when}'])} ({percent(row[f'share_{when}'])})"


def _bars(plans: list[tuple[str, Effect]], measure: str) -> None:
    rows = []
    for name, effect in plans:
        wards = effect.shown("ward")
        wards = wards[wards["measure"] == measure]
        rows.append(pd.DataFrame({"ward": wards["name"], "share": wards["share_after"], "plan": name}))
    data = pd.concat(rows)
    names = [name for name, _ in plans]
    chart = alt.layer(
        alt.Chart(data)
        .mark_bar()
        .encode(
            y=alt.Y("ward:N", sort=None, title=None, axis=alt.Axis(labelLimit=170, labelColor=INK, labelFontSize=13)),
            yOffset=alt.YOffset("plan:N", sort=names),
            x=alt.X("share:Q", title="share within reach", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])),
            color=alt.Color(
                "plan:N",
                scale=alt.Scale(domain=names, range=list(CATEGORICAL[: len(names)])),
                legend=alt.Legend(orient="top", title=None, labelFontSize=13, labelLimit=240, columns=2),
            ),
            tooltip=["plan:N", "ward:N", alt.Tooltip("share:Q", format=".0%")],
        )
    ).properties(height=alt.Step(9), title="Share within reach, by ward")
    said = []
    for name in names:
        own = data[data["plan"] == name]
        shares = zip(own["ward"], own["share"], strict=True)
        said.append(f"{name}: {sentence([(str(ward), percent(share)) for ward, share in shares])}")
    show_chart(chart, key="lab-compare-bars", alt_text=f"Share within reach by ward. {'; '.join(said)}")
