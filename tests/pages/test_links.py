"""What anybody can put in a link: nothing of it becomes a picture, a link or markup; and errors stay plain words."""

import re

import pytest

from geo.errors import PackError
from ui.gaps import panel as gap_panel
from ui.gaps import sections as gap_sections
from ui.kit import resources
from ui.meeting import pictures as meeting_pictures
from ui.travel import journeys

PAGES = (
    "ward_map", "travel_time", "gaps", "scenario_lab", "meeting", "compare_areas", "own_data", "data_and_method",
    "accessibility",
)  # fmt: skip
MARKDOWN = "![x](https://evil.example/p.png) [y](https://evil.example) *z*"
HTML = "<img src=https://evil.example/p.png>"
# What the pages read of the address without a control of ui.kit.controls behind it.
OTHERS = ("area", "plan", "scenario", "version", "try", "basket")


def rendered(screen):
    """Everything that Streamlit renders as markdown on a screen, and everything that it renders as HTML."""
    marked, html = [], []

    def walk(block):
        proto = getattr(block, "proto", None)
        if block.type == "html":
            html.append(proto.body)
        elif proto is not None:
            options = proto.options if block.type == "button_group" else []
            for part in (proto, getattr(proto, "popover", None), *options):
                for name in ("body", "label", "help", "content"):  # never the value that is typed into a box
                    text = getattr(part, name, "")
                    marked.extend([text] if isinstance(text, str) else [])
        for child in getattr(block, "children", {}).values():
            walk(child)

    walk(screen.at._tree)
    return "\n".join(marked), "\n".join(html)


def keys_of(screen):
    """Every name that a page reads of the address through a control of its own."""
    return [name[4:] for name in screen.at.session_state._state.filtered_state if str(name).startswith("url:")]


@pytest.mark.slow
@pytest.mark.parametrize("hostile", [MARKDOWN, HTML], ids=["markdown", "html"])
@pytest.mark.parametrize("page", PAGES)
def test_no_link_puts_a_picture_or_link_on_a_page(open_page, page, hostile):
    known = [name for name in (*keys_of(open_page(page)), *OTHERS) if name != "area"]
    addresses = [dict.fromkeys(known, hostile), {"area": hostile}]
    if page == "scenario_lab":  # which takes the first of these that there is
        addresses += [{name: hostile} for name in ("plan", "scenario", "try")]
    said = False
    for address in addresses:
        marked, html = rendered(open_page(page, **address))
        assert not re.search(r"(?<!\\)\[[xy]|://evil|(?<!\\)<img", marked), "as it stands, marks and all"
        assert "<img src=https://evil" not in html
        said |= "evil" in marked
    assert said, "that a page tells of it shows that the test looks at the right place"


def broken(*given, **named):
    raise PackError("a file of the area is damaged")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "module", "name", "address"),
    [
        ("ward_map", resources, "bounds", {}),
        ("travel_time", resources, "drawn_streets", {}),
        ("travel_time", journeys, "journeys", {"place": "SS3 9PD"}),
        ("gaps", gap_panel, "access_shown", {}),
        ("gaps", gap_sections, "gp_practices", {}),
        ("meeting", meeting_pictures, "piece_times_s", {"step": "far"}),
    ],
)
def test_an_error_in_a_part_of_a_page_is_said_in_plain_words(open_page, monkeypatch, page, module, name, address):
    monkeypatch.setattr(module, name, broken)
    screen = open_page(page, **address)
    (told,) = {error.value for error in screen.at.error}
    assert told.startswith("a file of the area is damaged")
    assert "reach data check" in told


def test_an_error_while_a_question_is_answered(open_page, monkeypatch):
    screen = open_page("meeting", step="far")
    screen.at.button(key="meeting_ask").click().run()
    monkeypatch.setattr(journeys, "journeys", broken)
    screen.choose("place", "SS3 9PD")
    assert next(error.value for error in screen.at.error).startswith("a file of the area is damaged")
    assert screen.at.button(key="meeting_return").label == "Back to the story", "there is a way back"
