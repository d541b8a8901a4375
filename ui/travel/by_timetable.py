"""The journey from one place by bus and train: how long it takes minute by minute, and which bus to take."""

from dataclasses import dataclass
from functools import partial
from typing import Literal

import altair as alt
import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analysis.travel.access import Access
from analysis.travel.itinerary import itinerary
from analysis.travel.times import travel_times
from analysis.travel.transit import timing_of
from drawing.palette import INK, REST_COLOUR, TARGET_COLOUR
from geo.network.snapping import Snapped
from geo.pack import AreaPack
from geo.places import Place
from geo.timetable.timing import Timing, clock
from ui.kit import controls
from ui.kit.charts import AXIS, show_chart
from ui.kit.own_places import OwnPlaces
from ui.kit.page import plain
from ui.kit.session import Session
from ui.kit.tables import show_words
from ui.travel.kinds import forms, marked, places_of, way_choice
from wording.languages import Words, english
from wording.numbers import capital, minutes_of
from wording.rounding import digits, half_up, per_cent, shortest, whole
from wording.transit import journey_words, leaving, leg_words

_CLOCK = "floor(datum.value / 60) + ':' + (datum.value % 60 < 10 ? '0' : '') + (datum.value % 60)"


@dataclass(frozen=True, eq=False)
class Minutes:
    """How long it takes from one place to the nearest of one kind, for every minute of leaving.

    Attributes
    ----------
    timing
        Day, window and which minutes count.
    seconds
        ``(n_minutes,)``; ``inf`` where nothing leads there.
    names
        ``(n_minutes,)`` names of the places that are then the nearest; empty for none.
    walk_s
        Seconds of walking all the way, at any minute.
    """

    timing: Timing
    seconds: npt.NDArray[np.float64]
    names: tuple[str, ...]
    walk_s: float

    @classmethod
    def of(cls, access: Access, start: Snapped, places: pd.DataFrame) -> "Minutes":
        """Ask the timetable; `start` is one point, and `places` have ``name``, ``easting`` and ``northing``."""
        transit, timing = access.transit, timing_of(access.mode)
        assert transit is not None  # the mode has a timing
        sites = access.snap(places[["easting", "northing"]].to_numpy(np.float64))
        seconds, site = transit.by_minute(start, sites)
        names = places["name"].astype(str).tolist()
        walk_s = float(travel_times(access.streets, start, sites).nearest_s[0])
        return cls(timing, seconds[0], tuple(names[k] if k >= 0 else "" for k in site[0].tolist()), walk_s)

    @property
    def usual_s(self) -> float:
        """The time that stands for the window, as `Timing.sure` counts it."""
        place = int(np.ceil(self.timing.quantile * len(self.seconds) - 1e-9)) - 1
        return float(np.sort(self.seconds)[max(place, 0)])

    @property
    def clock(self) -> list[int]:
        """Minutes of leaving after midnight."""
        return list(range(self.timing.start_min, self.timing.end_min + 1))

    def share_within(self, minutes: float) -> float:
        """Return the share of the minutes of leaving at which one is there in time."""
        return float((self.seconds <= minutes * 60.0).mean())


def timed_panel(
    pack: AreaPack,
    access: Access,
    place: Place,
    kinds: list[str],
    way: str,
    *,
    within: float | None,
    words: Words,
    more: DeltaGenerator | None,
    own: OwnPlaces | None,
    picture: DeltaGenerator | None,
) -> gpd.GeoSeries | None:
    """Draw how long it takes by timetable from a place, and which bus to take; return the way to draw.

    Parameters
    ----------
    pack, access
        The area, and its streets and trips for the mode.
    place
        Where one starts, with the name to show.
    kinds
        Kinds of place to go to; that of the page comes first.
    way
        How the family travels, without when.
    within
        Threshold in minutes; None where the page has none.
    words
        The language of what the meeting shows too.
    more
        Where all but the answer goes; right below it when None.
    own
        One's own places, where they are among `kinds`.
    picture
        Where the picture of the day goes; with all else when None.
    """
    start = access.snap(np.array([[place.easting, place.northing]]))
    found = {kind: Minutes.of(access, start, places_of(pack, kind, own)) for kind in kinds}
    first = found[kinds[0]]
    here = english().say("transit.journey.here", place=plain(place.name), way=way, when=leaving(first.timing))
    st.markdown(f"{here} {_headline(first, kinds[0], within, words, own)}")
    with st.container() if more is None else more:
        left, right = st.columns(2, gap="small")
        with left:
            kind = way_choice(kinds, kinds[0], words, own)
        with right:
            leave_min = _leave(first.timing)
        line = _which_bus(pack, access, start, places_of(pack, kind, own), leave_min)
        if np.isfinite(found[kind].seconds).any():
            with st.container() if picture is None else picture:
                _picture(found[kind], forms(kind, words, own)["one"], place.name, within)
        alt_text = words.say("journeys.table", place=place.name)
        show_words(_table(found, within, words, own), key="journeys", height=300, alt=alt_text)
    return line


