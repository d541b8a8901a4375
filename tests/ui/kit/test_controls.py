"""Controls whose value lives in the address."""

import pytest
from streamlit.testing.v1 import AppTest

from ui.kit import controls


def script() -> None:
    import streamlit as st

    from ui.kit import controls

    controls.follow_history()
    labels = {"childrens_centre": "Children's centre", "gp_practice": "GP practice"}
    a = controls.choice("Service", list(labels), key="service", labels=labels)
    b = controls.number("Minutes", 5, 60, 15, key="within", step=5)
    c = controls.choices("Shown", list(labels), key="shown", default=["gp_practice"], labels=labels)
    d = controls.text("Postcode", key="postcode", pattern=r"[A-Z0-9 ]{5,8}")
    e = controls.switch("Compare", key="compare")
    st.markdown(f"{a}|{b}|{'+'.join(c)}|{d}|{e}")


def run(**query: str) -> AppTest:
    at = AppTest.from_function(script)
    for name, value in query.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    return at


def shown(at: AppTest) -> str:
    return str(at.markdown[0].value)


def address(at: AppTest) -> dict[str, str]:
    return {k: v[0] if isinstance(v, list) else v for k, v in dict(at.query_params).items()}


def test_defaults_leave_the_address_clean() -> None:
    at = run()
    assert shown(at) == "childrens_centre|15|gp_practice||False"
    assert not dict(at.query_params)


def test_a_link_reopens_what_was_on_screen() -> None:
    at = run(service="gp_practice", within="25", shown="childrens_centre~gp_practice", postcode="SS1 2AB", compare="1")
    assert shown(at) == "gp_practice|25|childrens_centre+gp_practice|SS1 2AB|True"
    assert not at.caption


def test_a_change_is_written() -> None:
    at = run()
    at.selectbox(key="service").select("gp_practice").run()
    at.slider(key="within").set_value(20).run()
    at.multiselect(key="shown").set_value([]).run()
    at.toggle(key="compare").set_value(True).run()
    assert shown(at) == "gp_practice|20|||True"
    assert address(at) == {"service": "gp_practice", "within": "20", "shown": "none", "compare": "1"}


def test_back_to_the_default_is_removed() -> None:
    at = run(service="gp_practice")
    at.selectbox(key="service").select("childrens_centre").run()
    assert shown(at).startswith("childrens_centre|")
    assert "service" not in at.query_params


def test_bad_values_fall_back_with_a_note() -> None:
    at = run(service="castle", within="16", shown="moat~gp_practice", postcode="<script>", compare="maybe")
    assert shown(at) == "childrens_centre|15|gp_practice||False"
    notes = [c.value for c in at.caption]
    assert len(notes) == 5
    assert notes[0] == "The link asks for service “castle”, which is not there: showing Children's centre."
    assert not dict(at.query_params)


def test_not_a_number_at_all() -> None:
    for bad in ("nan", "inf", "", "1e9", "-5"):
        assert "|15|" in shown(run(within=bad))


@pytest.mark.parametrize("text", ["1_0", "٣٠", "1e1", " 10", "nan", "inf", "1e308", "9" * 5_000, "0" * 100_000, "10\n"])
def test_a_number_that_this_program_would_not_write(text: str) -> None:
    at = run(within=text)
    assert shown(at) == "childrens_centre|15|gp_practice||False"
    assert "which is not there: showing 15" in at.caption[0].value
    assert len(at.caption[0].value) < 200


def test_a_long_address_is_not_read() -> None:
    long = "~".join(["gp_practice"] * 5_000)
    at = run(service=long, within=long, shown=long, postcode=long, compare=long)
    assert shown(at) == "childrens_centre|15|gp_practice||False"
    assert [len(one.value) < 200 for one in at.caption] == [True] * 5


def test_an_address_from_before_the_last_change_undoes_nothing() -> None:
    at = run(service="gp_practice", within="25")
    at.slider(key="within").set_value(30).run()
    at.query_params["within"] = "25"  # what a slow browser still sends
    at.selectbox(key="service").select("childrens_centre").run()
    assert shown(at).startswith("childrens_centre|30|")
    assert address(at)["within"] == "30"
    del at.query_params["within"]
    at.run()
    assert shown(at).startswith("childrens_centre|30|")
    assert address(at)["within"] == "30"


def test_a_step_back_shows_what_was_there(monkeypatch: pytest.MonkeyPatch) -> None:
    at = run(service="gp_practice")
    at.slider(key="within").set_value(30).run()
    at.multiselect(key="shown").set_value([]).run()
    at.text_input(key="postcode").input("SS1 2AB").run()
    at.toggle(key="compare").set_value(True).run()
    monkeypatch.setattr(controls, "went_back", lambda: True)
    at.query_params.clear()
    at.query_params["within"] = "20"
    at.run()
    assert shown(at) == "childrens_centre|20|gp_practice||False"
    assert address(at) == {"within": "20"}
    at.query_params["within"] = "castle"
    at.run()
    assert shown(at).startswith("childrens_centre|15|")
    assert "castle" in at.caption[0].value
    monkeypatch.undo()
    at.slider(key="within").set_value(40).run()
    assert shown(at) == "childrens_centre|40|gp_practice||False"
