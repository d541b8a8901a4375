"""The panel beside the map: the chosen ward or pocket, explained in sentences, with the evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from analysis.gaps.readings import readings_shown
from analysis.gaps.report import GapReport, access_shown
from analysis.reach.basket import BasketItem
from analysis.shown import made_of_shown
from geo.services import category_named
from ui.gaps.charts import parts_chart
from ui.kit import controls
from ui.kit.area import in_area
from ui.kit.charts import sentence, show_chart
from ui.kit.deck import read_selection
from ui.kit.kept import kept
from ui.kit.session import Session, session
from ui.kit.slots import Slot
from ui.kit.tables import Column, show_table
from wording.gaps import (
    away_sentence,
    barrier_sentence,
    cut_off,
    firmness,
    isolation_sentence,
    next_words,
    pocket_sentence,
    service_label,
    why_sentence,
    worst_ward,
)
from wording.groups import area_words
from wording.numbers import capital, listed, no_figure
from wording.particulars import ward_off_streets
from wording.readings import pocket_sentences, ward_sentences
from wording.rounding import shortest, signed

HUB_PAGE = "pages/scenario_lab.py"
"""Page that tries a hub at a place (``?try=…``)."""

JOURNEYS_PAGE = "pages/travel_time.py"


_readings = kept(most=16)(readings_shown)


@dataclass(frozen=True)
class HubWish:
    """A hub to try in the scenario lab: its position and the service that it offers.

    Attributes
    ----------
    postcode
        Its position.
    name
        Name of the position: its street, or the postcode.
    item
        The service with the poorest access there, with its mode and threshold.
    """

    postcode: str
    name: str
    item: BasketItem

    @property
    def query(self) -> dict[str, str]:
        """The query of the address of the lab page."""
        return {
            Session.try_place.name: self.postcode,
            Session.try_name.name: self.name,
            Session.try_service.name: self.item.service,
            Session.try_mode.name: self.item.mode,
            Session.try_minutes.name: shortest(self.item.threshold_min),
        }


MOST_SENTENCES = 3
ROUNDED = "To the nearest 5"


def take_gap_click(report: GapReport, table: Slot[object], listed_ids: list[str]) -> None:
    """Let a new click on the map, or a row of `table`, choose the ward or pocket; call it before the panel.

    An old click does not undo a later choice by name.
    """
    selection = read_selection(session.gaps_map, among=["pockets", "wards"])
    _take(report, Session.gaps_map_taken, "" if selection is None else selection.id or selection.code)
    chosen = table.get()
    rows = chosen.get("selection", {}).get("rows", []) if isinstance(chosen, Mapping) else []
    _take(report, Session.gaps_table_taken, listed_ids[rows[0]] if rows and rows[0] < len(listed_ids) else "")


def _take(report: GapReport, taken: Slot[str | None], clicked: str) -> None:
    if clicked and clicked != taken.get():
        pocket = report.pockets[report.pockets["id"] == clicked]
        if len(pocket):
            session.pocket = clicked
            session.ward = str(pocket["ward"].iloc[0])
        elif clicked in report.survey.pack.wards.index:
            session.pocket = ""
            session.ward = clicked
    taken.put(clicked)


def gap_panel(report: GapReport, listed_pockets: pd.DataFrame) -> tuple[str, str]:
    """Draw the choice of a ward and of a pocket in it, and explain the chosen one.

    Parameters
    ----------
    report
        The gaps.
    listed_pockets
        The pockets that can be chosen: columns ``id, number, name, ward``.

    Returns
    -------
    Code of the ward and id of the pocket, which is empty when none is chosen.
    """
    names = report.survey.pack.wards["name"].to_dict()
    one, other = st.columns(2)
    with one:
        ward = controls.choice("Ward", [*names], key=Session.ward.key, default=worst_ward(report), labels=names)
    wards_of = dict(zip(listed_pockets["id"], listed_pockets["ward"], strict=True))
    if ward != session.gaps_ward:
        if wards_of.get(session.pocket, ward) != ward:
            session.pocket = ""
        session.gaps_ward = ward
    with other:
        labels = {
            row["id"]: f"{row['number']}. {_short(row['name'])}" for row in listed_pockets.to_dict(orient="records")
        }
        pocket = controls.choice(
            "Group of streets", ["", *labels], key=Session.pocket.key, labels={"": "The whole ward", **labels}
        )
    if pocket:
        _explain_pocket(report, pocket)
        return wards_of[pocket], pocket
    explain_ward(report, ward)
    return ward, ""


def explain_ward(report: GapReport, code: str) -> None:
    """Draw the story of a ward in plain words, and the evidence behind it, folded."""
    survey = report.survey
    inside = survey.pack.demand["ward"].to_numpy() == code
    name, whole = str(survey.pack.wards["name"][code]), area_words(survey.pack).whole
    missing = ward_off_streets(survey.pack, code, next(iter(survey.basket)).mode)
    if missing:
        st.warning(missing, icon=":material/warning:")
        return
    st.markdown(isolation_sentence(report.isolation, code, survey.basket, report.who, short=True))
    rows = report.services.xs(code, level="code")
    adds = report.isolation.parts.loc[[code]].iloc[0].sort_values(ascending=False)
    further = [str(service) for service in adds.index if rows["gap_to_borough"][service] >= 1][:MOST_SENTENCES]
    lines = [
        f"- **{cut_off(report, code, service)}** {away_sentence(rows.loc[[service]].iloc[0], whole)}"
        for service in further
    ]
    st.markdown("\n".join(lines) if lines else f"{name} is about as near to everything as the {whole}, or nearer.")
    access = access_shown(report, inside)
    postcode = _middle_home(report, inside)
    journey_links(_wish(report, access, postcode, postcode, str(adds.index[0])), postcode)
    barriers, readings = report.barriers(inside), _readings(report)
    why = [
        f"- **{service_label(service)}.** {why_sentence(rows.loc[[service]].iloc[0], rows.loc[[service]].iloc[0])} "
        f"{barrier_sentence(barriers, service, report.who)} {ward_sentences(readings, code, service)}"
        for service in further
    ]
    said = [isolation_sentence(report.isolation, code, survey.basket, report.who), "\n".join(why)]
    shown = access.assign(share=rows["share_within"], rank=rows["rank"])
    _evidence(report, shown, name, [*said, firmness(report, code)], report.beyond.xs(code, level="code"))


def _explain_pocket(report: GapReport, pocket_id: str) -> None:
    survey = report.survey
    row = report.pockets[report.pockets["id"] == pocket_id].iloc[0]
    inside = report.pocket_homes(pocket_id)
    st.markdown(f"**{pocket_sentence(row, survey.basket, report.who)}**")
    access = access_shown(report, inside)
    beyond = [
        category_named(item.service).plural
        for item in survey.basket
        if access["median_min"][item.service] > item.threshold_min
    ]
    if beyond:
        st.markdown(f"Half of the {report.who} here or more are too far from these: {listed(beyond)}.")
    if other := pocket_sentences(report, str(row["service"]), inside):
        st.markdown(other)
    street = _short(str(row["name"])).split(" and ")[0]
    wish = _wish(report, access, _middle_home(report, inside), street, str(row["service"]))
    journey_links(wish, f"{street}, {row['ward_name']}")
    barriers = report.barriers(inside)
    services = [str(row["service"])] if row["service"] in survey.basket.services else survey.basket.services
    said = [barrier_sentence(barriers, service, report.who) for service in services]
    why = "\n".join(f"- {text}" for text in [text for text in said if text][:MOST_SENTENCES])
    _evidence(report, access, _short(str(row["name"])), [why])


def _evidence(
    report: GapReport,
    access: pd.DataFrame,
    name: str,
    why: Sequence[str],
    beyond: "pd.Series[float] | None" = None,
) -> None:
    """Draw what stands behind the story, folded: why, how sure, and every service in a chart and a table."""
    whole = area_words(report.survey.pack).whole
    labels = [capital(category_named(str(service)).label) for service in access.index]
    chart = access.assign(label=labels, gap=access["gap_to_borough"]).sort_values("gap", ascending=False)
    columns = {
        "label": Column("Service", pinned=True),
        "nearest": Column("Nearest for most"),
        "median_min": Column("Half live within", "minutes", help=f"Half of the {report.who} here"),
        "limit": Column("Time limit", "minutes"),
        **({"share": Column("Share within the limit", "percent")} if "share" in access else {}),
        **({} if beyond is None else {"beyond": Column(f"{capital(report.who)} too far away", "people", help=ROUNDED)}),
        **({"rank": Column("Rank", "rank", help="1 is the furthest of all wards")} if "rank" in access else {}),
        "distance_min": Column("None closer", "minutes", help=f"Minutes more than the {whole} in a straight line"),
        "detour_min": Column("The way goes round", "minutes", help=f"Minutes more than the {whole} as it goes round"),
    }
    limits = [item.threshold_min for item in report.survey.basket]
    with st.expander("The evidence: why, how sure, and every service"):
        for text in why:
            if text:
                st.markdown(text)
        show_chart(
            partial(parts_chart, chart, title=f"How much further than the {whole}, and why", whole=whole),
            key="gap-parts",
            alt_text=f"Minutes from {name} more than the {whole}, for how far places are and how far the way goes "
            "round: "
            + sentence(
                [
                    (str(row["label"]), signed(row["gap"]) if np.isfinite(row["gap"]) else no_figure())
                    for _, row in chart.iterrows()
                ]
            )
            + ". The table below has the figures.",
        )
        show_table(
            made_of_shown(access.assign(label=labels, limit=limits, **({} if beyond is None else {"beyond": beyond}))),
            columns,
            key="gap-evidence",
            alt=f"Every service from {name}: nearest place, minutes, and what they are made of",
            height="content",
        )


def _wish(report: GapReport, access: pd.DataFrame, postcode: str, name: str, service: str) -> HubWish:
    """Return the hub to try: for that service, or, for the whole basket, the service furthest beyond its threshold."""
    basket = report.survey.basket
    if service not in basket.services:
        beyond = [access["median_min"][item.service] - item.threshold_min for item in basket]
        service = basket.services[int(np.argmax(np.nan_to_num(beyond, nan=-np.inf, posinf=np.inf)))]
    return HubWish(postcode, name, basket.item(service))


def _middle_home(report: GapReport, inside: np.ndarray[Any, np.dtype[np.bool_]]) -> str:
    """Return the postcode of the home that is nearest to the middle of some people."""
    pack = report.survey.pack
    people, xy = pack.measure(report.measure, report.baseline)[inside], pack.demand_xy[inside]
    home = int(np.argmin(np.hypot(*(xy - people @ xy / people.sum()).T)))
    return str(pack.demand["postcode"].to_numpy()[inside][home])


def _short(name: str) -> str:
    return name.removeprefix("around ")


def journey_links(wish: HubWish, place: str) -> None:
    """Draw the links from a ward or pocket to other pages.

    Parameters
    ----------
    wish
        The hub to try.
    place
        The place for the travel time page: a postcode, or a street with its ward.
    """
    words = next_words()
    with st.container(horizontal=True, vertical_alignment="center", key="next-steps"):
        st.markdown(f"**{words['title']}**", width="content")
        st.page_link(HUB_PAGE, label=words["hub"], icon=":material/add_location_alt:", query_params=in_area(wish.query))
        st.page_link(
            JOURNEYS_PAGE,
            label=words["journeys"],
            icon=":material/directions_walk:",
            query_params=in_area({Session.place.key: place}),
        )
