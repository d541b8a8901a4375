import io
import json
import re
from dataclasses import replace

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from cli import app
from geo.packs import open_pack
from geo.services import category_named
from reports.borough_brief import borough_brief, borough_content
from reports.facts import Facts
from reports.ward_brief import ward_brief, ward_content
from tests.buses import without_buses
from tests.reports.conftest import DAY, HOSTILE, asked, font_descriptors, pdf_text, tagged
from wording.gaps import kind_of, service_label
from wording.groups import group_names
from wording.numbers import people, percent
from wording.rounding import minutes_cell

KURSAAL = "E05002216"
A4_POINTS = (595.3, 841.9)


@pytest.fixture(scope="module")
def briefs(facts, effect):
    """A ward's and the borough's, the ward's with a scenario whose name is full of markup."""
    made = {"ward": ward_brief(facts, KURSAAL, DAY, effect), "borough": borough_brief(facts, DAY, effect)}
    return {name: PdfReader(io.BytesIO(content)) for name, content in made.items()}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "pages"), [("ward", 2), ("borough", 3)])
def test_it_is_two_pages_of_a4_and_the_borough_has_one_of_trains(briefs, name, pages):
    assert len(briefs[name].pages) == pages
    for page in briefs[name].pages:
        assert [float(side) for side in page.mediabox[2:]] == pytest.approx(A4_POINTS, abs=0.1)


@pytest.mark.parametrize("name", ["ward", "borough"])
def test_it_is_tagged_for_readers_of_every_kind(briefs, name):
    reader = briefs[name]
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    assert reader.metadata.title
    elements = tagged(reader)
    kinds = [str(element.get("/S", "")).strip("/") for element in elements]
    assert kinds.count("H1") == 1
    assert {"H2", "Table", "TH", "TD", "Figure"} <= set(kinds)
    figures = [element for element in elements if element.get("/S") == "/Figure"]
    assert all(len(str(figure["/Alt"])) > 20 for figure in figures)


@pytest.mark.parametrize("name", ["ward", "borough"])
def test_fonts_are_embedded(briefs, name):
    fonts = font_descriptors(briefs[name])
    assert fonts
    for font, descriptor in fonts.items():
        assert {"/FontFile2", "/FontFile3"} & set(descriptor), font
        assert "SourceSansPro" in font


@pytest.mark.slow
def test_text_can_be_extracted_and_names_are_never_markup(briefs):
    for reader in briefs.values():
        text = pdf_text(reader)
        assert HOSTILE in text
        assert "Can reach is not the same as" in text
        assert "© OpenStreetMap contributors" in text
        assert "31 May 2026" in text
    assert "Kursaal" in pdf_text(briefs["ward"])
    assert "775" in pdf_text(briefs["ward"])


@pytest.mark.slow
def test_every_ward_fits_on_two_pages_with_and_without_a_scenario(facts, effect):
    pages = {}
    for number, ward in enumerate(facts.pack.wards.index):
        # Alternate: both layouts are met by wards of every kind.
        made = ward_brief(facts, ward, DAY, effect if number % 2 else None)
        pages[ward] = len(PdfReader(io.BytesIO(made)).pages)
    assert set(pages.values()) == {2}, pages


def test_only_the_date_differs_between_two_runs(facts):
    first, again = (ward_brief(facts, KURSAAL, DAY) for _ in range(2))
    assert first == again
    assert ward_brief(facts, KURSAAL, DAY.replace(day=30)) != first


@pytest.fixture(scope="module")
def contents(facts):
    """What the brief of every ward prints."""
    return {ward: ward_content(facts, ward) for ward in facts.pack.wards.index}


def access(service, mode, within):
    asked = ["access", "--service", service, "--mode", mode, "--within", f"{within:g}", "--format", "json"]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.parametrize("service", ["childrens_centre", "gp_practice", "library", "nursery"])
def test_figures_are_those_of_reach_access(facts, contents, service):
    item = facts.survey.basket.item(service)
    answer = access(service, item.mode, item.threshold_min)
    label = service_label(service)
    borough = answer["groups"]["borough"]
    for row in answer["rows"]:
        printed = next(r for r in contents[row["code"]]["services"] if r["service"] == label)
        assert float(printed["median"]) == row["median_min"]
        assert float(printed["p90"]) == row["p90_min"]
        assert float(printed["median_borough"]) == borough["median_min"]
        assert printed["bar"] == pytest.approx(row["share"], abs=0.0051)
        assert printed["share"] == percent(row["share"])
    assert borough["share"] == pytest.approx(float(printed["mark"]), abs=0.0051)


