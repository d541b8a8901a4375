"""The small parts that reports are made of."""

from datetime import date

import pytest
import shapely

from geo.errors import InputError
from reports.files import file_name, report_date, write_whole
from reports.svg import Sheet
from reports.typeset import date_words, to_png, typeset
from reports.wording import change_cell, count_cell, number_word, pounds


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
    assert pounds(-30_000.4) == "−£30,000"
    assert change_cell(-5.0) == "−5"
    assert change_cell(0.0) == "0"
    assert change_cell(float("nan")) == "–"
    assert count_cell(float("nan")) == "not shown"
    assert number_word(6) == "six"
    assert number_word(40) == "40"
    assert date_words(date(2026, 3, 1)) == "1 March 2026"


def test_a_template_that_fails_is_an_error_of_ours():
    with pytest.raises(InputError, match="cannot be made"):
        typeset("ward", {"title": "Nothing else"}, {}, date(2026, 1, 1))


def test_a_drawing_becomes_a_png():
    sheet = Sheet((0.0, 0.0, 10.0, 10.0), 20.0, 10.0)
    sheet.background("#12436D")
    assert to_png(sheet.to_bytes(), 20.0, 10.0, ppi=72).startswith(b"\x89PNG")
