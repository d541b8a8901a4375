import io
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from pptx import Presentation
from pypdf import PdfReader

from geo.errors import UnknownNameError
from reports.slides import meeting_slides
from tests.buses import without_buses
from tests.conftest import require_or_skip
from tests.reports.conftest import DAY, asked
from wording.languages import read_words
from wording.story import STEPS


@pytest.fixture(scope="module")
def content(facts, effect):
    return meeting_slides(facts, DAY, effect=effect)


@pytest.fixture(scope="module")
def deck(content):
    return Presentation(io.BytesIO(content))


def words_of(slide):
    return "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


def test_there_is_a_slide_for_each_step_then_trains_the_table_and_the_credits(deck):
    assert len(deck.slides) == len(STEPS) + 3
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert titles[0] == "Who lives here"
    assert titles[3] == "Who is left out"
    assert titles[len(STEPS)] == "What trains add to walking"
    assert "4,032" in words_of(deck.slides[0])


def test_every_step_has_a_note_with_how_the_figure_was_made(deck):
    for slide in list(deck.slides)[: len(STEPS)]:
        assert len(slide.notes_slide.notes_text_frame.text) > 60


def test_charts_and_tables_can_be_edited(deck, facts, effect):
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert len(charts) == 3
    left_out, plan, _ = charts
    names = list(left_out.plots[0].categories)
    shares = facts.gaps.services["share_within"].xs("childrens_centre", level="service")
    for name, value in zip(names, left_out.plots[0].series[0].values, strict=True):
        assert value == pytest.approx(1 - shares[facts.ward_code(name)])
    assert [series.name for series in plan.plots[0].series] == ["with the plan", "now"]
    tables = [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table]
    cells = {row.cells[0].text: [cell.text for cell in row.cells] for row in tables[0].rows}
    assert cells["Target wards"][1] == "4,032"
    assert len(cells) == 1 + 6 + 3


def test_the_slide_of_trains_has_the_figures_of_the_wards_that_gain_most(deck, facts):
    """As a search of its own gives them; not those of walking under the name of trains."""
    slide = deck.slides[len(STEPS)]
    (chart,) = [shape.chart for shape in slide.shapes if shape.has_chart]
    on_foot, riding = (asked("town_centre", 45.0, mode) for mode in ("walk_pram", "transit_pram"))
    gained = (riding.rows["reached"] - on_foot.rows["reached"]).sort_values(ascending=False, kind="stable")
    most = gained.index[:6][::-1]
    assert list(chart.plots[0].categories) == facts.pack.wards["name"][most].tolist()
    drawn = {series.name: list(series.values) for series in chart.plots[0].series}
    assert drawn == {
        "With trains": riding.rows["share"][most].tolist(),
        "Walking": on_foot.rows["share"][most].tolist(),
    }
    more = riding.groups["reached"]["borough"] - on_foot.groups["reached"]["borough"]
    told = words_of(slide)
    assert f"+{more:,.0f}\n" in told
    assert "leaving on a Tuesday between 09:00 and 11:00" in told
    assert "Times of trains are modelled" in told
    assert "Bus 9: assumed, and not counted." in told
    assert "not counted: Bus timetables of the East of England" in told


def test_there_is_no_slide_of_trains_where_they_bring_nobody_more_or_nothing_rides(facts):
    with_none = replace(facts, survey=replace(facts.survey, pack=without_buses(facts.pack)), pack=facts.pack)
    for about, services in ((facts, ["childrens_centre"]), (with_none, [])):
        deck = Presentation(io.BytesIO(meeting_slides(about, DAY, services=services)))
        assert not any("add to walking" in slide.shapes.title.text_frame.text for slide in deck.slides)


def test_a_long_table_goes_on_on_a_further_slide(facts):
    wards = facts.pack.wards.index.tolist()
    deck = Presentation(io.BytesIO(meeting_slides(facts, DAY, services=["library"], wards=wards)))
    tables = [[row.cells[0].text for row in s.table.rows] for d in deck.slides for s in d.shapes if s.has_table]
    assert [len(rows) for rows in tables] == [15, 7]
    names = [name for rows in tables for name in rows if name]
    assert len(names) == len(set(names)) == 17 + 3
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_table:
                assert shape.top + 0.35 * 914_400 * len(shape.table.rows) < deck.slide_height


def test_pictures_and_charts_have_a_text_alternative(deck):
    shapes = [shape for slide in deck.slides for shape in slide.shapes if shape.has_chart or shape.shape_type == 13]
    assert len(shapes) == 6
    for shape in shapes:
        described = [e.get("descr") for e in shape._element.iter() if e.tag.endswith("}cNvPr")]
        assert described[0]
        assert len(described[0]) > 20


def test_attribution_is_on_the_last_slide(deck):
    assert "© OpenStreetMap contributors" in words_of(list(deck.slides)[-1])


def test_it_is_the_same_bytes_each_time_and_carries_its_date(facts, effect, content):
    assert meeting_slides(facts, DAY, effect=effect) == content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"2026-05-31T00:00:00Z" in archive.read("docProps/core.xml")


def test_without_a_plan_the_story_says_so_and_another_language_is_spoken(facts):
    deck = Presentation(io.BytesIO(meeting_slides(facts, DAY, language="pl")))
    assert deck.core_properties.language == "pl"
    assert not any(shape.has_chart for shape in deck.slides[4].shapes)


