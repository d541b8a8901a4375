"""What the story is about: wards, services, plan and language, chosen in one place and kept in the address."""

import logging
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from analysis.gaps.bands import lead_of
from analysis.reach.basket import Basket
from analysis.scenario.file import from_json, read_scenario
from analysis.scenario.lab import Effect
from analysis.scenario.scenario import Scenario
from geo.errors import ReachError
from geo.pack import AreaPack
from geo.services import CATEGORIES
from store.scenarios import Version
from ui.kit import controls, resources, stores
from ui.kit.area import area_switch
from ui.kit.page import plain
from ui.kit.paged import paged
from ui.kit.session import Session, session
from wording.languages import Words, languages, read_words

_LOG = logging.getLogger(__name__)
_MOST_DIGITS = 6
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@dataclass(frozen=True)
class About:
    """What the room has chosen.

    Attributes
    ----------
    wards
        Codes; empty for the target wards.
    services
        At least one, the one that the story follows first.
    plan
        Its code in the address; empty for none.
    scenario, effect
        The plan itself, and what it does; no effect where there is no plan, or it cannot be made.
    fault
        Why the plan cannot be made, for the speaker; else empty.
    language
        Code.
    """

    wards: tuple[str, ...]
    services: tuple[str, ...]
    plan: str
    scenario: Scenario | None
    effect: Effect | None
    fault: str
    language: str


def example_plans(area: str, folder: Path = EXAMPLES) -> dict[str, Scenario]:
    """Return the scenarios among the examples that are about an area, by code; other files are left out."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        try:
            scenario = read_scenario(path)
        except ReachError as error:
            _LOG.warning("an example is passed over: %s", error)
            continue
        if scenario.area == area:
            found[f"example-{path.stem}"] = scenario
    return found


def about_panel(pack: AreaPack, basket: Basket, words: Words) -> About:
    """Draw the choices and return them.

    Parameters
    ----------
    pack
        The area.
    basket
        Services that may be chosen.
    words
        Words of the story, for the button and for what the speaker is told.
    """
    names, start = pack.wards["name"].to_dict(), lead_of(basket)
    with st.popover(words.say("screen.about"), icon=":material/tune:"):
        area_switch(pack.code)
        wards = controls.choices(
            words.say("screen.wards"),
            list(names),
            key=Session.story_wards.key,
            default=pack.target_wards,
            labels=names,
            widget="pills",
        )
        services = controls.choices(
            words.say("screen.services"),
            basket.services,
            key=Session.story_services.key,
            default=[start],
            labels={name: category.plural for name, category in CATEGORIES.items()},
            widget="pills",
        )
        lead = session.story_lead
        if len(services) > 1:
            lead = controls.choice(
                words.say("screen.lead"),
                services,
                key=Session.story_lead.key,
                labels={name: category.plural for name, category in CATEGORIES.items()},
            )
        plan, scenario = _plan_choice(pack, words)
        effect, fault = None, ""
        if scenario is None:
            st.caption(words.say("screen.no_plan"))
        else:
            try:
                effect = resources.lab_of(pack).effect(scenario)
            except ReachError as error:  # one plan that cannot be made does not stop the meeting
                fault = words.say("screen.plan_fault", plan=scenario.name, fault=error)
                st.warning(plain(fault), icon=":material/error:")
    ordered = sorted(services or [start], key=lambda name: name != lead)
    return About(
        wards=tuple(wards),
        services=tuple(ordered),
        plan=plan,
        scenario=scenario,
        effect=effect,
        fault=fault,
        language=words.code,
    )


def language_switch(words: Words) -> None:
    """Draw the switch of languages, each by its own name; the story is in the one chosen when the page next runs."""
    names = {code: read_words(code).name for code in languages()}
    controls.choice(
        words.say("screen.language"), list(names), key=Session.language.key, labels=names, widget="segmented"
    )


def _plan_choice(pack: AreaPack, words: Words) -> tuple[str, Scenario | None]:
    """Draw the choice of the plan; return its code, ``id.version`` of a saved one, and the plan.

    To choose from are the examples, what was loaded from a file, the plans that people have saved, and the version that
    the link names: what a link shows does not change when somebody edits or deletes the plan later.
    """
    plans, loaded = example_plans(pack.code), _loaded(pack, words)
    if loaded is not None:
        plans["file"] = loaded
    saved: dict[str, tuple[str, str]] = {}
    try:
        store = stores.plans()
        page = paged("plans_told", lambda search, number: store.list(pack.code, search=search, page=number), words)
        saved = {f"{one.scenario_id}.{one.number}": (one.name, one.saved_by) for one in page}
        asked = str(controls.coming(Session.story_plan, ""))
        if asked not in saved and (version := _version(asked)) and version.scenario.area == pack.code:
            plans[asked] = version.scenario
    except ReachError as error:  # the story also works without the store
        _LOG.warning("the story is told without the saved plans: %s", error)
    plan = controls.choice(
        words.say("screen.plan"),
        ["", *saved, *(code for code in plans if code not in saved)],
        key=Session.story_plan.key,
        labels={
            "": words.say("screen.plan_none"),
            **{code: _label(one.name, code, words) for code, one in plans.items()},
            **{code: _label(name, code, words) for code, (name, _) in saved.items()},
        },
    )
    if plan not in saved:
        return plan, plans.get(plan)
    try:
        version = _version(plan)
        return plan, None if version is None else version.scenario
    except ReachError as error:
        name, by = saved[plan]
        st.warning(plain(words.say("screen.plan_unreadable", plan=name, by=by, fault=error)), icon=":material/lock:")
        return plan, None


def _version(code: str) -> Version | None:
    """Read the saved plan of a code; None where the code is not of one. Errors as for reading a version."""
    scenario_id, dot, number = code.partition(".")
    if not dot or not number.isdecimal() or len(number) > _MOST_DIGITS:
        return None
    return stores.plans().version(scenario_id, int(number))


def _label(name: str, code: str, words: Words) -> str:
    number = code.rpartition(".")[2]
    return words.say("screen.plan_version", plan=name, number=int(number)) if number.isdecimal() else name


def _loaded(pack: AreaPack, words: Words) -> Scenario | None:
    """Let the reader load a plan from its file, or forget it; it stays in this session and is in no link.

    It is kept apart from the control, which forgets its file while a question is answered.
    """
    kept = session.meeting_loaded
    if kept is not None and kept.area == pack.code:
        st.caption(plain(words.say("screen.plan_loaded", plan=kept.name)))
        st.button(words.say("screen.plan_forget"), key="story_forget", on_click=_forget)
        return kept
    st.file_uploader(
        words.say("screen.plan_load"),
        type="json",
        key=Session.story_file.key,
        on_change=_take_file,
        args=(pack.code, pack.name, words),
        max_upload_size=1,
    )
    fault = session.meeting_file_fault
    if fault:
        st.warning(plain(fault), icon=":material/error:")
    return None


def _take_file(area: str, name: str, words: Words) -> None:
    """Keep the plan of the file that was chosen just now, and show it; or say why not."""
    Session.meeting_file_fault.pop()
    file = session.story_file
    if file is None:
        return
    try:
        scenario = from_json(file.getvalue())
    except ReachError as error:
        session.meeting_file_fault = str(error)
        return
    if scenario.area != area:
        session.meeting_file_fault = words.say("screen.plan_other_area", about=scenario.area, area=name)
        return
    session.meeting_loaded = scenario
    session.story_plan = "file"


def _forget() -> None:
    Session.meeting_loaded.pop()
