"""The workbook: figures stay figures, what is hidden stays hidden, and the cover says what it is."""

import io

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

from drawing.sheets import COVER, Sheet, workbook_bytes
from geo.errors import InputError
from wording.columns import Column

NOTES = {
    "title": "Gaps, Town",
    "written": "2025-11-21",
    "pack": "town 0123abcd",
    "odd": "one\nmore",
    "licence": "CC0-1.0",
    "attribution": "© Somebody",
}
FRAME = pd.DataFrame(
    {
        "name": ["Kursaal", "=SUM(A1)", "bell\x07"],
        "share": [0.41, np.nan, 1.0],
        "min": [12.34, np.inf, 0.0],
        "people": np.array([1026, 5, 0]),
        "target": [True, False, True],
    }
)
COLUMNS = {
    "name": Column("Ward"),
    "share": Column("Share", "percent"),
    "min": Column("Half have at most", "minutes"),
    "people": Column("Children", "people"),
    "target": Column("Target ward"),
}


def opened(sheets, notes=NOTES):
    return load_workbook(io.BytesIO(workbook_bytes(sheets, notes)))


@pytest.fixture(scope="module")
def book():
    return opened([Sheet("Wards", "Every ward.", FRAME, COLUMNS), Sheet("Again", "The same.", FRAME, COLUMNS)])


def test_one_sheet_a_table_behind_a_cover(book):
    assert book.sheetnames == [COVER, "Wards", "Again"]
    assert book.active.title == COVER


def test_cover_says_what_when_which_pack_and_licence(book):
    rows = {row[0].value: row[1].value for row in book[COVER].iter_rows(min_row=3) if row[0].value}
    assert book[COVER]["A1"].value == "Gaps, Town"
    assert rows["When"] == "2025-11-21"
    assert rows["From which pack"] == "town 0123abcd"
    assert rows["Licence"] == "CC0-1.0"
    assert rows["Attribution"] == "© Somebody"
    assert rows["Odd"] == "one\nmore"
    assert rows["Wards"] == "Every ward."
    assert "no way" in rows["How to read it"]


def test_figures_are_numbers_with_formats(book):
    page = book["Wards"]
    assert [cell.value for cell in page[1]] == [
        "Ward",
        "Share",
        "Half have at most (minutes)",
        "Children",
        "Target ward",
    ]
    assert page["B2"].value == 0.41
    assert page["B2"].number_format == "0%"
    assert page["C2"].value == 12.34
    assert page["D2"].value == 1026
    assert page["D2"].number_format == "#,##0"
    assert page["E2"].value == "yes"


def test_missing_is_empty_and_unreached_is_in_words(book):
    assert book["Wards"]["B3"].value is None
    assert book["Wards"]["C3"].value == "no way"


def test_text_is_never_a_formula_and_bells_are_left_out(book):
    cell = book["Wards"]["A3"]
    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", "=SUM(A1)", True)
    assert not book["Wards"]["A2"].quotePrefix
    assert book["Wards"]["A4"].value == "bell"


def test_long_text_is_wrapped_rather_than_cut_off():
    frame = FRAME.assign(name=["Short", "word " * 30, "x"])
    page = opened([Sheet("Long", "Sentences.", frame, COLUMNS)])["Long"]
    assert page["A3"].alignment.wrap_text
    assert not page["A2"].alignment.wrap_text
    assert page.column_dimensions["A"].width <= 60
    assert page.row_dimensions[3].height >= 3 * 15
    assert page.row_dimensions[1].height >= 2 * 15  # "Half have at most (minutes)" in a narrow column


def test_every_sheet_is_printed_as_wide_as_the_paper(book):
    for page in book:
        assert page.page_setup.orientation == "landscape"
        assert page.sheet_properties.pageSetUpPr.fitToPage


def test_headings_stay_in_sight(book):
    assert book["Wards"].freeze_panes == "B2"
    assert book["Wards"].auto_filter.ref == "A1:E4"


@pytest.mark.parametrize("title", ["", "x" * 32, "a/b", COVER.lower()])
def test_impossible_titles_are_refused(title):
    with pytest.raises(InputError):
        workbook_bytes([Sheet(title, "", FRAME, COLUMNS)], NOTES)


def test_two_sheets_of_one_name_and_missing_columns_are_refused():
    with pytest.raises(InputError, match="two sheets"):
        workbook_bytes([Sheet("Wards", "", FRAME, COLUMNS), Sheet("wards", "", FRAME, COLUMNS)], NOTES)
    with pytest.raises(InputError, match="no column nope"):
        workbook_bytes([Sheet("Wards", "", FRAME, {"nope": Column("Nope")})], NOTES)
    with pytest.raises(InputError, match="nothing to write"):
        workbook_bytes([], NOTES)


def test_an_empty_table_has_its_headings():
    page = opened([Sheet("None", "Nothing.", FRAME.head(0), COLUMNS)])["None"]
    assert page.max_row == 1
    assert page["A1"].value == "Ward"
