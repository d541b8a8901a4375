"""The first view of a map follows the window: the whole area is in it, above the legend."""

import math

import pytest
from streamlit.testing.v1 import AppTest

from geo.packs import open_pack
from ui.kit import view
from ui.kit.session import Session


@pytest.fixture(scope="module")
def bounds():
    west, south, east, north = open_pack("southend").wards.to_crs(4326).total_bounds
    return float(west), float(south), float(east), float(north)


def pixels(at, longitude, latitude, width, height):
    """Where a position lies on a map of that size, from its upper left corner."""
    scale = 512 * 2**at.zoom

    def down(degrees):
        return (1 - math.asinh(math.tan(math.radians(degrees))) / math.pi) / 2 * scale

    across = (longitude - at.longitude) / 360 * scale
    return width / 2 + across, height / 2 + down(latitude) - down(at.latitude)


@pytest.mark.parametrize("width", [320, 360, 390, 430, 683, 900, 1024, 1366, 1536, 1920, 2560])
def test_the_whole_area_is_on_the_map_of_any_window(monkeypatch, bounds, width):
    monkeypatch.setattr(view, "window_width", lambda: width)
    across, down = view.map_size()
    assert across <= width
    at = view.area_view(bounds)
    west, south, east, north = bounds
    left, bottom = pixels(at, west, south, across, down)
    right, top = pixels(at, east, north, across, down)
    assert 0 <= left <= 40 or width > 640
    assert left >= 0
    assert right <= across
    assert top >= 0
    assert bottom <= down - (0 if width <= 640 else view._LEGEND_PX - 1)
    used = max((right - left) / across, (bottom - top) / (down - view._LEGEND_PX))
    assert used > 0.9, "and it uses the map"


@pytest.mark.parametrize(("told", "taken"), [(None, 0), (1920, 1920), (5, 0), (10**9, 0), ("wide", 0)])
def test_what_the_browser_tells_is_checked(monkeypatch, told, taken):
    state = {Session.window_told.key: type("Told", (), {"width": told})()}
    monkeypatch.setattr("streamlit.session_state", state)
    view._take()
    assert state.get(Session.window_width.key, 0) == taken


def page_in_a_wide_window() -> None:
    import streamlit as st

    from ui.kit import controls, view

    controls.choice("Service", ["childrens_centre", "library"], key="service")
    controls.number("Minutes", 5, 60, 15, key="within", step=5)
    st.button("The window is told", on_click=view._take)


def test_controls_have_their_values_again_when_the_window_is_told():
    """Without it, a control shows its first option while the page says what the address asks for."""
    at = AppTest.from_function(page_in_a_wide_window)
    at.query_params["service"] = "library"
    at.run()
    at.button[0].click().run()
    assert not at.exception
    (choice,), (slider,) = at.selectbox, at.slider
    assert (choice.value, choice.proto.set_value, choice.proto.raw_value) == ("library", True, "library")
    assert (slider.value, slider.proto.set_value, list(slider.proto.value)) == (15, True, [15.0])
