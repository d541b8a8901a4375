"""Reach of the strategy's outcomes and programmes, under an assumption that the reader can change."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from analysis.scenario.outcomes import (
    Offer,
    Provision,
    offers_of,
    outcomes_served,
    provision,
    read_offers,
    worst_served,
)
from analysis.scenario.scenario import MEASURES as COUNTED
from analysis.scenario.scenario import Scenario
from analysis.shown import ShownShare, as_shown, made_of_shown, size_of
from drawing.legend import squares_legend
from geo.errors import ReachError
from geo.measures import MEASURES
from geo.pack import AreaPack
from geo.services import CATEGORIES
from store.scenarios import Listed
from ui.kit import controls, resources, stores
from ui.kit.downloads import download_row
from ui.kit.heat_table import KEYS, HeatCell, HeatColumn, HeatRow, share_cell, show_heat_table
from ui.kit.keyed import programme_categories
from ui.kit.legend import show_legend
from ui.kit.page import part, plain, show_error
from ui.kit.paged import paged
from ui.kit.session import Session
from ui.kit.timetable import mode_choice
from wording.columns import notes_of
from wording.groups import all_wards, area_words
from wording.languages import english
from wording.numbers import capital, listed, number_word, people, percent, share_words
from wording.rounding import shortest
from wording.scenario import travelling

_BY = {"outcome": "Outcomes", "programme": "Programmes"}
_AT_HOME = "no place"


@part
def ward_outcomes(pack: AreaPack, baseline: str) -> None:
    """Draw reach by outcome and by programme.

    Parameters
    ----------
    pack
        The area.
    baseline
        Baseline of the counts; empty for the pack's first.
    """
    usual = offers_of(pack, read_offers())
    if not usual:
        st.info(
            f"The pack of {pack.name} has no local strategy that names programmes and outcomes.", icon=":material/info:"
        )
        return
    base = baseline or pack.baselines[0]
    head = st.container()
    first, second, third, fourth = st.columns(4)
    with first:
        measure = controls.choice(
            "Counting …",
            [name for name in COUNTED if name in pack.measure_names(base)] or pack.measure_names(base),
            key=Session.outcome_of.key,
            labels={name: one.label for name, one in MEASURES.items()},
        )
    with second:
        mode = mode_choice("Travelling by …", [pack], Session.outcome_by, default="walk_pram", explained=False)
    with third:
        within = controls.number("Within …", 5, 60, 15, key=Session.outcome_within.key, step=5, unit="minutes")
    with fourth:
        plan = _chosen_plan(pack)
    by = controls.choice("The table shows", list(_BY), key=Session.outcome_table.key, labels=_BY, widget="segmented")
    table = st.container()
    offers = _assumption(usual)
    with head:
        # The figures are above the controls on which they depend, as on every page.
        lab = resources.lab_of(pack)
        asked = {"measure": measure, "baseline": base, "mode": mode, "within_min": within}
        try:
            found = provision(lab, offers, plan=plan, **asked)  # type: ignore[arg-type]
        except ReachError as error:  # a plan of another pack, or of an older one
            show_error(error)
            plan, found = None, provision(lab, offers, **asked)  # type: ignore[arg-type]
        st.markdown(outcome_sentence(found, measure, mode, within, plan))
        changed = [offer.programme for offer, as_was in zip(offers, usual, strict=True) if offer != as_was]
        st.warning(_assumed(changed), icon=":material/edit_note:")
    with table:
        _heat(found, by, measure, within)
        _group_table(found, plan)
        wards, groups = found.shown("ward"), found.shown("group")
        download_row(
            f"{pack.code}-outcomes",
            made_of_shown(_as_file(pd.concat([wards, groups]))),
            {
                **notes_of(pack, f"Outcomes and programmes within {shortest(within)} minutes {travelling(mode)}", base),
                "assumption": "; ".join(f"{one.programme}: {_categories(one)}" for one in offers),
                "plan": plan.name if plan else "none",
            },
            key="outcomes",
        )


def outcome_sentence(found: Provision, measure: str, mode: str, within: float, plan: Scenario | None) -> str:
    """Return a sentence: which outcome has the lowest reach, where, and what the plan changes.

    Parameters
    ----------
    found
        Reach of every outcome.
    measure, mode, within
        Who is counted, how families travel, and the threshold in minutes.
    plan
        The plan that counts, if any.
    """
    groups, wards = worst_served(found.shown("group")), worst_served(found.shown("ward"))
    pack = found.counts.pack
    code = "target" if pack.target_wards else "borough"
    targets = f"the {number_word(len(pack.target_wards))} {area_words(pack).targets}"
    where = targets if pack.target_wards else str(pack.name)
    here = groups[groups["code"] == code]
    if here.empty:
        return "### Too few people to say which outcome is the worst served."
    worst, best = here.iloc[0], here.iloc[-1]
    who = MEASURES[measure].counted
    way = f"within {shortest(within)} minutes {travelling(mode)}"
    if worst["share"] == best["share"]:
        return f"### In {where} every outcome is equally well served: {percent(worst['share'])} of {who} {way}."
    rest = groups[(groups["code"] == "rest") & (groups["outcome"] == worst["outcome"])]
    beside = f" ({percent(rest['share'].iloc[0])} in the others)" if code == "target" and len(rest) else ""
    said = (
        f"### **{worst['outcome']}** is the worst served outcome in {where}, if what we assume below is right. "
        f"**{percent(worst['share'])}** of {who} can reach a place for it {way}{beside}. For {best['outcome']} it is "
        f"{percent(best['share'])}."
    )
    low = wards[wards["outcome"] == worst["outcome"]].head(3)
    named = [f"{row['name']} ({percent(row['share'])})" for _, row in low.iterrows()]
    said += f"\n\nFor {worst['outcome']} the lowest wards are {listed(named)}."
    return said + (_plan_words(found, str(worst["outcome"]), code, where, plan) if plan else "")


def _plan_words(found: Provision, outcome: str, code: str, where: str, plan: Scenario) -> str:
    shown = found.shown("group")
    row = shown[(shown["kind"] == "outcome") & (shown["item"] == outcome) & (shown["code"] == code)].iloc[0]
    change = as_shown(row["change"])
    said = f" The plan “{plain(plan.name)}” is counted: for {outcome} "
    if not change:
        return f"{said}no more and no fewer in {where} than today."
    return f"{said}{people(size_of(change))} {'more' if change > 0 else 'fewer'} in {where} than today."


def _assumed(changed: list[str]) -> str:
    text = (
        "**An assumption, not a record.** No open source says which programme runs where. We take each one to run at "
        "every open place of the kinds listed under *What is assumed* below. An outcome is within reach when one place "
        "for it is. Change the list and every figure follows."
    )
    return text + (f" You have changed it for {listed(changed)}." if changed else "")


def _chosen_plan(pack: AreaPack) -> Scenario | None:
    """Let the reader choose a saved plan to include; None, with a message, where the store cannot be opened."""
    saved: dict[str, Listed] = {}
    try:
        store = stores.plans()
        page = paged("plans_counted", lambda search, number: store.list(pack.code, search=search, page=number))
        saved = {one.scenario_id: one for one in page}
        asked = str(controls.coming(Session.outcome_plan, ""))
        if asked and asked not in saved:  # what is chosen stays, on whatever page it is
            saved |= store.listed(pack.code, [asked])
    except ReachError as error:
        show_error(error)
    chosen = controls.choice(
        "With the plan …",
        ["", *saved],
        key=Session.outcome_plan.key,
        labels={"": "None: places of today", **{key: one.name for key, one in saved.items()}},
        help="Plans are made and saved in the Scenario lab. What a plan says that a site offers counts as it says.",
    )
    if not chosen:
        return None
    try:
        return store.latest(chosen).scenario
    except ReachError as error:
        st.warning(plain(english().say("kept.unreadable", name=saved[chosen].name, why=error)))
        return None


def _assumption(usual: tuple[Offer, ...]) -> tuple[Offer, ...]:
    """Show the assumption with its reasons, and let the reader change it; changes are kept in the address."""
    options = [name for name, category in CATEGORIES.items() if category.shown]
    labels = {name: CATEGORIES[name].plural for name in options}
    offers = []
    with st.expander("What is assumed: where each programme is offered, and why. Change it here"):
        for start in range(0, len(usual), 2):
            for column, offer in zip(st.columns(2), usual[start : start + 2], strict=False):
                with column:
                    chosen = controls.choices(
                        offer.programme,
                        options,
                        key=programme_categories(offer.programme).key,
                        default=offer.categories,
                        labels=labels,
                    )
                    st.caption(offer.reason)
                same = set(chosen) == set(offer.categories)
                offers.append(
                    offer if same else replace(offer, categories=tuple(chosen), reason="Chosen by the reader.")
                )
    return tuple(offers)


def _heat(found: Provision, by: str, measure: str, within: float) -> None:
    """Draw wards and groups by outcome or by programme."""
    pack = found.counts.pack
    shares: dict[tuple[str, str, str], ShownShare] = {}
    for level in ("ward", "group"):
        for _, row in found.shown(level).iterrows():
            shares[row["kind"], row["item"], row["code"]] = row["share_after"]
    items = found.sites.loc[found.sites["kind"] == by, "item"].tolist()
    nowhere = set(found.sites.loc[found.sites["sites_after"] == 0, "item"])
    nowhere |= {offer.programme for offer in found.offers if not offer.categories} if by == "programme" else set()

    def cells(code: str) -> list[HeatCell]:
        return [HeatCell(_AT_HOME) if item in nowhere else share_cell(shares[by, item, code]) for item in items]

    rows = [
        HeatRow(str(row["name"]), cells(str(code)), "strong" if row["target"] else "plain")
        for code, row in pack.wards.iterrows()
    ]
    groups = all_wards(pack) if pack.target_wards else {"borough": str(pack.name)}
    rows += [HeatRow(title, cells(code), "total") for code, title in groups.items()]
    what = "that serves the outcome" if by == "outcome" else "that offers the programme"
    title = f"Share of {MEASURES[measure].counted} within {shortest(within)} minutes of a place {what}"
    columns = [HeatColumn(_short(item)) for item in items]
    st.markdown(f"**{title}**")
    show_heat_table(f"{title}, by ward", "Ward", columns, rows)
    show_legend(squares_legend([*KEYS["share"]], "Share within reach …"))
    st.caption(
        "*few*: some are within reach, but under 1 in 200. *nearly all*: under 1 in 200 are not. *no place*: it comes "
        "to the home, or nothing is assumed. An outcome's share counts a child once, however many of its programmes "
        "are near."
    )


def _short(item: str) -> str:
    """Return the name of an outcome or programme without the part in brackets."""
    name = item.split(" (")[0]
    return capital(name)


def _group_table(found: Provision, plan: Scenario | None) -> None:
    """Draw the counts behind the shares, for the groups, and where each programme is assumed to be offered."""
    pack = found.counts.pack
    called = area_words(pack)
    apart = {"target": called.targets, "rest": called.others} if pack.target_wards else {}
    groups = {**apart, "borough": called.whole}
    shown, sites = found.shown("group"), found.sites.set_index(["kind", "item"])
    served, where = outcomes_served(pack), {offer.programme: _categories(offer) for offer in found.offers}
    rows = []
    for kind, item in sites.index:
        part = shown[(shown["kind"] == kind) & (shown["item"] == item)].set_index("code")
        homes = kind == "programme" and not next(one for one in found.offers if one.programme == item).categories
        row = {
            "Outcome or programme": f"{_short(item)}" if kind == "outcome" else f"– {_short(item)}",
            "Places": str(int(sites.loc[(kind, item), "sites_after"])) if not homes else "–",
        }
        for code, title in groups.items():
            counted = part.loc[code]
            text = f"{people(counted['reached_after'])} ({share_words(counted['share_after'])})"
            if plan is not None and not homes:
                text += f", today {people(counted['reached_before'])}"
            row[f"In reach, {title}"] = _AT_HOME if homes else text
        row["Serves"] = "" if kind == "outcome" else listed(list(served[item]))
        row["Taken to be at"] = "any place of its programmes" if kind == "outcome" else where[item]
        rows.append(row)
    with st.expander("The same as numbers of people, with the places that count", expanded=True):
        columns = [HeatColumn(name) for name in list(rows[0])[1:]]
        body = [
            HeatRow(str(one["Outcome or programme"]), [HeatCell(str(v)) for v in list(one.values())[1:]], kind)
            for one, kind in zip(rows, ["strong" if k == "outcome" else "plain" for k, _ in sites.index], strict=True)
        ]
        show_heat_table("People within reach, by outcome and programme", "Outcome or programme", columns, body)


def _categories(offer: Offer) -> str:
    return listed([CATEGORIES[name].plural for name in offer.categories]) if offer.categories else "no place"


def _as_file(shown: pd.DataFrame) -> pd.DataFrame:
    columns = ["kind", "item", "code", "name", "group", "measure", "total", "reached_before", "share_before"]
    return shown[[*columns, "reached_after", "share_after", "change"]].reset_index(drop=True)