def _headline(found: Minutes, kind: str, within: float | None, words: Words, own: OwnPlaces | None) -> str:
    named = marked(forms(kind, words, own))
    if not np.isfinite(found.usual_s):
        return words.say("journeys.none", **named)
    said = [_how_long(found, named["one"])]
    if within is not None:
        share = per_cent(found.share_within(within))
        said.append(
            english().say("transit.journey.within", share=share, within=english().counted("words.minutes", int(within)))
        )
    return " ".join(filter(None, [*said, _walking(found)]))


def _how_long(found: Minutes, one: str) -> str:
    usual, best, worst = (
        minutes_of(second) for second in (found.usual_s, found.seconds.min(), float(found.seconds.max()))
    )
    if best == worst:
        return english().say("transit.journey.steady", one=one, minutes=usual)
    return english().say(
        "transit.journey.nearest", one=one, minutes=usual, sure=_sure(found.timing), best=best, worst=worst
    )


def _walking(found: Minutes) -> str:
    """Say how long walking all the way takes, or that nothing is quicker; empty where no way leads."""
    if not np.isfinite(found.walk_s):
        return ""
    if not (found.seconds < found.walk_s).any():
        return english().say("transit.journey.best_on_foot")
    return english().say("transit.journey.on_foot", minutes=minutes_of(found.walk_s))


def _sure(timing: Timing) -> str:
    return english().say("transit.journey.nine" if timing.sure == "nine_in_ten" else "transit.journey.half")


def _leave(timing: Timing) -> int:
    """Draw the choice of a minute of leaving; return it, after midnight."""
    if timing.start_min == timing.end_min:
        return timing.start_min
    minutes = {clock(minute): minute for minute in range(timing.start_min, timing.end_min + 1)}
    label, about = english().say("transit.journey.leave"), english().say("transit.journey.leave_help")
    return minutes[controls.choice(label, list(minutes), key=Session.leave.key, help=about)]


def _which_bus(
    pack: AreaPack, access: Access, start: Snapped, places: pd.DataFrame, leave_min: int
) -> gpd.GeoSeries | None:
    """Draw the journey of a minute of leaving, leg by leg; return its lines."""
    sites = access.snap(places[["easting", "northing"]].to_numpy(np.float64))
    found = itinerary(access, start, sites, leave_min * 60.0)
    if found is None:
        st.markdown(english().say("transit.journey.none"))
        return None
    name = str(places["name"].iloc[found.site])
    with st.expander(plain(english().say("transit.journey.way", name=name)), expanded=True):
        st.markdown(plain(journey_words(found, name)))
        st.markdown("\n".join(f"- {leg_words(leg, name, plain)}" for leg in found.legs))
    lines = [shapely.LineString(leg.xy) for leg in found.legs if len(leg.xy) > 1]
    return gpd.GeoSeries(lines, crs=pack.crs) if lines else None


def _picture(found: Minutes, one: str, place: str, within: float | None) -> None:
    """Draw the minutes of the journey over the window as steps, and the same as a table."""
    said = english().say("transit.picture.title", one=one)
    table = pd.DataFrame({"leaving": found.clock, "minutes": found.seconds / 60.0, "place": found.names})
    show_chart(
        partial(day_chart, table, said, within_min=within, walk_min=found.walk_s / 60.0),
        key="day",
        alt_text=english().say(
            "transit.picture.alt",
            one=one,
            place=place,
            usual=minutes_of(found.usual_s),
            sure=_sure(found.timing),
            best=minutes_of(found.seconds.min()),
            worst=minutes_of(float(found.seconds.max())),
            walking=_walking(found),
        ),
    )
    with st.expander(english().say("transit.picture.table")):
        columns = {name: capital(english().say(f"transit.picture.{name}")) for name in ("leaving", "minutes", "place")}
        shown = table.assign(
            leaving=[clock(minute) for minute in table["leaving"]],
            minutes=[half_up(minute) if np.isfinite(minute) else np.nan for minute in table["minutes"]],
        )
        show_words(shown.rename(columns=columns), key="day-table", height=300, alt=said)


