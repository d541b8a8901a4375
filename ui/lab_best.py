"""Ask for the best sites: what is wanted, the search with a way to stop it, its proof, and adopting it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import altair as alt
import pandas as pd
import streamlit as st

from analysis.placement import Placement, Question, hub_curve, place
from analysis.placement_candidates import candidate_sites, venue_categories
from analysis.placement_solver import Progress
from analysis.scenario import AddSite, Scenario, Venue
from analysis.scenario_lab import Lab
from geo.errors import ReachError
from geo.measures import MEASURES
from geo.pack import AreaPack
from geo.services import CATEGORIES
from ui import lab_state
from ui.charts import show_chart
from ui.format import people
from ui.lab_words import GOALS, placement_sentence, proof_words, score_words
from ui.palette import INK, TARGET_COLOUR
from ui.tables import Column, show_table

_JOB = "lab_job"
_LONGEST_S = 180.0
_MOST_IN_CURVE = 10


@dataclass(eq=False)
class Job:
    """A search in a thread of its own: it knows nothing of the page, which looks in now and then."""

    candidates: pd.DataFrame
    goal: str
    stop: threading.Event = field(default_factory=threading.Event)
    progress: Progress | None = None
    answers: int = 0
    found: Placement | None = None
    curve: pd.DataFrame | None = None
    error: str = ""
    thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether it is still at work."""
        return self.thread is not None and self.thread.is_alive()

    def start(self, work: Callable[[], None]) -> None:
        """Begin `work` beside the page."""

        def guarded() -> None:
            try:
                work()
            except ReachError as error:
                self.error = str(error)

        self.stop.clear()
        self.thread = threading.Thread(target=guarded, name="best sites", daemon=True)
        self.thread.start()

    def report(self, progress: Progress) -> None:
        """Note how far the search is; a new search (of a runner-up) begins its seconds anew."""
        if self.progress is None or progress.seconds < self.progress.seconds:
            self.answers += 1
        self.progress = progress


def best_panel(pack: AreaPack, lab: Lab) -> None:
    """Draw the question and, once asked, the search and its answer."""
    job: Job | None = st.session_state.get(_JOB)
    running = job is not None and job.running
    question, candidates = _question(pack, lab)
    with st.container(horizontal=True):
        asked = st.button(
            "Find the best sites",
            type="primary",
            key="lab-best",
            icon=":material/auto_awesome:",
            disabled=running or candidates is None,
        )
    if asked and candidates is not None:
        job = Job(candidates, question.goal)
        scenario = lab_state.history().now
        chosen, made = candidates, job

        def search() -> None:
            made.found = place(lab, scenario, chosen, question, progress=made.report, stop=made.stop.is_set)

        job.start(search)
        st.session_state[_JOB] = job
        running = True
    if job is None:
        return
    if running:
        st.fragment(_watch, run_every=0.5)(job)
    elif job.error:
        st.error(job.error, icon=":material/error:")
    elif job.found is not None:
        _answer(pack, lab, job, job.found)


def _question(pack: AreaPack, lab: Lab) -> tuple[Question, pd.DataFrame | None]:
    """Draw what is wanted; no candidates, with the reason, when there are none."""
    now = lab_state.history().now
    first, second, third = st.columns([4, 4, 2])
    goal = first.selectbox("What matters most", list(GOALS), key="lab-goal", format_func=_goal_words)
    counted = list(lab.counts(now.baseline).measures)
    measure = second.selectbox(
        "For whom",
        counted,
        key="lab-for",
        format_func=lambda name: MEASURES[name].label,
        index=counted.index("children_in_poverty") if "children_in_poverty" in counted else 0,
    )
    hubs = third.number_input("Number of hubs", 1, 12, 3, key="lab-hubs")
    one, two = st.columns(2)
    kinds = one.multiselect(
        "Kinds of venue",
        venue_categories(),
        default=["library", "school", "community_hall"],
        key="lab-kinds",
        format_func=lambda kind: CATEGORIES[kind].plural,
    )
    wards = two.multiselect(
        "In the wards",
        [str(code) for code in pack.wards.index],
        key="lab-in-wards",
        placeholder="anywhere in the borough",
        format_func=lambda code: str(pack.wards.loc[code, "name"]),
    )
    question = Question(goal=goal, measures=((measure, 1.0),), hubs=int(hubs), alternatives=3, time_limit_s=_LONGEST_S)
    already = set(lab.effect(now).after.sites)
    spots = [change.at for change in now.changes if isinstance(change, AddSite)]
    already |= {spot.service for spot in spots if isinstance(spot, Venue)}
    try:
        candidates = candidate_sites(pack, kinds, wards=wards, already=already)
    except ReachError as error:
        st.warning(str(error), icon=":material/info:")
        return question, None
    st.caption(
        f"{len(candidates)} venues to choose from. The sites that the plan has already count. "
        f"{'This goal can take a minute or more.' if goal in ('gap', 'time') else 'This takes a few seconds.'}"
    )
    return question, candidates


