"""Ask for the best sites: what is wanted, the search with a way to stop it, its proof, and adopting it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from analysis.placement.placement import Placement, Question, adopt, hub_curve, place
from analysis.placement.shown import shown_score, shown_sites
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import Scenario
from analysis.shown import made_of_shown
from drawing.palette import TARGET_COLOUR
from geo.pack import AreaPack
from ui.kit import plan
from ui.kit.charts import AXIS, sentence, show_chart
from ui.kit.jobs import Job
from ui.kit.page import plain
from ui.kit.session import session
from ui.kit.tables import Column, show_table
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

_MOST_IN_CURVE = 10


def best_panel(pack: AreaPack, lab: Lab) -> None:
    """Draw the question and, once asked, the search and its answer."""
    job = session.lab_job
    running = job is not None and job.running
    question, candidates, beside = wishes(pack, lab)
    asked = beside.button(
        "Find the best sites",
        type="primary",
        key="lab-best",
        icon=":material/auto_awesome:",
        disabled=running or candidates is None,
        width="stretch",
    )
    if asked and candidates is not None:
        job = Job(candidates, question.goal)
        scenario = plan.history().now
        chosen, made = candidates, job

        def search() -> None:
            made.found = place(lab, scenario, chosen, question, progress=made.report, stop=made.stop.is_set)

        job.start(search)
        session.lab_job = job
        running = True
    lab_state.show_told("best")
    if job is None:
        return
    if running:
        st.fragment(_watch, run_every=0.5)(job)
        return
    if job.error:
        st.error(plain(capital(job.error)), icon=":material/error:")
    if job.found is not None:
        same = question == job.found.question and _same_plan(plan.history().now, job.found.scenario)
        current = same and candidates is not None and job.candidates.equals(candidates)
        adopted = _adopted(job, job.found)
        if adopted:
            said = english().counted(
                "lab.adopted.next", len(plan.history().now.changes) - len(job.found.scenario.changes)
            )
            st.success(said, icon=":material/check_circle:")
        elif not current:
            st.info(
                "This answers what was asked before; the question or the plan has changed since. Ask again to adopt.",
                icon=":material/history:",
            )
        _answer(pack, lab, job, job.found, current=current, adopted=adopted)


def suggested_sites() -> pd.DataFrame:
    """Return the sites that the search found for the plan as it is now, and that are not adopted.

    Columns ``name``, ``easting``, ``northing`` and ``number`` from 1, in the order of the table of the answer.
    """
    job = session.lab_job
    found = None if job is None else job.found
    if job is None or found is None or not _same_plan(plan.history().now, found.scenario):
        return pd.DataFrame(columns=["name", "easting", "northing", "number"])
    sites = job.candidates.loc[list(found.sites.index), ["name", "easting", "northing"]]
    return sites.assign(number=range(1, len(sites) + 1))


def _same_plan(now: Scenario, searched: Scenario) -> bool:
    """Tell whether a search was for the plan as it is now; a plan may leave it to the area which counts it uses."""
    return replace(now, baseline=now.baseline or searched.baseline) == searched


def _watch(job: Job) -> None:
    """Show how far the search is; when it ends, draw the page again with the answer."""
    if not job.running:
        st.rerun()
    progress = job.progress
    names = "" if progress is None else plain(", ".join(job.candidates["name"].iloc[list(progress.chosen)].astype(str)))
    step = "Looking for the best choice" if job.answers <= 1 else f"Looking for runner-up {job.answers - 1}"
    seconds = "" if progress is None else f" {fixed(progress.seconds)} seconds."
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"⏳ **{step} …**{seconds}" + (f" Best so far: {names}." if names else ""), width="stretch")
        st.button("Stop and keep the best so far", key="lab-stop", icon=":material/stop:", on_click=job.stop.set)


def _adopted(job: Job, found: Placement) -> bool:
    """Tell whether the plan is the one that was searched for, with one of the answers adopted."""
    answers = [[str(site) for site in found.sites.index], *(list(other.sites) for other in found.alternatives)]
    now = plan.history().now
    return any(sites and _same_plan(now, adopt(found.scenario, job.candidates.loc[sites])) for sites in answers)


def _answer(pack: AreaPack, lab: Lab, job: Job, found: Placement, *, current: bool, adopted: bool) -> None:
    """Draw what was found; it can be adopted as long as it answers what is asked now."""
    goal = found.question.goal
    st.markdown(f"## {placement_sentence(found)}")

    def adopt_button(sites: Sequence[str], label: str, key: str, *, primary: bool = False) -> None:
        st.button(
            label,
            key=f"lab-adopt-{key}",
            on_click=_adopt,
            args=(lab, job, found, tuple(sites)),
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
                names = plain(", ".join(job.candidates.loc[list(other.sites), "name"].astype(str)))
                names = names or "None of the candidates"
                st.markdown(f"**Runner-up {number}:** {score_words(goal, other.proof.objective)}. {names}.")
                if other.sites:
                    adopt_button(other.sites, f"Adopt runner-up {number}", f"other-{number}")
    if found.left_out:
        st.caption("Left out: " + "; ".join(f"{name} ({why})" for name, why in list(found.left_out.items())[:5]))
    if job.curve is None:
        if st.button("What would more hubs bring?", key="lab-curve", icon=":material/show_chart:"):

            def draw() -> None:
                job.curve = hub_curve(
                    lab, found.scenario, job.candidates, found.question, _MOST_IN_CURVE, stop=job.stop.is_set
                )

            job.progress, job.answers = None, 0
            job.start(draw)
            st.rerun()
    elif len(job.curve):
        _curve(pack, goal, job.curve)


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


def _adopt(lab: Lab, job: Job, found: Placement, sites: tuple[str, ...]) -> None:
    if not _same_plan(plan.history().now, found.scenario):  # a second click may come before the buttons are drawn again
        return
    lab_state.edit(lab, adopt(found.scenario, job.candidates.loc[list(sites)]), near="best")


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
