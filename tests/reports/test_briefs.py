import io
import json
import re

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from cli import app
from reports.borough_brief import borough_brief, borough_content
from reports.ward_brief import ward_brief, ward_content
from tests.reports.conftest import DAY, HOSTILE, font_descriptors, pdf_text, tagged
from wording.gaps import service_label
from wording.numbers import percent

KURSAAL = "E05002216"
A4_POINTS = (595.3, 841.9)


@pytest.fixture(scope="module")
def briefs(facts, effect):
    """A ward's and the borough's, the ward's with a scenario whose name is full of markup."""
    made = {"ward": ward_brief(facts, KURSAAL, DAY, effect), "borough": borough_brief(facts, DAY, effect)}
    return {name: PdfReader(io.BytesIO(content)) for name, content in made.items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ward", "borough"])
def test_it_is_two_pages_of_a4(briefs, name):
    assert len(briefs[name].pages) == 2
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
