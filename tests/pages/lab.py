"""What the tests of the Scenario lab do and read on its page."""

import re

from analysis.scenario.lab import Lab
from analysis.scenario.scenario import AddSite, History, Scenario, Spot
from tests.pages.conftest import Screen


def sentence(screen: Screen) -> str:
    (line,) = [m.value for m in screen.at.markdown if m.value.startswith("## ") and "in the target wards" in m.value]
    return re.sub(r"[#*]", "", line).strip()


def reached(lab: Lab, scenario: Scenario, when: str = "after") -> str:
    rows = lab.effect(scenario).shown("group")
    row = rows[(rows["measure"] == "children_0_3") & (rows["code"] == "target")].iloc[0]
    return f"{row[f'reached_{when}']:,.0f}"


def press(screen: Screen, key: str) -> None:
    screen.at.button(key=key).click().run()
    screen.intact()


def plan(screen: Screen) -> Scenario:
    history: History = screen.at.session_state["lab_history"]
    return history.now


def go_to(screen: Screen, tab: str) -> None:
    screen.at.session_state["lab-tabs"] = tab
    screen.run()


def hub(scenario: Scenario, at: Spot, name: str = "Hub") -> Scenario:
    return scenario.with_change(AddSite(scenario.new_site_id(), name, at))


def enter(screen: Screen, key: str, value: float) -> None:
    screen.at.number_input(key=key).set_value(value).run()
    screen.intact()


def told(screen: Screen) -> str:
    return " ".join(info.value for info in screen.at.info)
