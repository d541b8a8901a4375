"""What the plan does: cards, wards before and after, who gains and who loses."""

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from analysis.reach.reach import main_group
from analysis.scenario.lab import Effect
from analysis.shown import made_of_shown
from drawing.palette import INK, REST_COLOUR, TARGET_COLOUR
from geo.measures import MEASURES
from ui.kit.cards import Card, show_cards
from ui.kit.charts import AXIS, sentence, show_chart
from ui.kit.session import Session
from ui.kit.tables import Column, show_table
from wording.groups import area_words, group_names
from wording.lab import row_of, who_loses
from wording.numbers import people, percent, signed
from wording.rounding import fixed

COLUMNS = {
    "name": Column("Area", pinned=True),
    "total": Column("People", "people"),
    "reached_before": Column("In reach now", "people"),
    "reached_after": Column("With the plan", "people"),
    "change": Column("Change", "people"),
    "share_before": Column("Share now", "percent"),
    "share_after": Column("Share with the plan", "percent"),
    "gain": Column("Shorter journey", "people"),
    "lose": Column("Longer journey", "people"),
    "no_longer_reached": Column("Drop out of reach", "people"),
    "minutes_saved_each": Column("Saved each", "minutes", help="Minutes of one journey, one way"),
}
SESSION_COLUMN = Column(
    "Only a session, with a place",
    "people",
    help="Children with a weekly session in reach and no site that is open all week, as many as the session has places "
    "for. They are in no other column.",
)


def cards(effect: Effect) -> list[Card]:
    """Return the headline figures, before and after."""
    shown = effect.shown("group")
    made = []
    main, names = main_group(effect.counts.pack), group_names(effect.counts.pack)
    for measure, code in (
        ("children_0_3", main),
        ("children_0_3", "rest"),
        ("children_in_poverty", "borough"),
        ("births_per_year", main),
    ):
        if measure in effect.counts.measures and code in set(shown["code"]):
            row = row_of(shown, measure, code)
            made.append(_card(f"{MEASURES[measure].label}, {names[code].lower()}", row, strong=code == main))
    return made


def _card(title: str, row: dict[str, Any], *, strong: bool) -> Card:
    change = row["change"]
    more = signed(change) if change else "no change"
    was = f"was {people(row['reached_before'])} ({percent(row['share_before'])}): {more}"
    saved = float(row["minutes_saved_each"])
    if abs(saved) >= 0.1:
        was += f"; journeys {fixed(abs(saved), 1)} min {'shorter' if saved > 0 else 'longer'} on average"
    if row["session_places"] > 0 and row["near_session_only"] != 0:
        was += f". A session besides: {people(row['by_session_only'])} with a place"
    return Card(title, f"{people(row['reached_after'])} · {percent(row['share_after'])}", was, strong=strong)


def show_headline_cards(effect: Effect) -> None:
    """Draw the cards."""
    show_cards(cards(effect))


def before_after_bars(effect: Effect, measure: str) -> alt.LayerChart:
    """Return bars of the share within reach by ward with the plan, and a tick where it is now."""
    rows = effect.shown("ward")
    rows = rows[rows["measure"] == measure]
    target, called = rows["group"] == "target", area_words(effect.counts.pack)
    data = pd.DataFrame(
        {
            "ward": [f"▶ {name}" if t else name for name, t in zip(rows["name"], target, strict=True)],
            "before": rows["share_before"].to_numpy(float),
            "after": rows["share_after"].to_numpy(float),
            "group": [called.target if t else called.other for t in target],
            "words": [
                f"{people(abs(change))} {'more' if change > 0 else 'fewer'}" if change else ""
                for change in rows["change"]
            ],
        }
    )
    data["end"] = data[["before", "after"]].max(axis=1)  # the words stand clear of the line
    base = alt.Chart(data).encode(y=alt.Y("ward:N", sort=None, title=None, axis=alt.Axis(labelLimit=170, **AXIS)))
    x = alt.X(
        "after:Q",
        title="share within reach with the plan; the line is now",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format="%", tickCount=5, **AXIS),
    )
    tips = [
        alt.Tooltip("ward:N", title="Ward"),
        alt.Tooltip("before:Q", title="Now", format=".0%"),
        alt.Tooltip("after:Q", title="With the plan", format=".0%"),
    ]
    colour = alt.Color(
        "group:N",
        scale=alt.Scale(domain=[called.target, called.other], range=[TARGET_COLOUR, "#8FA3B5"]),
        legend=alt.Legend(orient="top", title=None, labelFontSize=13, labelColor=INK) if target.any() else None,
    )
    bars = base.mark_bar(height={"band": 0.7}).encode(x=x, color=colour, tooltip=tips)
    ticks = base.mark_tick(color=REST_COLOUR, thickness=3, bandSize=18).encode(x="before:Q", tooltip=tips)
    words = base.mark_text(align="left", dx=5, fontSize=12, color=INK).encode(x="end:Q", text="words:N")
    return alt.layer(bars, ticks, words).properties(title="Share within reach, by ward", height=alt.Step(24))


def _bars_words(effect: Effect, measure: str) -> str:
    rows = effect.shown("ward")
    rows = rows[rows["measure"] == measure]
    shares = zip(rows["name"], rows["share_before"], rows["share_after"], strict=True)
    return sentence([(str(name), f"{percent(then)} to {percent(after)}") for name, then, after in shares])


def wards_panel(effect: Effect, measure: str) -> None:
    """Draw the wards before and after, the sentence of who loses, and the tables."""
    st.markdown(who_loses(effect, measure))
    show_chart(
        before_after_bars(effect, measure),
        key="lab-bars",
        alt_text="Share within reach now and with the plan: " + _bars_words(effect, measure),
    )
    shown = pd.concat([_named_groups(effect), effect.shown("ward")])
    show_table(
        made_of_shown(shown[shown["measure"] == measure]),
        _columns(effect),
        key="lab-wards",
        alt="Before and after by ward",
        height=420,
    )
    st.caption("People are to the nearest 5.")
    small = st.expander("Small areas (LSOAs)", key=Session.lab_small.key, on_change="rerun")
    if not small.open:  # worked out only when it is wanted: an edit need not wait for it
        return
    with small:
        rows = effect.shown("lsoa")
        changed = (rows["change"] != 0) | (rows["near_session_only"] != 0)
        rows = rows[(rows["measure"] == measure) & changed]
        if rows.empty:
            st.caption("In no small area does the number within reach change.")
        else:
            show_table(rows, _columns(effect), key="lab-lsoas", alt="Before and after by small area")


def _columns(effect: Effect) -> dict[str, Column]:
    """Return the columns of the tables; that of sessions only where the plan has one."""
    if effect.sessions.capacity <= 0:
        return COLUMNS
    made = dict(COLUMNS)
    saved = made.pop("minutes_saved_each")
    return {**made, "by_session_only": SESSION_COLUMN, "minutes_saved_each": saved}


def _named_groups(effect: Effect) -> pd.DataFrame:
    groups = effect.shown("group")
    return groups.assign(name=groups["code"].map(group_names(effect.counts.pack)))
