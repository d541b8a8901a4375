"""Ask for the best sites: what is wanted, the search with a way to stop it, its proof, and adopting it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from analysis.placement import apart
from analysis.placement.placement import Placement, Question, adopt
from analysis.placement.shown import shown_score, shown_sites
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import Scenario
from analysis.shown import made_of_shown
from drawing.palette import TARGET_COLOUR
from geo.errors import ReachError
from geo.known_pack import KnownPack
from geo.pack import AreaPack
from ui.kit import plan
from ui.kit.charts import AXIS, sentence, show_chart
from ui.kit.jobs import Search, ask
from ui.kit.page import plain
from ui.kit.session import session
from ui.kit.tables import Column, show_table
from ui.kit.waiting import watch
from ui.lab import state as lab_state
from ui.lab.wishes import wishes
from wording.lab import (
    axis_words,
    counted_words,
    goal_words,
    placement_sentence,
    proof_words,
    score_words,
    worth_words,
)
from wording.languages import english
from wording.numbers import capital, people
from wording.rounding import fixed
from workers.job import Job

_MOST_IN_CURVE = 10


def best_panel(pack: AreaPack, lab: Lab) -> None:
    """Draw the question and, once asked, the search and its answer."""
    search = _ended()
    running = search is not None and search.job is not None
    question, candidates, beside = wishes(pack, lab)
    asked = beside.button(
        "Find the best sites",
        type="primary",
        key="lab-best",
        icon=":material/auto_awesome:",
        disabled=running or candidates is None,
        width="stretch",
    )
    if asked and candidates is not None and not running:
        search = session.lab_job = Search(lab, candidates)
        _ask(search, partial(apart.search, KnownPack.of(pack), plan.history().now, candidates, question))
    lab_state.show_told("best")
    if search is None:
        return
    if search.job is not None:
        watch(
            search.job,
            partial(_progress, search.job, search.candidates),
            stop=english().say("jobs.stop_and_keep"),
            key="lab-stop",
        )
        return
    if search.error is not None:
        st.error(plain(capital(str(search.error))), icon=":material/error:")
    if search.found is not None:
        same = question == search.found.question and _same_plan(plan.history().now, search.found.scenario)
        current = same and candidates is not None and search.candidates.equals(candidates)
        adopted = _adopted(search, search.found)
        if adopted:
            said = english().counted(
                "lab.adopted.next", len(plan.history().now.changes) - len(search.found.scenario.changes)
            )
            st.success(said, icon=":material/check_circle:")
        elif not current:
            st.info(
                "This answers what was asked before; the question or the plan has changed since. Ask again to adopt.",
                icon=":material/history:",
            )
        _answer(pack, lab, search, search.found, current=current, adopted=adopted)


def suggested_sites() -> pd.DataFrame:
    """Return the sites that the search found for the plan as it is now, and that are not adopted.

    Columns ``name``, ``easting``, ``northing`` and ``number`` from 1, in the order of the table of the answer.
    """
    search = _ended()
    found = None if search is None else search.found
    if search is None or found is None or not _same_plan(plan.history().now, found.scenario):
        return pd.DataFrame(columns=["name", "easting", "northing", "number"])
    sites = search.candidates.loc[list(found.sites.index), ["name", "easting", "northing"]]
    return sites.assign(number=range(1, len(sites) + 1))


def _same_plan(now: Scenario, searched: Scenario) -> bool:
    """Tell whether a search was for the plan as it is now; a plan may leave it to the area which counts it uses."""
    return replace(now, baseline=now.baseline or searched.baseline) == searched


def _ask(search: Search, work: Callable[..., Any]) -> None:
    search.error = None
    try:
        search.job = ask(work, watched=True)
    except ReachError as error:
        search.error = error


def _ended() -> Search | None:
    """Return the search of this visit, with what it has found by now."""
    search = session.lab_job
    if search is not None:
        search.look()
    return search


def _progress(job: Job, candidates: pd.DataFrame) -> str:
    """Say how far the search is."""
    step = job.progress
    if step is None or step.answer <= 1:
        doing = "Looking for the best choice"
    else:
        doing = f"Looking for runner-up {step.answer - 1}"
    if step is None:
        return f"**{doing} …**"
    names = plain(", ".join(candidates["name"].iloc[list(step.progress.chosen)].astype(str)))
    return f"**{doing} …** {fixed(step.progress.seconds)} seconds." + (f" Best so far: {names}." if names else "")


def _adopted(search: Search, found: Placement) -> bool:
    """Tell whether the plan is the one that was searched for, with one of the answers adopted."""
    answers = [[str(site) for site in found.sites.index], *(list(other.sites) for other in found.alternatives)]
    now = plan.history().now
    return any(sites and _same_plan(now, adopt(found.scenario, search.candidates.loc[sites])) for sites in answers)


def _answer(pack: AreaPack, lab: Lab, search: Search, found: Placement, *, current: bool, adopted: bool) -> None:
    """Draw what was found; it can be adopted as long as it answers what is asked now."""
    goal = found.question.goal
    st.markdown(f"## {placement_sentence(found)}")

    def adopt_button(sites: Sequence[str], label: str, key: str, *, primary: bool = False) -> None:
        st.button(
            label,
            key=f"lab-adopt-{key}",
            on_click=_adopt,
            args=(lab, search, found, tuple(sites)),
            icon=":material/check:",
            type="primary" if primary else "secondary",
            disabled=not current,
        )

    if not found.sites.empty and not adopted:
        adopt_button([str(site) for site in found.sites.index], "Adopt these sites", "best", primary=True)
    st.markdown(f"{proof_words(goal, found.proof)} {counted_words(found.question)}".rstrip())
    if not found.sites.empty:
        _chosen_list(pack, found)
    if found.alternatives and not adopted:
        with st.expander(english().say("lab.adopted.others")):
            for number, other in enumerate(found.alternatives, start=1):
                names = plain(", ".join(search.candidates.loc[list(other.sites), "name"].astype(str)))
                names = names or "None of the candidates"
                st.markdown(f"**Runner-up {number}:** {score_words(goal, other.proof.objective)}. {names}.")
                if other.sites:
                    adopt_button(other.sites, f"Adopt runner-up {number}", f"other-{number}")
    if found.left_out:
        st.caption("Left out: " + "; ".join(f"{name} ({why})" for name, why in list(found.left_out.items())[:5]))
    if search.curve is None:
        if st.button("What would more hubs bring?", key="lab-curve", icon=":material/show_chart:"):
            work = partial(
                apart.curve, KnownPack.of(pack), found.scenario, search.candidates, found.question, _MOST_IN_CURVE
            )
            _ask(search, work)
            st.rerun()
    elif len(search.curve):
        _curve(pack, goal, search.curve)


def _chosen_list(pack: AreaPack, found: Placement) -> None:
    """Draw the sites by the numbers that they have on the map, and why each was chosen."""
    lines = []
    for number, (_, row) in enumerate(shown_sites(found).iterrows(), start=1):
        ward = str(pack.wards["name"].get(row["ward"], ""))
        where = plain(f"{row['name']}, {ward}" if ward else str(row["name"]))
        lines.append(f"{number}. **{where}**: {_why(found.question, row)}")
    st.markdown("\n".join(lines))


def _why(question: Question, row: "pd.Series[Any]") -> str:
    who = "weighted people" if len(question.measures) > 1 else "people"
    only, nearest = (capital(people(count)) for count in (row["only_here"], row["nearest_for"]))
    worth = worth_words(question.goal, float(row["adds"]))
    return f"{only} {who} reach no other site in time; it is the nearest for {nearest.lower()}. {worth}"


def _adopt(lab: Lab, search: Search, found: Placement, sites: tuple[str, ...]) -> None:
    if not _same_plan(plan.history().now, found.scenario):  # a second click may come before the buttons are drawn again
        return
    lab_state.edit(lab, adopt(found.scenario, search.candidates.loc[list(sites)]), near="best")


def _curve(pack: AreaPack, goal: str, curve: pd.DataFrame) -> None:
    points = curve[["hubs"]].assign(objective=[shown_score(goal, float(value)) for value in curve["objective"]])
    words = [score_words(goal, float(value)) for value in curve["objective"]]
    chart = alt.layer(
        alt.Chart(points.assign(words=words))
        .mark_line(point=alt.OverlayMarkDef(size=70), strokeWidth=3, color=TARGET_COLOUR)
        .encode(
            x=alt.X("hubs:O", title="number of hubs", axis=alt.Axis(labelAngle=0, **AXIS)),
            y=alt.Y("objective:Q", title=axis_words(goal), scale=alt.Scale(zero=False), axis=alt.Axis(**AXIS)),
            tooltip=[alt.Tooltip("hubs:O", title="Hubs"), alt.Tooltip("words:N", title="Best choice")],
        )
    ).properties(height=260, title=f"{goal_words(goal, pack)}, by number of hubs")
    said = sentence([(f"{hubs} hubs:", text) for hubs, text in zip(curve["hubs"], words, strict=True)])
    show_chart(chart, key="lab-curve-chart", alt_text=f"The best choice for each number of hubs. {said}")
    proven = [status == "optimal" for status in curve["status"]]
    table = points.assign(words=words, proof=["proven best" if one else "best found in time" for one in proven])
    columns = {
        "hubs": Column("Hubs", "rank", pinned=True),
        "words": Column("Best choice"),
        "proof": Column("How sure"),
    }
    show_table(made_of_shown(table), columns, key="lab-curve-table", alt="The best choice for each number of hubs")
    best = "Each is the best choice of its own; the sites of one number need not be among those of the next."
    st.caption(best if all(proven) else f"{best} Where it says so, the search ran out of time before the proof.")
