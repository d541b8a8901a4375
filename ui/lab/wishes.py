"""What is wanted of the best sites: goal, who counts, how many, and the candidates to choose from."""

import re

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analysis.placement.candidates import USUAL, candidate_sites, listed_venues, lists_none
from analysis.placement.coverage import MaximalCovering
from analysis.placement.goals import GOALS
from analysis.placement.placement import Question
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import AddSite, AtPostcode, Scenario, Venue
from geo.errors import InputError, ReachError
from geo.measures import MEASURES
from geo.pack import AreaPack
from geo.places import tidy_postcode
from geo.services import CATEGORIES
from store.layers import SERVICES, SITES
from ui.kit import resources
from ui.kit.controls import kept
from ui.kit.own_places import MOST_LAYERS
from ui.kit.page import plain
from ui.kit.plan import history
from ui.kit.session import Session, session
from ui.kit.stores import layers
from wording.groups import area_words
from wording.lab import counted_words, goal_words
from wording.languages import english
from wording.numbers import currency_sign, money
from wording.particulars import by_postcode, example_place, middles_tried

_LONGEST_S = 180.0
_RUNNERS_UP = 5
_NO_PLACES = "the others ask how far or how evenly people are reached, not who finds room"
_MOST_MONEY = 1_000_000_000


def wishes(pack: AreaPack, lab: Lab) -> tuple[Question, pd.DataFrame | None, DeltaGenerator]:
    """Draw what is wanted; no candidates, with the reason, when there are none.

    The last is the place for the button that asks, beside the three wishes that everybody has: the rest is folded, so
    that the answer is in sight when it comes.
    """
    now = history().now
    (first, second), (third, ask) = st.columns(2), st.columns(2, vertical_alignment="bottom")
    goal = first.selectbox(
        "What matters most",
        list(GOALS),
        key=kept(Session.lab_goal, list(GOALS)),
        format_func=lambda name: goal_words(name, pack),
    )
    counted = list(lab.counts(now.baseline).measures)
    usual = "children_in_poverty" if "children_in_poverty" in counted else counted[0]
    measure = second.selectbox("For whom", counted, key=kept(Session.lab_for, counted, default=usual), format_func=_who)
    kept(Session.lab_budget)
    budget = session.lab_budget
    hubs = third.number_input(
        "Number of hubs",
        1,
        12,
        key=kept(Session.lab_hubs),
        disabled=budget is not None,
        help="With a budget (under “More wishes”), as many as it pays for.",
    )
    venues, currency = listed_venues(pack), pack.manifest.particulars.currency
    with st.expander("More wishes", icon=":material/tune:"):
        kinds = st.multiselect(
            "Kinds of venue",
            venues,
            key=kept(Session.lab_kinds, venues),
            format_func=lambda kind: CATEGORIES[kind].plural,
        )
        codes = [str(code) for code in pack.wards.index]
        one, two = st.columns(2)
        wards = one.multiselect(
            "In the wards",
            codes,
            key=kept(Session.lab_in_wards, codes),
            placeholder=f"anywhere in the {area_words(pack).whole}",
            format_func=lambda code: str(pack.wards.loc[code, "name"]),
        )
        room = two.number_input(
            "Places at each",
            min_value=1,
            max_value=100_000,
            step=5,
            key=kept(Session.lab_room),
            placeholder="no limit",
            disabled=not GOALS[goal].counts_capacity,
            help="How many people each new hub has room for in a week. Sites that are there already are taken to have "
            f"room for all whom they reach. Only for “{goal_words(MaximalCovering.name, pack)}”: {_NO_PLACES}.",
        )
        other, weight = _second_measure([name for name in counted if name != measure])
        postcodes = (
            ""
            if not by_postcode(pack)
            else st.text_input(
                "Also these postcodes",
                key=kept(Session.lab_postcodes),
                max_chars=400,
                placeholder=example_place(pack)[0],
                help="With commas between. A hub can then be put there too, whether there is a venue or not.",
            )
        )
        candidates, fault = _candidates(pack, lab, now, kinds, wards, postcodes, _own_layers(pack))
        forced, banned = _picks(candidates)
        budget, cost = _money(currency_sign(currency))
    measures = ((measure, 1.0),) if other is None else ((measure, 1.0), (other, float(weight)))
    question = Question(
        goal=goal,
        measures=measures,
        hubs=int(hubs) if budget is None else None,
        budget=None if budget is None else float(budget),
        forced=tuple(forced),
        banned=tuple(banned),
        alternatives=_RUNNERS_UP,
        time_limit_s=_LONGEST_S,
    )
    if not fault and budget is not None and cost is None:
        fault = "Say under “More wishes” what a hub costs: a budget needs that."
    if fault or candidates is None:
        st.warning(plain(fault), icon=":material/info:")
        return question, None, ask
    if GOALS[goal].counts_capacity and room is not None:
        candidates = candidates.assign(places=float(room))
    if budget is not None and cost is not None:
        candidates = candidates.assign(cost=float(cost))
    st.caption(_summary(question, candidates, currency))
    if not kinds and lists_none(pack, USUAL) and not postcodes.strip():
        st.caption(plain(middles_tried(pack)))
    return question, candidates, ask


def _who(measure: str) -> str:
    return MEASURES[measure].label


