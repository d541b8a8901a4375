import io
from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from analysis.scenario.file import read_scenario
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import AddRoute, AtPostcode, CutRoute, MoveStop, RunRoute, Scenario, Stop
from analysis.shown import ALL_BUT_A_FEW, FEWER_THAN_5, row_of
from geo.timetable.planned import Every
from reports.scenario_effect import for_ward
from reports.scenario_report import assumptions, message, scenario_content, scenario_report
from reports.scenario_workbook import scenario_workbook
from tests.buses import with_buses
from tests.reports.conftest import DAY, HOSTILE, font_descriptors, pdf_text
from wording.buses import changed_routes_words


@pytest.fixture(scope="module")
def book(effect):
    return load_workbook(io.BytesIO(scenario_workbook(effect, DAY)))


@pytest.mark.slow
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
        "A weekly session is no site that is open all week",
    ):
        assert words in text, words
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert all({"/FontFile2", "/FontFile3"} & set(font) for font in font_descriptors(reader).values())


@pytest.mark.slow
def test_before_and_after_are_what_the_scenario_gives(effect):
    shown = effect.shown("group").set_index(["measure", "code"])
    row = row_of(shown, ("children_0_3", "target"))
    printed = next(g for g in scenario_content(effect)["groups"] if g["name"] == "Target wards")["rows"][0]
    assert printed[0] == "Children aged 0–3"
    assert printed[1] == "4,032"
    assert printed[2].startswith(f"{row['reached_before']:,.0f} (")
    assert printed[3].startswith(f"{row['reached_after']:,.0f} (")
    assert printed[4] == f"+{row['reached_after'] - row['reached_before']:,.0f}"
    assert message(effect).startswith(f"{row['change']:,.0f} more children aged 0–3 in the target wards")


@pytest.mark.slow
def test_wards_with_the_greatest_change_come_first_and_all_are_there(effect, pack):
    rows = scenario_content(effect)["wards"]
    assert sorted(row[0].removeprefix("▶ ") for row in rows) == sorted(pack.wards["name"])
    sizes = [abs(int(row[4].replace("−", "-").replace(",", ""))) for row in rows if row[4] != "–"]
    assert sizes == sorted(sizes, reverse=True)


def rows_of_sheet(book, sheet):
    """Rows of a sheet by heading."""
    heads = [cell.value for cell in book[sheet][1]]
    return [dict(zip(heads, row, strict=True)) for row in book[sheet].iter_rows(min_row=2, values_only=True)]


def test_the_workbook_has_the_same_figures_as_numbers(book, effect):
    assert book.sheetnames == ["About", "Changes", "Wards", "Groups", "Small areas", "Outcomes", "Places", "How sure"]
    rows = rows_of_sheet(book, "Groups")
    first = next(row for row in rows if row["Area"] == "Target wards" and row["Who"] == "Children aged 0–3")
    shown = row_of(effect.by_area, ("children_0_3", "target"))
    assert first["Within reach with the plan"] == shown["reached_after"]
    assert first["Change"] == shown["change"]
    assert [row["A year, £"] for row in rows_of_sheet(book, "Changes")] == [85_000, 6_000, -30_000]


def test_every_figure_of_the_workbook_is_a_number(book):
    """What a spreadsheet takes for text can be neither added up nor sorted."""
    words = {"Change", "Who", "Area", "Group", "Outcome", "Site", "Walking speed"}
    seen = 0
    for sheet in book.sheetnames[1:]:
        for column in book[sheet].iter_cols():
            head = column[0].value
            if head in words and not (head == "Change" and sheet != "Changes"):
                continue
            for cell in column[1:]:
                if cell.value is not None and cell.value not in (FEWER_THAN_5, ALL_BUT_A_FEW):
                    assert cell.data_type == "n", (sheet, cell.coordinate, cell.value)
                    assert cell.number_format != "General", (sheet, cell.coordinate)
                    seen += 1
    assert seen > 500


@pytest.mark.slow
def test_places_and_bands_are_those_of_the_paper(book, effect):
    printed = scenario_content(effect)
    for row, cells in zip(rows_of_sheet(book, "Places"), printed["places"], strict=True):
        assert [row["Site"], f"{row['Places a week']:,.0f}", f"{row['Taken, at most']:,.0f}"] == cells
        assert row["Taken, at most"] <= round(row["Places a week"])
    assert [row["Places a week"] for row in rows_of_sheet(book, "Places")] == [40, pytest.approx(12 * 40 / 52)]
    for row, cells in zip(rows_of_sheet(book, "How sure"), printed["bands"], strict=True):
        assert f"{row['Target wards now']:.0%}" == cells[1]
        assert f"{row['Change in target wards']:+,}" == cells[3].replace("−", "-")
        assert f"{row['Borough with the plan']:.0%}" == cells[5]
    assert book["How sure"]["B2"].number_format == "0%"