def printed_row(text, label):
    """The figures that follow a service's name on paper, in the order in which they stand."""
    cell = r"(?:[\d,.]+%?|over \d+%|under \d+%|–)"
    found = re.search(rf"{re.escape(label)}(?: ▼)? ((?:{cell} ?){{7}})", text)
    assert found, f"no row of {label}"
    return re.findall(cell, found[1])


@pytest.mark.slow
@pytest.mark.parametrize("ward", [KURSAAL, "E05002220"])
def test_each_figure_stands_in_its_own_column_on_paper(facts, ward):
    """Read back from the PDF: two columns that changed places in the template would not be found anywhere else."""
    text = pdf_text(PdfReader(io.BytesIO(ward_brief(facts, ward, DAY))))
    text = text[text.index("How far is it?") :]
    told_apart = 0
    for item in facts.survey.basket:
        answer = access(item.service, item.mode, item.threshold_min)
        row, borough = next(r for r in answer["rows"] if r["code"] == ward), answer["groups"]["borough"]
        shares = [percent(r["share"]) for r in (row, borough)]
        further = sum(r["median_min"] > row["median_min"] for r in answer["rows"])
        tied = sum(r["median_min"] == row["median_min"] for r in answer["rows"])
        limit, *read, rank = printed_row(text, service_label(item.service))
        assert float(limit) == item.threshold_min
        assert read == [
            shares[0],
            shares[1],
            f"{row['median_min']:.1f}",
            f"{borough['median_min']:.1f}",
            f"{row['p90_min']:.1f}",
        ], item.service
        assert further < int(rank) <= further + tied, item.service
        told_apart += len({limit, *read, rank}) == 7
    assert told_apart >= 5  # rows of equal figures would hide a swap


def test_people_of_the_need_table_are_those_of_reach_access(contents):
    answer = access("childrens_centre", "walk_pram", 15)
    for row in answer["rows"]:
        need = {line[0]: line for line in contents[row["code"]]["need"]}
        assert need["Children aged 0–3"][1] == f"{row['total']:,}"
        assert need["Children aged 0–3"][2] == f"{answer['groups']['borough']['total']:,}"
        assert need["Children aged 0–3"][4] == "modelled"


def test_published_figures_say_so(facts, contents):
    kursaal = {line[0]: line for line in contents[KURSAAL]["need"]}
    assert kursaal["Children aged 0–17 in poverty"][1] == "1,026"
    assert kursaal["Children aged 0–17 in poverty"][4] == "published"
    borough = {line[0]: line for line in borough_content(facts)["need"]}
    assert borough["Children aged 0–3"][1] == "4,032"
    assert borough["Children aged 0–3"][4] == "published"


def test_the_heat_table_has_every_ward_once_and_the_groups_last(facts):
    rows = borough_content(facts)["heat"]
    names = [row["name"] for row in rows]
    assert sorted(names[:17]) == sorted(facts.pack.wards["name"])
    assert names[17:] == ["Target wards", "Other wards", "Southend-on-Sea"]
    assert sum(row["target"] for row in rows) == 6
    assert all(len(row["cells"]) == len(facts.survey.basket) for row in rows)


def test_wards_are_found_however_they_are_spelt(facts):
    assert facts.ward_code("st lukes") == facts.ward_code("St. Luke's") == facts.ward_code("E05002221")


AREAS = {"southend": ("town_centre", 45.0, "trains"), "newport": ("library", 25.0, "buses")}


@pytest.fixture(scope="module")
def newport():
    return Facts.of(open_pack("newport"))


