import io

import numpy as np
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from reports.frames import row_of
from reports.scenario_report import message, scenario_content, scenario_report
from reports.scenario_workbook import scenario_workbook
from tests.reports.conftest import DAY, HOSTILE, font_descriptors, pdf_text


@pytest.fixture(scope="module")
def book(effect):
    return load_workbook(io.BytesIO(scenario_workbook(effect, DAY)))


def test_the_report_holds_changes_wards_costs_bands_and_assumptions(effect):
    reader = PdfReader(io.BytesIO(scenario_report(effect, DAY)))
    text = pdf_text(reader)
    assert "".join(HOSTILE.split()) in "".join(text.split())
    for words in (
        "Open “Shoebury hub” at Shoeburyness Library",
        "Run sessions “Stay and play” at SS3 9NS: Tuesdays from 10:00",
        "Close Prince Avenue Children and Family Centre",
        "−£30,000",
        "£61,000",
        "£2,356",
        "13,000 imply growth of 4.9% every year",
        "Slower walk (3.2 km/h)",
        "Sessions count as places to reach",
    ):
        assert words in text, words
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert all({"/FontFile2", "/FontFile3"} & set(font) for font in font_descriptors(reader).values())


def test_before_and_after_are_what_the_scenario_gives(effect):
    shown = effect.effect.shown("group").set_index(["measure", "code"])
    row = row_of(shown, ("children_0_3", "target"))
    printed = next(g for g in scenario_content(effect)["groups"] if g["name"] == "Target wards")["rows"][0]
    assert printed[0] == "Children aged 0–3"
    assert printed[1] == "4,032"
    assert printed[2].startswith(f"{row['reached_before']:,.0f} (")
    assert printed[3].startswith(f"{row['reached_after']:,.0f} (")
    assert printed[4] == f"+{row['reached_after'] - row['reached_before']:,.0f}"
    assert message(effect).startswith(f"{row['change']:,.0f} more children aged 0–3 in the target wards")


def test_wards_with_the_greatest_change_come_first_and_all_are_there(effect, pack):
    rows = scenario_content(effect)["wards"]
    assert sorted(row[0].removeprefix("▶ ") for row in rows) == sorted(pack.wards["name"])
    sizes = [abs(int(row[4].replace("−", "-").replace(",", ""))) for row in rows if row[4] != "–"]
    assert sizes == sorted(sizes, reverse=True)


def test_the_workbook_has_the_same_figures_as_numbers(book, effect):
    assert book.sheetnames[:4] == ["About", "Changes", "Wards", "Groups"]
    heads = [cell.value for cell in book["Groups"][1]]
    rows = [dict(zip(heads, row, strict=True)) for row in book["Groups"].iter_rows(min_row=2, values_only=True)]
    first = next(row for row in rows if row["Area"] == "target" and row["Who"] == "Children aged 0–3")
    shown = row_of(effect.wards, ("children_0_3", "target"))
    assert first["Within reach with the plan"] == shown["reached_after"]
    assert first["Change"] == shown["change"]


def test_nothing_in_the_workbook_is_taken_for_a_formula(book):
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
    texts = [row[1].value for row in book["About"].iter_rows()]
    assert f"'{HOSTILE}" in texts
    assert "'=HYPERLINK(1)" in texts


def test_the_cover_says_what_when_from_which_pack_under_which_licence(book, pack):
    cover = {row[0].value: row[1].value for row in book["About"].iter_rows()}
    assert cover["When"] == "31 May 2026"
    assert pack.digest in cover["From which pack"]
    assert "Open Government Licence" in cover["Licence"]
    assert "© OpenStreetMap contributors" in cover["Attribution"]


def test_both_are_the_same_bytes_each_time(effect):
    assert scenario_report(effect, DAY) == scenario_report(effect, DAY)
    assert scenario_workbook(effect, DAY) == scenario_workbook(effect, DAY)


def test_the_faster_walk_reaches_more_than_the_slower(effect):
    rows = scenario_content(effect)["bands"]
    shares = np.array([[int(cell.rstrip("%")) for cell in (row[1], row[2], row[4], row[5])] for row in rows])
    assert (np.diff(shares, axis=0) >= 0).all()