def day_chart(table: pd.DataFrame, title: str, *, within_min: float | None, walk_min: float) -> alt.LayerChart:
    """Return the minutes of a journey by the minute of leaving as steps, with the limit and walking all the way.

    Parameters
    ----------
    table
        Columns ``leaving`` (minutes after midnight), ``minutes`` (``inf`` for no way) and ``place``.
    title
        What the chart shows.
    within_min
        The limit in minutes; None for none.
    walk_min
        Minutes of walking all the way; ``inf`` where no way leads.
    """
    reached = table[np.isfinite(table["minutes"])].assign(
        clock=[clock(m) for m in table["leaving"][np.isfinite(table["minutes"])]]
    )
    first, last = int(table["leaving"].min()), int(table["leaving"].max())
    across = alt.X(
        "leaving:Q",
        title=english().say("transit.picture.leaving"),
        scale=alt.Scale(domain=[first, last], nice=False),
        axis=alt.Axis(values=ticks(first, last), labelExpr=_CLOCK, **AXIS),
    )
    up = alt.Y(
        "minutes:Q", title=english().say("transit.picture.minutes"), scale=alt.Scale(domainMin=0), axis=alt.Axis(**AXIS)
    )
    steps = alt.Chart(reached).encode(x=across, y=up)
    tips = [
        alt.Tooltip("clock:N", title=capital(english().say("transit.picture.leaving"))),
        alt.Tooltip("minutes:Q", title=capital(english().say("transit.picture.minutes")), format=".0f"),
        alt.Tooltip("place:N", title=english().say("transit.picture.place")),
    ]
    layers = [
        steps.mark_area(interpolate="step-after", color=TARGET_COLOUR, opacity=0.25, line={"color": TARGET_COLOUR}),
        steps.mark_bar(opacity=0, width=3).encode(tooltip=tips),
    ]
    if within_min is not None:
        layers += _level(
            within_min, english().say("transit.picture.limit", n=shortest(within_min)), INK, [4, 3], first, "left"
        )
    if np.isfinite(walk_min):
        layers += _level(walk_min, english().say("transit.picture.walking"), REST_COLOUR, [1, 2], last, "right")
    return alt.layer(*layers).properties(title=title, height=260)


def _level(
    minutes: float, name: str, colour: str, dashes: list[int], at: int, align: Literal["left", "right"]
) -> list[alt.Chart]:
    """Draw a level line with its name at one end."""
    data = pd.DataFrame({"leaving": [at], "minutes": [float(minutes)], "name": [name]})
    rule = alt.Chart(data).mark_rule(color=colour, strokeDash=dashes, strokeWidth=2).encode(y="minutes:Q")
    style = {"align": align, "baseline": "bottom", "dx": 4 if align == "left" else -4, "dy": -2, "fontSize": 12}
    behind = alt.Chart(data).mark_text(stroke="white", strokeWidth=4, **style)
    text = alt.Chart(data).mark_text(color=INK, **style)
    return [rule, *(part.encode(x="leaving:Q", y="minutes:Q", text="name:N") for part in (behind, text))]


def ticks(first: int, last: int) -> list[int]:
    """Return about six times of the clock, at whole steps of it."""
    step = next((step for step in (5, 10, 15, 30, 60, 120) if (last - first) / step <= 6), 240)
    return list(range(-(-first // step) * step, last + 1, step))


def _table(found: dict[str, Minutes], within: float | None, words: Words, own: OwnPlaces | None) -> pd.DataFrame:
    """Return minutes to every kind of place, the share of the minutes of leaving that are in time, and the place."""
    say, rows = words.say, []
    usual = english().say("transit.journey.usual", sure=_sure(next(iter(found.values())).timing))
    for kind, minutes in found.items():
        row = {say("journeys.kind"): capital(forms(kind, words, own)["one"])}
        reached = np.isfinite(minutes.usual_s)
        row[usual] = digits(whole(minutes.usual_s / 60)) if reached else say("journeys.none_reached")
        if within is not None:
            row[english().say("transit.journey.often", within=shortest(within))] = per_cent(
                minutes.share_within(within)
            )
        common = max(filter(None, minutes.names), key=minutes.names.count, default="")
        rows.append(row | {say("journeys.nearest_place"): common})
    return pd.DataFrame(rows)