@pytest.mark.parametrize("area", AREAS)
def test_what_rides_adds_is_what_the_analysis_says_asked_by_itself(facts, newport, area):
    service, within, vehicles = AREAS[area]
    about = facts if area == "southend" else newport
    rides = borough_content(about)["rides"]
    on_foot, riding = (asked(service, within, mode, area) for mode in ("walk_pram", "transit_pram"))
    names = {**about.pack.wards["name"], **group_names(about.pack)}
    rows = {name: row for part in ("rows", "groups") for name, *row in rides[part]}
    for walked, ridden in ((on_foot.rows, riding.rows), (on_foot.groups, riding.groups)):
        for code in walked.index:
            said = [people(walked["total"][code]), people(walked["reached"][code]), people(ridden["reached"][code])]
            assert rows[names[code]][:3] == said
            assert rows[names[code]][4:] == [minutes_cell(one["median_min"][code], 1) for one in (walked, ridden)]
    assert len(rows) == len(on_foot.rows) + len(on_foot.groups)
    before, after = (int(one.groups["reached"]["borough"]) for one in (on_foot, riding))
    assert rides["message"].startswith(f"With {vehicles}, {after - before:,} more children aged 0–3 in")
    assert f"within {within:g} minutes: {after:,} of" in rides["message"]
    assert f"in place of {before:,} walking with a pram" in rides["message"]
    assert rows[names["borough"]][3] == f"+{after - before:,}"


@pytest.mark.parametrize("area", AREAS)
def test_every_other_service_is_told_with_how_many_more_or_as_being_as_on_foot(facts, newport, area):
    about = facts if area == "southend" else newport
    told = " ".join(borough_content(about)["rides"]["words"])
    for item in about.survey.basket:
        on_foot, riding = (
            asked(item.service, item.threshold_min, mode, area) for mode in ("walk_pram", "transit_pram")
        )
        more = riding.groups["reached"]["borough"] - on_foot.groups["reached"]["borough"]
        as_on_foot = (
            category_named(item.service).plural in told.partition("it is as many as on foot")[0].rpartition(" For ")[2]
        )
        if item.service == AREAS[area][0]:
            assert not as_on_foot
        elif more > 0:
            assert f"{kind_of(item.service)} within {item.threshold_min:g} minutes ({more:.0f} more)" in told
            assert not as_on_foot
        else:
            assert as_on_foot, item.service


def test_the_page_of_trains_says_when_what_the_times_are_and_what_is_missing(briefs, newport):
    text = " ".join(briefs["borough"].pages[2].extract_text().split())
    assert text.startswith("What trains add to walking")
    assert "That is when leaving on a Tuesday between 09:00 and 11:00." in text
    assert "Times of trains are modelled" in text
    assert "Bus 9: assumed, and not counted." in text
    assert "Not in the data, and so not counted: Bus timetables of the East of England." in text
    assert "reach data" not in text, "a councillor cannot type it into paper"
    notes = " ".join(borough_content(newport)["rides"]["notes"])
    assert "Times on a Tuesday are those of 6 June 2023" in notes
    assert "Times of buses are published, valid from 5 June 2023 to 1 March 2024." in notes


def test_without_a_timetable_nothing_is_said_of_what_rides(facts):
    pack = without_buses(facts.pack)
    still = replace(facts, survey=replace(facts.survey, pack=pack), pack=pack)
    assert borough_content(still)["rides"] is None
    assert "rains" not in ward_content(still, KURSAAL)["messages"][0]
    assert len(PdfReader(io.BytesIO(borough_brief(still, DAY))).pages) == 2


def test_a_ward_with_buses_has_the_share_of_the_analysis_and_the_status_of_the_times(newport):
    code = newport.ward_code("Allt-yr-yn")
    content = ward_content(newport, code)
    share = percent(asked("gp_practice", 20.0, "transit_pram", "newport").rows["share"][code])
    assert f"With buses it is {share}, in half of the minutes of leaving on a Tuesday" in content["messages"][0]
    assert "Times of buses are published" in " ".join(content["method"])


def test_a_ward_that_trains_change_nothing_for_says_that_the_buses_are_not_counted(contents):
    assert contents[KURSAAL]["messages"][0].endswith(
        "Trains do not change that. Not in the data, and so not counted: Bus timetables of the East of England."
    )


def test_an_area_without_target_wards_has_each_figure_in_its_row(newport):
    """A table of one column of figures is as wide as it says: otherwise the cells run on into other rows."""
    lines = PdfReader(io.BytesIO(borough_brief(newport, DAY))).pages[0].extract_text().splitlines()
    assert any(" ".join(line.split()) == "People 156,447 modelled Mid-2020 estimate" for line in lines)


def test_no_mark_of_a_web_page_stands_on_paper(newport):
    assert not any("**" in words for words in borough_content(newport)["method"])
    assert not any("**" in words for words in ward_content(newport, newport.ward_code("Allt-yr-yn"))["messages"])
