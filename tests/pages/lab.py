"""What the tests of the Scenario lab do and read on its page."""

import re

from analysis.scenario.scenario import AddSite


def sentence(screen):
    (line,) = [m.value for m in screen.at.markdown if m.value.startswith("## ") and "in the target wards" in m.value]
    return re.sub(r"[#*]", "", line).strip()


def reached(lab, scenario, when="after"):
    rows = lab.effect(scenario).shown("group")
    row = rows[(rows["measure"] == "children_0_3") & (rows["code"] == "target")].iloc[0]
    return f"{row[f'reached_{when}']:,.0f}"


def press(screen, key):
    screen.at.button(key=key).click().run()
    screen.intact()


def plan(screen):
    return screen.at.session_state["lab_history"].now


def go_to(screen, tab):
    screen.at.session_state["lab-tabs"] = tab
    screen.run()


def hub(scenario, at, name="Hub"):
    return scenario.with_change(AddSite(scenario.new_site_id(), name, at))


def enter(screen, key, value):
    screen.at.number_input(key=key).set_value(value).run()
    screen.intact()


def told(screen):
    return " ".join(info.value for info in screen.at.info)
