"""Every export carries the figures that are shown, and no other: to the nearest 5, or said in words."""

import io
import re

import pytest
from openpyxl import load_workbook
from pptx import Presentation

from analysis.reach.need import INDICATORS, lsoa_values
from analysis.shown import ALL_BUT_A_FEW, FEWER_THAN_5
from reports.borough_brief import borough_content
from reports.html_map import html_map
from reports.scenario_report import scenario_content
from reports.scenario_workbook import scenario_workbook
from reports.slides import meeting_slides
from reports.ward_brief import ward_content
from tests.reports.conftest import DAY
from wording.numbers import percent

WORDS = {FEWER_THAN_5, ALL_BUT_A_FEW}


def rounded(cell: str) -> bool:
    """Said in words, or a multiple of 5."""
    return cell in WORDS or int(cell.replace(",", "")) % 5 == 0


@pytest.mark.slow
def test_pockets_of_every_brief_are_rounded(facts, effect):
    rows = [row for ward in facts.pack.wards.index for row in ward_content(facts, ward)["pockets"]]
    assert rows
    for row in rows:
        assert rounded(row[2]), row
        assert rounded(row[3]), row
    assert all(rounded(row[3]) and rounded(row[4]) for row in borough_content(facts, effect)["pockets"])


@pytest.mark.slow
def test_small_areas_of_the_map_are_all_there_as_shown(facts):
    page = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), html_map(facts, DAY).decode())
    counts = [int(n.replace(",", "")) for n in re.findall(r"Children aged 0–3: about ([\d,]+) \(modelled\)", page)]
    shown = lsoa_values(facts.pack, INDICATORS["children_0_3"], facts.baseline)
    assert len(counts) == len(facts.pack.lsoas)
    assert sorted(counts) == sorted(shown.astype(int))
    assert all(n % 5 == 0 for n in counts)
    for children in re.findall(r"([\d,]+) children aged 0–3 around", page):
        assert int(children.replace(",", "")) % 5 == 0


@pytest.mark.slow
@pytest.mark.parametrize("sheet", ["Small areas", "Wards", "Groups"])
def test_every_count_of_the_workbook_is_as_shown(effect, sheet):
    book = load_workbook(io.BytesIO(scenario_workbook(effect, DAY)))
    heads = [cell.value for cell in book[sheet][1]]
    counted = [
        h for h in heads if h not in ("Who", "Area", "Group", "Saved each (minutes)") and not h.startswith("Share")
    ]
    seen = 0
    for values in book[sheet].iter_rows(min_row=2, values_only=True):
        row = dict(zip(heads, values, strict=True))
        for head in counted:
            seen += 1
            figure = row[head]
            assert figure is not None, (head, row)
            assert figure in WORDS or figure % 5 == 0 or figure == row["In all"], (head, row)
    assert seen > 20


@pytest.mark.slow
def test_a_change_is_always_the_difference_of_what_is_printed(effect):
    seen = 0
    for row in scenario_content(effect)["wards"]:
        if WORDS & set(row[2:4]):
            continue
        before, after = (int(cell.replace(",", "")) for cell in row[2:4])
        assert int(row[4].replace("−", "-").replace(",", "")) == after - before
        seen += 1
    assert seen > 5


@pytest.mark.slow
def test_small_areas_are_there_at_any_threshold(pack, scenario):
    from dataclasses import replace

    from analysis.scenario.lab import Lab

    odd = Lab(pack).effect(replace(scenario, within_min=17.0))
    assert len(odd.shown("lsoa")) == len(pack.lsoas) * len(odd.counts.measures)
    assert "Small areas" in load_workbook(io.BytesIO(scenario_workbook(odd, DAY))).sheetnames


def texts_of(slide):
    """Every text of a slide: in shapes, in tables, in the speaker's notes, in text alternatives."""
    for shape in slide.shapes:
        yield from (element.get("descr", "") for element in shape._element.iter() if element.tag.endswith("}cNvPr"))
        if shape.has_text_frame:
            yield shape.text_frame.text
        if shape.has_table:
            yield from (cell.text for row in shape.table.rows for cell in row.cells)
    if slide.has_notes_slide:
        yield slide.notes_slide.notes_text_frame.text


def numbers_inside(chart):
    """Values of the workbook that a chart carries for whoever edits it."""
    inside = load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
    return [cell for row in inside.iter_rows(min_row=2, min_col=2, values_only=True) for cell in row]


@pytest.mark.slow
def test_counts_and_shares_of_the_slides_are_as_shown(facts, effect):
    """Single wards, where counts are smallest: words, tables, charts and the workbooks inside the charts."""
    shares = facts.gaps.services["share_within"]
    plan = effect.shown("ward").query("measure == 'children_0_3'").set_index("code")
    for ward in facts.pack.wards.index[:4]:
        name = facts.pack.wards["name"][ward]
        deck = Presentation(
            io.BytesIO(meeting_slides(facts, DAY, services=["childrens_centre"], wards=[ward], effect=effect))
        )
        for slide in deck.slides:
            for text in texts_of(slide):
                for count in re.findall(r"([\d,]+) (?:more|fewer) children under 4", text):
                    assert int(count.replace(",", "")) % 5 == 0, text
        shown = float(shares[(ward, "childrens_centre")])
        row = plan.loc[ward]
        charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
        wanted = [[1.0 - shown], [float(row["share_after"]), float(row["share_before"])]]
        for chart, values in zip(charts, wanted, strict=True):
            assert list(chart.plots[0].categories) == [name]
            # Those left out are a count of their own, to the nearest 5 as well.
            want = [pytest.approx(value, abs=0.0151) for value in values]
            assert [series.values[0] for series in chart.plots[0].series] == want
            assert numbers_inside(chart) == want
        (table,) = [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table]
        own = next(row for row in table.rows if row.cells[0].text == name)
        assert own.cells[2].text == percent(shown)
