"""A place is set on the maps of Travel time and of the Scenario lab without a pointer."""

import pytest

from ui.kit.pin import pin_at


def told(screen):
    """What the pin's control has been given, as text."""
    return "".join(str(one.proto) for one in screen.at.get("bidi_component"))


@pytest.mark.slow
@pytest.mark.parametrize("page", ["travel_time", "scenario_lab"])
def test_the_pin_is_drawn_on_top_and_told_in_words(open_page, pack, page):
    home = pack.demand.iloc[100]
    screen = open_page(page)
    assert "pin" not in screen.layers
    screen.at.session_state["pin"] = {"at": [float(home["easting"]), float(home["northing"])]}
    screen.run()
    assert list(screen.layers)[-2:] == ["pin-ring", "pin"]
    pin = pin_at(pack, home["easting"], home["northing"])
    assert f"Nearest to the pin: {pin.street}, {pin.postcode}" in told(screen)


@pytest.mark.slow
@pytest.mark.parametrize("at", [None, [1.0], ["a", 2], [float("inf"), 0.0], "somewhere"])
def test_what_is_no_position_is_no_pin(open_page, at):
    screen = open_page("travel_time")
    screen.at.session_state["pin"] = {"at": at}
    screen.run()
    assert "pin" not in screen.layers
