"""The looks of every page: all is seen on a light and on a dark ground, and the theme has the same colours."""

import re
import tomllib

import pytest

from drawing.palette import contrast
from tests.conftest import CHECKOUT
from ui.kit import looks
from ui.kit.looks import CHART_COLOURS, COLOURS, CSS, no_maps_html
from wording.languages import languages, read_words

GROUNDS = {"light": 0, "dark": 1}
TEXT = ("ink", "muted", "strong")
SHAPES = ("strong", "out", "before", "edge")
THEME = {
    "primaryColor": "strong",
    "linkColor": "strong",
    "backgroundColor": "ground",
    "secondaryBackgroundColor": "raised",
    "textColor": "ink",
    "borderColor": "edge",
}
# Drawn as they are on both grounds.
UNCHANGED = ("#28A197", "#F46A25", "#A285D1")


@pytest.mark.parametrize("ground", list(GROUNDS))
def test_text_and_shapes_are_seen_on_every_ground(ground):
    at = GROUNDS[ground]
    for behind in ("ground", "raised", "track"):
        for name in TEXT:
            assert contrast(COLOURS[name][at], COLOURS[behind][at]) >= 4.5, (name, behind)
    for behind in ("ground", "raised"):
        for name in SHAPES:
            assert contrast(COLOURS[name][at], COLOURS[behind][at]) >= 3, (name, behind)
    assert contrast(COLOURS["on-strong"][at], COLOURS["strong"][at]) >= 4.5
    charts = [pair[at] for pair in CHART_COLOURS.values()]
    assert not [colour for colour in (*charts, *UNCHANGED) if contrast(colour, COLOURS["ground"][at]) < 3]


def test_the_theme_has_the_same_colours_and_leaves_the_choice_to_the_system():
    theme = tomllib.loads((CHECKOUT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    assert "base" not in theme
    for ground, at in GROUNDS.items():
        assert {name: theme[ground][name] for name in THEME} == {name: COLOURS[own][at] for name, own in THEME.items()}
        charts = [CHART_COLOURS.get(one, (one, one))[at] for one in theme["light"]["chartCategoricalColors"]]
        assert theme[ground]["chartCategoricalColors"] == charts


def own_css():
    """Every module of pages and of screens that writes HTML or CSS."""
    return [path for part in ("ui", "pages") for path in sorted((CHECKOUT / part).rglob("*.py"))]


def test_every_variable_that_is_used_is_set():
    said = {"menu", "close", "no-maps"}
    for path in own_css():
        used = set(re.findall(r"var\(--reach-([\w-]+)\)", path.read_text(encoding="utf-8")))
        assert used <= {*COLOURS, *said}, path


def test_no_own_html_has_a_colour_that_only_one_ground_shows():
    """A colour after ``color:`` in a style is a variable; a sign on a map, which stays light, has its own ground.

    Legends lie on the map, and paper and the pages of others that show one of ours are light as well.
    """
    found = {
        f"{path.name}: {line.strip()}"
        for path in own_css()
        if path.name not in ("looks.py", "share.py", "legend.py", "grid_legend.py", "print_style.py", "links.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"[;\"' {](color|background|border(-\w+)?): ?[^;]*#[0-9A-Fa-f]{3,6}", line)
        and "on-map" not in line
    }
    signs = {line for line in found if "border-radius:50%" in line}
    assert found == signs, "\n".join(sorted(found - signs))


def test_focus_contrast_forced_colours_and_motion_have_rules():
    assert ":focus-visible" in CSS
    assert "outline: 3px solid" in CSS
    for preference in ("prefers-contrast: more", "forced-colors: active", "prefers-reduced-motion: reduce"):
        assert f"@media ({preference})" in CSS


@pytest.mark.parametrize("code", languages())
def test_that_there_is_no_map_is_said_in_each_language(code):
    words = read_words(code)
    assert words.has_own("screen.no_maps")
    assert words.say("screen.no_maps") in no_maps_html(words)


def test_a_text_cannot_end_the_style_that_it_is_in():
    assert looks._css_text('a "b" \\ </style>') == '"a \\"b\\" \\\\ \\3c /style>"'
