"""What the story is about: wards, services, plan and language, chosen in one place and kept in the address."""

import logging
from collections.abc import Mapping, Sequence
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
from ui.kit import controls, resources
from ui.kit.area import area_switch
from ui.kit.page import plain
from ui.kit.session import Session, session
from wording.languages import Words, languages, read_words

_LOG = logging.getLogger(__name__)
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


def about_panel(
    pack: AreaPack, basket: Basket, plans: Mapping[str, Scenario], words: Words, left_out: Sequence[str] = ()
) -> About:
    """Draw the choices and return them.

    Parameters
    ----------
    pack
        The area.
    basket
        Services that may be chosen.
    plans
        Scenarios by code; that of a saved one is ``id.version``.
    words
        Words of the story, for the button and for what the speaker is told.
    left_out
        What to say of saved scenarios that cannot be chosen.
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
        loaded = _loaded(pack, words)
        if loaded is not None:
            plans = {**plans, "file": loaded}
        plan = controls.choice(
            words.say("screen.plan"),
            ["", *plans],
            key=Session.story_plan.key,
            labels={
                "": words.say("screen.plan_none"),
                **{code: _label(code, one, words) for code, one in plans.items()},
            },
        )
        for told in left_out:
            st.caption(plain(told))
        scenario, effect, fault = plans.get(plan), None, ""
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


def _label(code: str, scenario: Scenario, words: Words) -> str:
    if "." not in code:
        return scenario.name
    return words.say("screen.plan_version", plan=scenario.name, number=scenario.version)


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