def test_nothing_in_the_workbook_is_taken_for_a_formula_and_text_stays_as_it_is(book):
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert not str(cell.value or "").startswith("'")
    cover = {row[0].value: row[1] for row in book["About"].iter_rows()}
    assert cover["What"].value == HOSTILE
    assert cover["Note"].value == "=HYPERLINK(1)"
    assert cover["Note"].quotePrefix


def test_the_cover_says_what_when_from_which_pack_under_which_licence(book, pack):
    cover = {row[0].value: row[1].value for row in book["About"].iter_rows()}
    assert cover["When"] == "31 May 2026"
    assert pack.digest in cover["From which pack"]
    assert "Open Government Licence" in cover["Licence"]
    assert "© OpenStreetMap contributors" in cover["Attribution"]


@pytest.mark.slow
def test_both_are_the_same_bytes_each_time(effect):
    assert scenario_report(effect, DAY) == scenario_report(effect, DAY)
    assert scenario_workbook(effect, DAY) == scenario_workbook(effect, DAY)


@pytest.mark.slow
def test_the_faster_walk_reaches_more_than_the_slower(effect):
    rows = scenario_content(effect)["bands"]
    shares = np.array([[int(cell.rstrip("%")) for cell in (row[1], row[2], row[4], row[5])] for row in rows])
    assert (np.diff(shares, axis=0) >= 0).all()


@pytest.fixture(scope="module")
def route_9(pack):
    return Lab(pack).effect(read_scenario(Path(__file__).parents[2] / "examples" / "route-9-east-beach.json"))


def test_a_plan_by_timetable_says_when_what_its_times_are_and_that_both_ends_are_assumed(route_9):
    said = scenario_content(route_9)
    assumed = "Times of route 9 are assumed, now as with the plan: neither rests on a timetable."
    assert said["messages"][0].endswith(assumed)
    told = " ".join(said["assumptions"])
    assert assumed in told
    assert (
        "Travel is by bus and train with a pram: leaving on a Tuesday between 09:00 and 11:00, with at most 3" in told
    )
    assert "on foot 3.6 km/h" in told
    assert "Times of trains are modelled" in told
    assert "Bus 9: assumed, and counted." in told
    assert "Not in the data, and so not counted: Bus timetables of the East of England." in told
    assert said["changes"][0][1].startswith("Run one of every 2 departures of route 9 only from ")
    assert "in at least half of the minutes of leaving on a Tuesday between 09:00 and 11:00" in said["question"]
    cover = {
        row[0].value: row[1].value for row in load_workbook(io.BytesIO(scenario_workbook(route_9, DAY))).worksheets[0]
    }
    assert assumed in cover["Assumptions"]
    assert for_ward(route_9, "target")["words"].endswith(assumed)


def test_what_the_times_of_each_route_are_is_told_once(pack):
    """A published bus, a train of counts, a route that the plan adds and then changes, a stop that moves."""
    buses = with_buses(pack)
    stops = tuple(Stop(f"7*x*-{number}") for number in range(2))
    often = Every(("tuesday",), "07:00", "19:00", 10)
    changes = (
        RunRoute("7*x*", often),
        RunRoute("C", often),
        AddRoute("N1", stops, (often,)),
        RunRoute("N1", often),
        CutRoute("7*x*"),
        MoveStop("C-0", AtPostcode("SS3 9NS")),
    )
    effect = Lab(buses).effect(Scenario(name="", area="southend", mode="transit_pram", changes=changes))
    assert changed_routes_words(effect) == [
        "Times of route 7*x* are published for now; with the plan they are as its change says.",
        "Times of route C are modelled, now as with the plan.",
        "Route N1 is added by the plan: its times are those that the plan gives.",
    ]


def test_a_plan_on_foot_says_that_its_changes_of_routes_do_not_count(pack):
    effect = Lab(with_buses(pack)).effect(Scenario(name="", area="southend", changes=(CutRoute("7*x*"),)))
    assert message(effect).endswith("here another way of travelling is asked.")
    assert any("counts only for journeys by bus and train" in words for words in assumptions(effect))
    assert changed_routes_words(effect) == []