def test_a_language_from_right_to_left_has_its_paragraphs_so(facts):
    words = read_words("ar")
    deck = Presentation(io.BytesIO(meeting_slides(facts, DAY, language="ar")))
    ways = {
        paragraph.text: paragraph._p.pPr.get("rtl")
        for slide in deck.slides
        for shape in slide.shapes
        if shape.has_text_frame
        for paragraph in shape.text_frame.paragraphs
        if paragraph.text
    }
    assert ways[words.say("steps.far.title")] == "1"
    assert {way for text, way in ways.items() if "OpenStreetMap" in text} == {None}, "English stays as it is"


def test_an_unknown_service_is_named(facts):
    with pytest.raises(UnknownNameError, match="castle"):
        meeting_slides(facts, DAY, services=["castle"])


def test_each_map_bears_its_credit_on_its_own_slide(deck):
    """Slides are copied one at a time."""
    with_map = [slide for slide in deck.slides if any(shape.shape_type == 13 for shape in slide.shapes)]
    assert len(with_map) == 3
    for slide in with_map:
        found = [
            shape
            for shape in slide.shapes
            if shape.has_text_frame and "© OpenStreetMap contributors" in shape.text_frame.text
        ]
        assert len(found) == 1
        assert "© Crown copyright" in found[0].text_frame.text
        assert found[0].text_frame.paragraphs[0].runs[0].font.size.pt >= 11
        assert found[0].top + found[0].height < deck.slide_height


@pytest.fixture(scope="module")
def polish(facts):
    return Presentation(io.BytesIO(meeting_slides(facts, DAY, language="pl")))


def runs_on(slide):
    """Runs that stand on the slide itself."""
    for shape in slide.shapes:
        if shape.has_text_frame:
            yield from (run for paragraph in shape.text_frame.paragraphs for run in paragraph.runs)
        if shape.has_table:
            for cell in (cell for row in shape.table.rows for cell in row.cells):
                yield from (run for paragraph in cell.text_frame.paragraphs for run in paragraph.runs)


def runs_of(slide):
    """Runs of the slide and of its notes."""
    yield from runs_on(slide)
    if slide.has_notes_slide:
        yield from (run for p in slide.notes_slide.notes_text_frame.paragraphs for run in p.runs)


@pytest.mark.slow
def test_every_run_says_which_language_it_is_in(deck, polish):
    english = {run._r.rPr.get("lang") for slide in deck.slides for run in runs_of(slide)}
    assert english == {"en-GB"}
    words = read_words("pl")
    for slide in polish.slides:
        spoken = {run.text: run._r.rPr.get("lang") for run in runs_of(slide)}
        assert set(spoken.values()) <= {"pl", "en-GB"}
        assert spoken.get(words.say("steps.far.title"), "pl") == "pl"
        # What there is no Polish of stays English, and says so.
        assert all(lang == "en-GB" for text, lang in spoken.items() if "OpenStreetMap" in text)
    assert {run._r.rPr.get("lang") for run in runs_of(polish.slides[0]) if "2014" in run.text} == {"en-GB"}


def test_maps_are_described_in_the_language_of_the_deck(polish):
    for slide in list(polish.slides)[:3]:
        (picture,) = [shape for shape in slide.shapes if shape.shape_type == 13]
        described = picture._element.nvPicPr.cNvPr.get("descr")
        sentence = next(s.text_frame.text for s in slide.shapes if s.has_text_frame and not s.is_placeholder)
        assert described.startswith(sentence)
        assert "Map of" not in described


def test_signs_of_the_key_bear_the_letters_of_the_map(deck):
    discs = [s for s in deck.slides[1].shapes if s.has_text_frame and s.text_frame.text == "C"]
    assert len(discs) == 1


def test_a_few_have_a_bar_and_nobody_has_none(facts):
    """Milton's share beyond a GP practice is of few children; a missing bar would look like none."""
    deck = Presentation(io.BytesIO(meeting_slides(facts, DAY, services=["gp_practice"])))
    chart, _ = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    bars = dict(zip(chart.plots[0].categories, chart.plots[0].series[0].values, strict=True))
    shown = facts.gaps.services["share_within"].xs("gp_practice", level="service")
    for name, beyond in bars.items():
        code = facts.pack.wards.index[facts.pack.wards["name"] == name][0]
        assert (beyond > 0) == (shown[code] < 1), name


@pytest.mark.slow
def test_it_opens_in_another_program_and_no_word_is_lost(content, deck, tmp_path: Path):
    """Opened and drawn by LibreOffice: a page for each slide, 16 to 9, with all of its words on it."""
    office = shutil.which("soffice")
    if office is None:
        require_or_skip("needs LibreOffice: no soffice on the path")
    (tmp_path / "story.pptx").write_bytes(content)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    order = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), "story.pptx"]
    done = subprocess.run(order, cwd=tmp_path, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr
    pages = PdfReader(tmp_path / "story.pdf").pages
    assert len(pages) == len(deck.slides)
    for page, slide in zip(pages, deck.slides, strict=True):
        assert float(page.mediabox.width) / float(page.mediabox.height) == pytest.approx(16 / 9, abs=0.01)
        drawn = "".join(page.extract_text().split())
        for run in runs_on(slide):
            assert "".join(run.text.split()) in drawn, run.text
    assert len(pages[2].images) >= 1
