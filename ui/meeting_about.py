"""What the story is about: wards, services, plan and language, chosen in one place and kept in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from analysis.basket import Basket
from analysis.scenario import Scenario
from analysis.scenario_file import from_json, read_scenario
from analysis.scenario_lab import Effect, Lab
from analysis.story_words import Words, languages, read_words
from geo.errors import ReachError
from geo.pack import AreaPack
from geo.services import CATEGORIES
from ui import state

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
WARDS, SERVICES, PLAN, LANGUAGE = "story_wards", "story_services", "plan", "lang"
_START = ("childrens_centre",)


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
    scenario
        The plan itself.
    language
        Code.
    """

    wards: tuple[str, ...]
    services: tuple[str, ...]
    plan: str
    scenario: Scenario | None
    language: str


def example_plans(area: str, folder: Path = EXAMPLES) -> dict[str, Scenario]:
    """Return the scenarios among the examples that are about an area, by code; other files are passed over."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        try:
            scenario = read_scenario(path)
        except ReachError:
            continue
        if scenario.area == area:
            found[f"example-{path.stem}"] = scenario
    return found


def about_panel(pack: AreaPack, basket: Basket, plans: Mapping[str, Scenario], words: Words) -> About:
    """Draw the choices and return them.

    Parameters
    ----------
    pack
        The area.
    basket
        Services that may be chosen.
    plans
        Saved scenarios by code.
    words
        Language of the story, for the button.
    """
    names = pack.wards["name"].to_dict()
    with st.popover(words.say("screen.about"), icon=":material/tune:"):
        wards = state.choices("Wards", list(names), key=WARDS, default=pack.target_wards, labels=names, widget="pills")
        services = state.choices(
            "Services on the map",
            basket.services,
            key=SERVICES,
            default=_START,
            labels={name: category.plural for name, category in CATEGORIES.items()},
            widget="pills",
        )
        lead = st.session_state.get("story_lead")
        if len(services) > 1:
            lead = state.choice(
                "The story follows",
                services,
                key="story_lead",
                labels={name: category.plural for name, category in CATEGORIES.items()},
            )
        loaded = _loaded(pack)
        if loaded is not None:
            plans = {**plans, "file": loaded}
        plan = state.choice(
            "Plan",
            ["", *plans],
            key=PLAN,
            labels={"": "No plan yet", **{code: scenario.name for code, scenario in plans.items()}},
        )
        language = state.choice(
            "Language", languages(), key=LANGUAGE, labels={code: read_words(code).name for code in languages()}
        )
        review = read_words(language).review
        if review:
            st.caption(review)
    ordered = sorted(services or _START, key=lambda name: name != lead)
    return About(
        wards=tuple(wards),
        services=tuple(ordered),
        plan=plan,
        scenario=plans.get(plan),
        language=language,
    )


def _loaded(pack: AreaPack) -> Scenario | None:
    """Let the reader load a plan from its file; it stays on this screen and is in no link."""
    file = st.file_uploader("Load a plan from its file", type="json", key="story_file", max_upload_size=1)
    if file is None:
        return None
    try:
        scenario = from_json(file.getvalue())
    except ReachError as error:
        st.warning(str(error), icon=":material/error:")
        return None
    if scenario.area != pack.code:
        st.warning(f"This plan is about {scenario.area}, not {pack.name}.", icon=":material/error:")
        return None
    return scenario


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs={AreaPack: lambda pack: pack.digest})
def _lab(pack: AreaPack) -> Lab:
    return Lab(pack)


@st.cache_resource(show_spinner=False, max_entries=32, hash_funcs={AreaPack: lambda pack: pack.digest, Scenario: repr})
def effect_of(pack: AreaPack, scenario: Scenario) -> Effect:
    """Work out what a plan does; errors as for :meth:`analysis.scenario_lab.Lab.effect`."""
    return _lab(pack).effect(scenario)
