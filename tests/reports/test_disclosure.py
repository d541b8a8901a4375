"""Search every export for a count of few people below ward level."""

import io
import re

import numpy as np
import pytest
from openpyxl import load_workbook
from pptx import Presentation

from analysis.disclosure import protect_share
from analysis.need import INDICATORS, lsoa_values
from reports.borough_brief import borough_content
from reports.html_map import html_map
from reports.scenario_report import scenario_content
from reports.scenario_workbook import scenario_workbook
from reports.slides import meeting_slides
from reports.ward_brief import ward_content
from reports.wording import FEW
from tests.reports.conftest import DAY


def safe(cell: str) -> bool:
    """Nobody, hidden, or a multiple of 5."""
    return cell == FEW or int(cell.replace(",", "")) % 5 == 0


def test_pockets_of_every_brief_are_rounded_and_never_small(facts, effect):
    rows = [row for ward in facts.pack.wards.index for row in ward_content(facts, ward)["pockets"]]
    assert rows
    for row in rows:
        assert safe(row[2]), row
        assert safe(row[3]), row
        assert row[2] == FEW or int(row[2].replace(",", "")) >= 5
    assert all(safe(row[3]) and safe(row[4]) for row in borough_content(facts, effect)["pockets"])


def test_small_areas_of_the_map_are_those_that_may_be_shown(facts):
    page = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), html_map(facts, DAY).decode())
    counts = [int(n.replace(",", "")) for n in re.findall(r"Children aged 0–3: about ([\d,]+) \(modelled\)", page)]
    shown = lsoa_values(facts.pack, INDICATORS["children_0_3"], facts.baseline)
    assert sorted(counts) == sorted(shown.dropna().astype(int))
    assert page.count("too few to show") >= int(shown.isna().sum())
    assert all(n >= 5 and n % 5 == 0 for n in counts)
    for children in re.findall(r"([\d,]+) children around", page):
        assert int(children.replace(",", "")) % 5 == 0
    # No home or postcode stands in it with a figure.
    assert (
        not set(re.findall(r"\bSS\d\d? \d[A-Z]{2}\b", page))
        - set(facts.pack.services["postcode"])
        - {name.removeprefix("around ") for name in facts.pockets["name"]}
    )


@pytest.mark.parametrize("sheet", ["Small areas", "Wards", "Groups"])
def test_no_count_of_the_workbook_is_small(effect, sheet):
    book = load_workbook(io.BytesIO(scenario_workbook(effect, DAY)))
    heads = [cell.value for cell in book[sheet][1]]
    counted = [
        h for h in heads if h not in ("Who", "Area", "Group", "Saved each (minutes)") and not h.startswith("Share")
    ]
    seen = 0
    for values in book[sheet].iter_rows(min_row=2, values_only=True):
        row = dict(zip(heads, values, strict=True))
        for head in counted:
            if row[head] is None:
                continue
            seen += 1
            whole_area = row[head] == row["In all"] and sheet != "Small areas"
            assert (
                whole_area
                or head == "In all"
                or abs(row[head] % 5) < 1e-9
                or row[head] in (0,)
                or (head == "Change" and sheet != "Small areas")
            ), (head, row)
            assert row[head] == 0 or abs(row[head]) >= 5 or (head == "Change" and sheet != "Small areas"), (head, row)
    assert seen > 20


def test_a_change_is_always_the_difference_of_what_is_printed(effect):
    for row in scenario_content(effect)["wards"]:
        if FEW in row[2:4] or row[4] == "–":
            continue
        before, after = (int(cell.replace(",", "")) for cell in row[2:4])
        assert int(row[4].replace("−", "-").replace(",", "")) == after - before


def test_small_areas_are_left_out_at_a_threshold_that_could_single_out_a_street(pack, scenario):
    from dataclasses import replace

    from analysis.scenario_lab import Lab
    from reports.scenario_effect import EffectWords

    odd = EffectWords.of(Lab(pack), replace(scenario, within_min=17.0))
    assert odd.small_areas.empty
    book = load_workbook(io.BytesIO(scenario_workbook(odd, DAY)))
    assert "Small areas" not in book.sheetnames


def test_true_counts_of_small_parts_are_nowhere_in_the_scenario(effect):
    """Every part of a ward that is some but under 5 is hidden, both in the report and in the workbook."""
    true = effect.effect.table("ward")
    shown = effect.effect.shown("ward")
    for column in ("reached_before", "reached_after", "gain", "lose", "newly_reached", "no_longer_reached"):
        few = ((true[column] > 0) & (true[column] < 5)).to_numpy()
        assert np.isnan(shown[column].to_numpy(float)[few]).all(), column


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


def test_no_count_or_share_of_the_slides_gives_few_people_away(facts, effect):
    """Single wards, where counts are smallest: words, tables, charts and the workbooks inside the charts."""
    shares = facts.services["share_within"]
    wards = shares[shares.index.get_level_values("code").isin(facts.pack.wards.index)]
    few = [pair for pair, share in wards.items() if np.isnan(share)]
    assert few, "no ward has few on one side of a limit: this tests nothing"
    true = effect.effect.table("ward").query("measure == 'children_0_3'").set_index("code")
    for ward, service in [*few[:3], *((ward, "childrens_centre") for ward in facts.pack.wards.index[3:6])]:
        name = facts.pack.wards["name"][ward]
        deck = Presentation(
            io.BytesIO(meeting_slides(facts, DAY, services=[service], wards=[ward], effect=effect.effect))
        )
        for slide in deck.slides:
            for text in texts_of(slide):
                for count in re.findall(r"([\d,]+) (?:more|fewer) small children", text):
                    assert int(count.replace(",", "")) >= 5, text
                    assert int(count.replace(",", "")) % 5 == 0, text
        total, shown = float(true["total"][ward]), float(shares[(ward, service)])
        plan = [float(protect_share(true[f"share_{when}"][ward], total)) for when in ("after", "before")]
        charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
        for chart, values in zip(charts, [[1.0 - shown], plan], strict=True):
            assert list(chart.plots[0].categories) == [name]
            want = [None if np.isnan(value) else pytest.approx(value, abs=0.0051) for value in values]
            assert [series.values[0] for series in chart.plots[0].series] == want
            assert numbers_inside(chart) == want
        (table,) = [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table]
        own = next(row for row in table.rows if row.cells[0].text == name)
        assert own.cells[2].text == (FEW if np.isnan(shown) else f"{shown:.0%}")