def _goal_words(goal: str) -> str:
    return GOALS[goal][0].upper() + GOALS[goal][1:]


def _watch(job: Job) -> None:
    """Show how far the search is; when it ends, draw the page anew with the answer."""
    if not job.running:
        st.rerun()
    progress = job.progress
    names = "" if progress is None else ", ".join(job.candidates["name"].iloc[list(progress.chosen)].astype(str))
    step = "Looking for the best choice" if job.answers <= 1 else f"Looking for runner-up {job.answers - 1}"
    seconds = "" if progress is None else f" {progress.seconds:.0f} seconds."
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"⏳ **{step} …**{seconds}" + (f" Best so far: {names}." if names else ""), width="stretch")
        st.button("Stop and keep the best so far", key="lab-stop", icon=":material/stop:", on_click=job.stop.set)


def _answer(pack: AreaPack, lab: Lab, job: Job, found: Placement) -> None:
    goal = found.question.goal
    st.markdown(f"## {placement_sentence(found)}")
    st.markdown(proof_words(goal, found.proof))
    _adopt_button(job, tuple(str(site) for site in found.sites.index), "Adopt these sites", "best", primary=True)
    sites = found.sites.assign(
        ward_name=[pack.wards["name"].get(code, "") for code in found.sites["ward"]],
        why=[_why(goal, row) for _, row in found.sites.iterrows()],
    )
    columns = {
        "name": Column("Site", pinned=True),
        "ward_name": Column("Ward"),
        "why": Column("Why here"),
    }
    show_table(sites, columns, key="lab-best-sites", alt="The best sites, and why each")
    for number, other in enumerate(found.alternatives, start=1):
        names = ", ".join(job.candidates.loc[list(other.sites), "name"].astype(str))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"**Runner-up {number}:** {score_words(goal, other.proof.objective)}. {names}.", width="stretch"
            )
            _adopt_button(job, other.sites, "Adopt", f"other-{number}")
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
        _curve(goal, job.curve)


def _why(goal: str, row: "pd.Series[float]") -> str:
    only, nearest = people(row["only_here"], to_nearest=5), people(row["nearest_for"], to_nearest=5)
    return f"{only} people reach no other site in time; it is the nearest for {nearest}. Adds {_adds(goal, row)}"


def _adds(goal: str, row: "pd.Series[float]") -> str:
    return score_words(goal, float(row["adds"])).replace(" for the furthest", " off the worst journey")


def _adopt_button(job: Job, sites: tuple[str, ...], label: str, key: str, *, primary: bool = False) -> None:
    def adopt() -> None:
        scenario = lab_state.history().now
        for site in sites:
            scenario = _with_site(scenario, site, str(job.candidates.loc[site, "name"]))
        lab_state.set_history(lab_state.history().edit(scenario))
        lab_state.tell(f"{len(sites)} site{'' if len(sites) == 1 else 's'} added to the plan; undo takes them back.")

    st.button(
        label,
        key=f"lab-adopt-{key}",
        on_click=adopt,
        icon=":material/check:",
        type="primary" if primary else "secondary",
    )


def _with_site(scenario: Scenario, venue: str, name: str) -> Scenario:
    if any(isinstance(change, AddSite) and change.at == Venue(venue) for change in scenario.changes):
        return scenario
    return scenario.with_change(AddSite(scenario.new_site_id(), name, Venue(venue)))


def _curve(goal: str, curve: pd.DataFrame) -> None:
    chart = alt.layer(
        alt.Chart(curve[["hubs", "objective"]])
        .mark_line(point=alt.OverlayMarkDef(size=70), strokeWidth=3, color=TARGET_COLOUR)
        .encode(
            x=alt.X("hubs:O", title="number of hubs", axis=alt.Axis(labelAngle=0, labelColor=INK)),
            y=alt.Y("objective:Q", title=score_words(goal, 0)[2:], scale=alt.Scale(zero=False)),
            tooltip=["hubs:O", alt.Tooltip("objective:Q", format=",.1f")],
        )
    ).properties(height=260, title=f"{_goal_words(goal)}, by number of hubs")
    show_chart(chart, key="lab-curve-chart", alt_text="The score of the best choice for each number of hubs.")
    steps = ", ".join(f"{hubs}: {score_words(goal, value)}" for hubs, value in curve[["hubs", "objective"]].to_numpy())
    st.caption(f"Each proven on its own. {steps}.".replace(".0:", ":"))