def _second_measure(options: list[str]) -> tuple[str | None, float]:
    """Draw who counts beside those chosen first, and how much."""
    one, two = st.columns(2)
    other = one.selectbox(
        "Count also",
        options,
        key=kept(Session.lab_for_also, options),
        index=None,
        placeholder="nobody else",
        format_func=_who,
    )
    weight = two.number_input(
        "One of them counts",
        min_value=0.1,
        max_value=1.0,
        step=0.1,
        format="%.1f",
        key=kept(Session.lab_weight),
        disabled=other is None,
        help="1 is as much as one of those chosen first; 0.5 is half as much.",
    )
    return other, weight


def _candidates(
    pack: AreaPack,
    lab: Lab,
    now: Scenario,
    kinds: list[str],
    wards: list[str],
    postcodes: str,
    own: list[str],
) -> tuple[pd.DataFrame | None, str]:
    """Find the places to choose from, those with a site left out; None, with the reason, when there are none."""
    spots = [change.at for change in now.changes if isinstance(change, AddSite)]
    already = set(lab.effect(now).after.sites) | {spot.service for spot in spots if isinstance(spot, Venue)}
    taken = {spot.postcode for spot in spots if isinstance(spot, AtPostcode)}
    typed = [part.strip() for part in re.split(r"[,;\n]", postcodes) if part.strip()]
    try:
        for text in typed:
            answer = resources.finder(pack).find(text)
            if answer.kind != "place" or answer.places[0].kind != "postcode":
                said = answer.said if answer.kind in ("outside", "cut short") else f"“{text[:40]}” is not a postcode."
                raise InputError(f"{said} Correct it or take it out: these must be whole postcodes of {pack.name}.")
            if answer.places[0].note:
                st.warning(plain(answer.places[0].note), icon=":material/warning:")
        free = [text for text in typed if tidy_postcode(text) not in taken]
        kinds = kinds if kinds or own or not lists_none(pack, USUAL) else list(USUAL)
        places = {layer: layers().content(layer) for layer in own}
        return candidate_sites(pack, kinds, wards=wards, postcodes=free, already=already, own=places), ""
    except ReachError as error:
        return None, str(error)


def _own_layers(pack: AreaPack) -> list[str]:
    """Draw which of one's own layers of places are to choose from as well; nothing where none is kept."""
    try:
        names = {layer.id: layer.name for layer in layers().list(pack.code, kinds=(SITES, SERVICES), size=MOST_LAYERS)}
    except ReachError as error:  # the search does without them
        st.caption(plain(str(error)))
        return []
    if not names:
        return []
    return st.multiselect(
        english().say("own.lab"),
        list(names),
        key=kept(Session.lab_own, list(names)),
        format_func=lambda layer: names.get(layer, layer),
        help=english().say("own.lab_help"),
    )


def _picks(candidates: pd.DataFrame | None) -> tuple[list[str], list[str]]:
    """Draw which of the candidates must be chosen, and which must not."""
    names = {} if candidates is None else {str(key): str(name) for key, name in candidates["name"].items()}
    ordered = sorted(names, key=lambda key: names[key])
    one, two = st.columns(2)
    forced = one.multiselect(
        "Must be among them",
        ordered,
        key=kept(Session.lab_forced, ordered) if names else "lab-forced-none",
        format_func=lambda key: names[key],
        placeholder="none",
    )
    left = [key for key in ordered if key not in forced]
    banned = two.multiselect(
        "Must not be among them",
        left,
        key=kept(Session.lab_banned, left) if names else "lab-banned-none",
        format_func=lambda key: names[key],
        placeholder="none",
    )
    return forced, banned


def _money(sign: str) -> tuple[int | None, int | None]:
    """Draw what may be spent at most, and what one hub costs."""
    one, two = st.columns(2)
    budget = one.number_input(
        f"Budget, {sign}",
        min_value=1,
        max_value=_MOST_MONEY,
        step=10_000,
        key=kept(Session.lab_budget),
        placeholder="no budget: the number of hubs counts",
    )
    cost = two.number_input(
        f"A hub costs once, {sign}",
        min_value=1,
        max_value=_MOST_MONEY,
        step=10_000,
        key=kept(Session.lab_cost),
        placeholder="for a budget",
        disabled=budget is None,
        help="Goes into the plan as the cost of each hub that you adopt.",
    )
    return budget, cost


def _summary(question: Question, candidates: pd.DataFrame, currency: str) -> str:
    """Say from how many places is chosen, which wishes hold, and how long it may take."""
    places = f"{len(candidates)} place{'' if len(candidates) == 1 else 's'} to choose from"
    says = [f"{places}; the sites that the plan has already count."]
    for word, picked in (("With", question.forced), ("Without", question.banned)):
        if picked:
            says.append(f"{word} {plain(', '.join(candidates.loc[list(picked), 'name'].astype(str)))}.")
    if question.budget is not None:
        says.append(f"As many hubs as {money(question.budget, currency)} pays for.")
    if counted_words(question):
        says.append(counted_words(question))
    says.append("This can take a minute or more." if GOALS[question.goal].slow else "This takes a few seconds.")
    if not GOALS[question.goal].counts_capacity:
        says.append(f"Places are not counted with this goal: {_NO_PLACES}.")
    return " ".join(says)
