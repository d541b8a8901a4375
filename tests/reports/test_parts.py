"""The small parts that reports are made of."""

import io
import itertools
import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import shapely
from pypdf import PdfReader

from drawing.bitmap import to_png
from drawing.svg import Sheet
from geo.errors import InputError
from reports.borough_brief import borough_brief
from reports.files import file_name, report_date, write_whole
from reports.pictures import change_picture
from reports.scenario_report import scenario_report
from reports.typeset import _tagged_pdf, typeset
from tests.reports.conftest import pdf_text
from wording.dates import date_words
from wording.numbers import money, number_word, people, signed


def test_a_sheet_fits_the_bounds_and_fills_the_rest():
    sheet = Sheet((0.0, 0.0, 1000.0, 1000.0), 100.0, 50.0)
    assert sheet.window == pytest.approx((-500.0, 0.0, 1500.0, 1000.0))
    assert sheet.at([[0.0, 0.0], [1000.0, 1000.0]]).tolist() == [[25.0, 50.0], [75.0, 0.0]]


def test_a_sheet_draws_only_what_is_on_it():
    sheet = Sheet((0.0, 0.0, 100.0, 100.0), 100.0, 100.0)
    sheet.lines([shapely.LineString([(5000, 5000), (6000, 6000)])], "#000000", 1.0)
    sheet.disc((500.0, 0.0), 2.0, "#000000")
    sheet.label((500.0, 0.0), "Away")
    assert sheet.parts == []
    sheet.areas([shapely.box(10, 10, 20, 20)], "#123456")
    sheet.label((50.0, 50.0), "A & B <i>")
    assert b"A &amp; B &lt;i&gt;" in sheet.to_bytes()
    assert b"#123456" in sheet.to_bytes()


def test_a_sheet_needs_an_area():
    with pytest.raises(InputError, match="width and a height"):
        Sheet((0.0, 0.0, 0.0, 10.0), 10.0, 10.0)


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "a.pdf"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert [p.name for p in tmp_path.iterdir()] == ["a.pdf"]
    with pytest.raises(InputError, match="no folder"):
        write_whole(tmp_path / "none" / "a.pdf", b"x")
    with pytest.raises(InputError, match="ordinary file"):
        write_whole(tmp_path, b"x")


def test_the_date_is_given_or_of_the_environment_or_today(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert report_date() == date(1970, 1, 1)
    assert report_date("2026-05-31") == date(2026, 5, 31)
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert abs((report_date() - date.today()).days) <= 1
    with pytest.raises(InputError, match="not a date"):
        report_date("31/5/2026")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    with pytest.raises(InputError, match="not a date"):
        report_date()


@pytest.mark.parametrize(
    ("name", "file"), [("St. Luke's", "st-lukes"), ("West Shoebury", "west-shoebury"), ("../..", "report")]
)
def test_file_names_are_plain(name, file):
    assert file_name(name) == file


def test_figures_in_words():
    assert money(-30_000.4, "GBP") == "−£30,000"
    assert signed(-5.0, unknown="–") == "−5"
    assert signed(0.0, unknown="–") == "0"
    assert signed(float("nan"), unknown="–") == "–"
    assert people(float("nan")) == "no figure"
    assert number_word(6) == "six"
    assert number_word(40) == "40"
    assert date_words(date(2026, 3, 1)) == "1 March 2026"


def test_a_template_that_fails_is_an_error_of_ours():
    with pytest.raises(InputError, match="cannot be made"):
        typeset("ward", {"title": "Nothing else"}, {}, date(2026, 1, 1))


@pytest.mark.slow
def test_letters_that_no_font_has_become_boxes_and_the_rest_stays(effect, monkeypatch):
    """The store takes any name, so a report must print it."""
    name = "Hub 🏠 中心 Łódź y\u20dd \x07 end"
    named = replace(effect, scenario=replace(effect.scenario, name=name))
    runs = []
    monkeypatch.setattr("reports.typeset._tagged_pdf", lambda *given: runs.append(1) or _tagged_pdf(*given))
    text = pdf_text(PdfReader(io.BytesIO(scenario_report(named, date(2026, 1, 1)))))
    assert "Hub □ □□ Łódź □ □ end" in text
    assert "children aged 0–3 in the target wards" in text
    assert 3 < len(runs) < 30, "missing letters are found by halves, not one by one"


def test_a_fault_of_a_template_is_not_taken_for_a_missing_letter():
    with pytest.raises(InputError, match="cannot be made"):
        typeset("ward", {"title": "中"}, {}, date(2026, 1, 1))


def test_places_at_one_spot_stand_side_by_side(pack):
    """A hub and a session at the same venue: neither letter hides the other."""
    nothing = np.full(len(pack.lsoas), np.nan)
    places = [(592000.0, 185000.0, "N"), (592000.0, 185000.0, "S"), (592010.0, 185000.0, "M")]
    svg = change_picture(pack, nothing, places, width_mm=182, height_mm=84).svg.decode()
    discs = [float(x) for x, r in re.findall(r'<circle cx="([\d.]+)" cy="[\d.]+" r="([\d.]+)"', svg) if r == "2.2"]
    assert len(discs) == 3
    assert min(abs(a - b) for a, b in itertools.combinations(discs, 2)) >= 2 * 2.2


@pytest.mark.slow
def test_a_range_of_ages_stays_on_one_line(facts, effect):
    """ "0–3" would else end a line at its dash: no line of a brief may start with the second number alone."""
    reader = PdfReader(io.BytesIO(borough_brief(facts, date(2026, 5, 31), effect)))
    lines = [line.rstrip() for page in reader.pages for line in page.extract_text().splitlines()]
    assert not [line for line in lines if re.search(r"\d–$", line)]


def test_a_drawing_becomes_a_png():
    sheet = Sheet((0.0, 0.0, 10.0, 10.0), 20.0, 10.0)
    sheet.background("#12436D")
    assert to_png(sheet.to_bytes(), 20.0, 10.0, ppi=72).startswith(b"\x89PNG")
