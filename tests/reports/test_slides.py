import io
import zipfile

import pytest
from pptx import Presentation

from analysis.story import STEPS
from geo.errors import UnknownNameError
from reports.slides import meeting_slides
from tests.reports.conftest import DAY


@pytest.fixture(scope="module")
def content(facts, effect):
    return meeting_slides(facts, DAY, effect=effect.effect)


@pytest.fixture(scope="module")
def deck(content):
    return Presentation(io.BytesIO(content))


def words_of(slide):
    return "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


def test_there_is_a_slide_for_each_step_then_the_table_and_the_credits(deck):
    assert len(deck.slides) == len(STEPS) + 2
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert titles[0] == "Who lives here"
    assert titles[3] == "Who is left out"
    assert "4,032" in words_of(deck.slides[0])


def test_every_step_has_a_note_with_how_the_figure_was_made(deck):
    for slide in list(deck.slides)[: len(STEPS)]:
        assert len(slide.notes_slide.notes_text_frame.text) > 60


def test_charts_and_tables_can_be_edited(deck, facts, effect):
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert len(charts) == 2
    left_out, plan = charts
    names = list(left_out.plots[0].categories)
    shares = facts.services["share_within"].xs("childrens_centre", level="service")
    for name, value in zip(names, left_out.plots[0].series[0].values, strict=True):
        assert value == pytest.approx(round(1 - shares[facts.ward_code(name)], 2))
    assert [series.name for series in plan.plots[0].series] == ["with the plan", "now"]
    tables = [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table]
    cells = {row.cells[0].text: [cell.text for cell in row.cells] for row in tables[0].rows}
    assert cells["Target wards"][1] == "4,032"
    assert len(cells) == 1 + 6 + 3


def test_pictures_and_charts_have_a_text_alternative(deck):
    shapes = [shape for slide in deck.slides for shape in slide.shapes if shape.has_chart or shape.shape_type == 13]
    assert len(shapes) == 5
    for shape in shapes:
        described = [e.get("descr") for e in shape._element.iter() if e.tag.endswith("}cNvPr")]
        assert described[0]
        assert len(described[0]) > 20


def test_attribution_is_on_the_last_slide(deck):
    assert "© OpenStreetMap contributors" in words_of(list(deck.slides)[-1])


def test_it_is_the_same_bytes_each_time_and_carries_its_date(facts, effect, content):
    assert meeting_slides(facts, DAY, effect=effect.effect) == content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"2026-05-31T00:00:00Z" in archive.read("docProps/core.xml")


def test_without_a_plan_the_story_says_so_and_another_language_is_spoken(facts):
    deck = Presentation(io.BytesIO(meeting_slides(facts, DAY, language="pl")))
    assert deck.core_properties.language == "pl"
    assert not any(shape.has_chart for shape in deck.slides[4].shapes)


def test_an_unknown_service_is_named(facts):
    with pytest.raises(UnknownNameError, match="castle"):
        meeting_slides(facts, DAY, services=["castle"])
