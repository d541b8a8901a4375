"""The heat table: every cell carries its figure, and its text can be read on its colour."""

import math
from html.parser import HTMLParser

import pytest

from drawing.palette import NO_FIGURE, contrast, readable_ink
from ui.kit.heat_table import (
    BAD,
    CUT_OFF,
    FAIR,
    GOOD,
    KEYS,
    POOR,
    HeatCell,
    HeatColumn,
    HeatRow,
    gap_cell,
    heat_html,
    minutes_cell,
    share_cell,
)


def test_minutes_fall_into_classes_by_the_threshold():
    cells = [minutes_cell(value, 20) for value in (10, 10.1, 20, 20.1, 40, 40.1)]
    assert [cell.colour for cell in cells] == [GOOD, FAIR, FAIR, POOR, POOR, BAD]
    assert cells[3].text == "20.1"  # not "20" in the colour of what is beyond 20
    assert minutes_cell(math.inf, 20).text == "no way"
    assert minutes_cell(math.nan, 20).text == "–"


def test_shares_and_gaps_fall_into_classes():
    assert [share_cell(value).colour for value in (1, 0.8, 0.79, 0.5, 0.49, 0.2, 0.19)] == [
        *(GOOD, GOOD, FAIR, FAIR, POOR, POOR, BAD)
    ]
    assert share_cell(math.nan).text == "no figure"
    assert share_cell(0.795).text == "80%", "and in the colour of 80%"
    assert share_cell(0.795).colour == GOOD
    assert [gap_cell(value).text for value in (-3.2, -0.4, 0.4, 12)] == ["−3", "0", "0", "+12"]
    assert gap_cell(10).colour == BAD
    assert gap_cell(math.inf).text == "–"


def test_little_is_few_much_is_nearly_all_and_only_no_figure_is_grey():
    assert share_cell(652.5 / 655) == HeatCell("nearly all", GOOD)
    assert share_cell(2.5 / 655) == HeatCell("few", BAD)
    assert share_cell(1.0) == HeatCell("100%", GOOD)
    assert share_cell(0.0) == HeatCell("0%", BAD)
    assert share_cell(math.nan) == HeatCell("no figure", NO_FIGURE)
    every = [share_cell(count / 1000) for count in range(1, 1000)]
    assert not {"0%", "100%"} & {cell.text for cell in every}, "neither unless it is none or all"
    assert NO_FIGURE not in {cell.colour for cell in every}


@pytest.mark.parametrize("colour", sorted({colour for key in KEYS.values() for colour, _ in key} | set(CUT_OFF)))
def test_text_can_be_read_on_every_colour(colour):
    assert contrast(readable_ink(colour), colour) >= 4.5


def test_html_is_a_table_with_headings_of_rows_and_columns():
    class Reader(HTMLParser):
        def __init__(self):
            super().__init__()
            self.scopes = []

        def handle_starttag(self, tag, attrs):
            if tag == "th":
                self.scopes.append(dict(attrs)["scope"])

    row = HeatRow("St. Luke's <b>", [HeatCell("12", FAIR), HeatCell("–")], "strong")
    text = heat_html("By ward", "Ward", [HeatColumn("GP", "≤ 20 min"), HeatColumn("Library")], [row])
    reader = Reader()
    reader.feed(text)
    assert reader.scopes == ["col", "col", "col", "row"]
    assert "<caption>By ward</caption>" in text
    assert "&lt;b&gt;" in text
    assert 'tabindex="0"' in text
    assert 'class="lead"' not in text


def test_only_the_first_figure_leads_and_only_when_asked():
    row = HeatRow("Kursaal", [HeatCell("12"), HeatCell("13")])
    text = heat_html("By ward", "Ward", [HeatColumn("All"), HeatColumn("GP")], [row], lead=True)
    assert text.count('class="lead"') == 1
    assert text.index('class="lead"') < text.index("12") < text.index("13")
