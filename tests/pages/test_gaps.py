"""Gaps: the head, the table, the explanations and the downloads are what the analysis says; a link reopens them."""

import io
import re
import sqlite3

import geopandas as gpd
import pandas as pd
import pytest
from openpyxl import load_workbook

from analysis.gaps.report import bands_shown, gap_report, supply_shown
from analysis.reach.basket import read_basket
from analysis.reach.survey import survey
from wording.numbers import share_words
from wording.rounding import digits

SHOEBURYNESS = "E05002222"
POCKET = "gp_practice.E05002222.exeter-close-and-wakering-road"


@pytest.fixture(scope="module")
def report(pack):
    return gap_report(survey(pack, read_basket()), measure="children_0_3", baseline="strategy")


def heat(screen):
    """The table of wards by services."""
    (html,) = [e.proto.body for e in screen.at.get("html") if 'class="heat"' in e.proto.body]
    return pd.read_html(io.StringIO(html))[0].set_index("Ward")


def pockets(screen):
    return screen.table("place", "children")


@pytest.mark.slow
def test_head_says_who_is_most_cut_off_with_its_band(open_page, report):
    text = open_page("gaps").text
    worst = report.isolation.areas.iloc[0]
    assert f"{worst['name']} is the most cut off of the 17 wards" in text
    assert f"**{digits(worst['isolation'])}%**" in text
    assert f"{digits(worst['low'])}% to {digits(worst['high'])}%, by how fast people walk" in text
    assert "less cut off than the other eleven" in text
    assert "are not target wards" in text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("figure", "column", "written"),
    [
        ("median", "median_min", digits),
        ("share", "share_within", share_words),
        ("gap", "gap_to_borough", lambda v: f"{round(v):+d}".replace("-", "−").replace("+0", "0")),
    ],
)
def test_table_has_the_figures_target_wards_first(open_page, report, pack, figure, column, written):
    table = heat(open_page("gaps", figure=figure))
    wards = report.isolation.areas[report.isolation.areas["rank"].notna()]
    targets = wards[wards["group"] == "target"]["name"].tolist()
    assert table.index[:6].tolist() == targets
    assert len(table) == 17 + 4
    names = pack.wards["name"]
    gp = next(name for name in table.columns if name.startswith("GP"))
    assert gp.replace(" ", "").endswith("≤20min")
    for code, name in names.items():
        value = report.services.loc[(code, "gp_practice"), column]
        assert str(table.loc[name, gp]).replace(".0", "") == written(value), name


def test_ward_is_explained_with_evidence(open_page, report):
    screen = open_page("gaps", ward=SHOEBURYNESS)
    assert "of the 11 services on our list are too far away for the children aged 0–3 in Shoeburyness" in screen.text
    assert "because there is none closer" in screen.text
    assert "the railway" in screen.text
    evidence = screen.table("label", "nearest", "detour_min")
    gp = evidence[evidence["label"] == "GP practice"].iloc[0]
    figures = report.services.loc[(SHOEBURYNESS, "gp_practice")]
    assert gp["median_min"] == pytest.approx(figures["median_min"])
    assert gp["distance_min"] + gp["detour_min"] == pytest.approx(figures["gap_to_borough"], abs=0.11)


def test_pockets_are_ranked_protected_and_choose_what_is_explained(open_page, report):
    screen = open_page("gaps", **{"from": "gp_practice"})
    shown = pockets(screen)
    known = report.pockets[report.pockets["service"] == "gp_practice"].head(len(shown))
    assert shown["children"].tolist() == known["children"].tolist()
    assert (shown["children"].dropna() % 5 == 0).all()
    assert shown["children_in_poverty"].is_monotonic_decreasing
    screen.choose("pocket", POCKET)
    assert screen.address["pocket"] == POCKET
    assert "live more than 20 minutes from a GP practice" in screen.text
    assert "Half of the children aged 0–3 here or more are too far from these" in screen.text
    assert {"chosen-homes", "pockets", "wards", "targets"} <= set(screen.layers)
    chosen = [f["properties"] for f in screen.layers["pockets"]["data"]["features"] if f["properties"]["c"]]
    assert [f["id"] for f in chosen] == [POCKET]


def test_choosing_another_ward_lets_the_pocket_go(open_page):
    screen = open_page("gaps", **{"from": "gp_practice", "pocket": POCKET})
    assert screen.chosen("pocket") == POCKET
    screen.choose("ward", "E05002227")
    assert screen.chosen("pocket") == ""
    assert "for the children aged 0–3 in West Leigh" in screen.text


@pytest.mark.slow
def test_other_pockets_are_another_table(open_page):
    """A table keeps the number of the row that is chosen; in another list that would be another pocket."""

    def identity(screen):
        (found,) = [e for e in screen.at.dataframe if {"place", "children"} <= set(e.value.columns)]
        return found.proto.id

    screen = open_page("gaps", **{"from": "gp_practice"})
    first = identity(screen)
    screen.run()
    assert identity(screen) == first
    screen.choose("from", "library")
    second = identity(screen)
    screen.at.toggle(key="six").set_value(True).run()
    assert len({first, second, identity(screen)}) == 3


@pytest.mark.slow
def test_every_chart_tells_its_figures(open_page, report):
    screen = open_page("gaps")
    told: list[str] = []
    for tab in ("What changed", "How much there is", "Is it fair?", "How sure are we?"):
        screen.at.session_state["gaps-more"] = tab
        screen.run()
        told += [chart.proto.alt for chart in screen.at.get("vega_lite_chart")]
    texts = " ".join(told)
    assert len(set(told)) == 6, "the evidence, then and now, supply, fifths, bands and the curve"
    assert all(re.search(r"\d", text) for text in told), told
    bands = bands_shown(report, "childrens_centre").loc[SHOEBURYNESS]
    assert f"Shoeburyness {bands['share']:.0%} ({bands['low']:.0%} to {bands['high']:.0%})" in texts
    assert f"Shoeburyness {supply_shown(report, 'gp_practice').loc[SHOEBURYNESS, 'per_1000']:.1f}" in texts


@pytest.mark.slow
def test_a_link_reopens_the_screen(open_page):
    asked = {"figure": "gap", "show": "severance", "from": "library", "ward": "E05002220", "six": "1"}
    screen = open_page("gaps", **asked)
    assert {key: screen.address.get(key) for key in asked} == asked
    assert "home-classes" in screen.layers
    assert screen.notes == []


def test_a_link_to_a_pocket_that_is_gone_says_so(open_page):
    screen = open_page("gaps", pocket="nowhere")
    assert any("nowhere" in note for note in screen.notes)


def test_homes_carry_a_class_and_nothing_of_who_lives_there(open_page):
    screen = open_page("gaps", show="homes")
    assert set(screen.features("home-classes")[0]) == {"i"}


def test_target_wards_alone(open_page, pack):
    shown = pockets(open_page("gaps", six="1", **{"from": "any"}))
    targets = set(pack.wards.loc[pack.wards["target"], "name"])
    assert set(shown["ward_name"]) <= targets


@pytest.mark.slow
def test_another_basket_comes_by_the_address_and_changes_everything(open_page, pack):
    screen = open_page("gaps", basket="gp_practice-15-2~library-25-5")
    basket = read_basket().changed(thresholds_min={"gp_practice": 15}, weights={"library": 5})
    known = gap_report(survey(pack, basket), measure="children_0_3", baseline="strategy").isolation.areas
    assert f"**{digits(known['isolation'].iloc[0])}%**" in screen.text
    assert any("≤ 15 min" in name.replace("\xa0", " ") or "≤ 15min" in name for name in heat(screen).columns)
    screen.at.button(key="basket-reset").click().run()
    screen.intact()
    assert "basket" not in screen.address


def test_a_basket_that_cannot_be_is_refused_in_words(open_page, report):
    screen = open_page("gaps", basket="library-21-1")
    assert "cannot be used" in screen.text
    assert f"**{digits(report.isolation.areas['isolation'].iloc[0])}%**" in screen.text


def test_what_changed_tells_of_shoeburyness(open_page):
    text = open_page("gaps").text
    assert "half of the children aged 0–3 in Shoeburyness had 12 minutes or more to a GP practice" in text
    assert "Now they have 29 minutes or more." in text
    assert "Dr Dhillon's Surgery is no longer on the list of practices" in text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tab", "words"),
    [
        ("How much there is", "GP practices near enough. The others have"),
        ("Is it fair?", "Kursaal is nearer than West Leigh to 8 of 11 services"),
        ("How sure are we?", "With only the core centres that the council runs itself it is"),
    ],
)
def test_what_lies_behind_is_worked_out_when_its_tab_is_opened(open_page, tab, words):
    screen = open_page("gaps")
    assert words not in screen.text
    screen.at.session_state["gaps-more"] = tab
    screen.run()
    assert words in screen.text


@pytest.mark.slow
def test_every_mode_and_count_is_drawn(open_page):
    for address in ({"by": "drive"}, {"by": "cycle"}, {"counted": "children_in_poverty"}, {"baseline": "census_2011"}):
        screen = open_page("gaps", **address)
        assert len(heat(screen)) == 21, address


@pytest.mark.slow
def test_downloads_hold_what_is_shown(open_page, report, downloads):
    open_page("gaps")
    book = load_workbook(io.BytesIO(downloads["southend-gaps.xlsx"]()))
    assert book.sheetnames[:6] == [
        "About",
        "Wards by service",
        "Target against rest",
        "Too far away",
        "Too far away, by service",
        "Pockets",
    ]
    cover = {row[0].value: row[1].value for row in book["About"].iter_rows() if row[0].value}
    assert report.survey.pack.digest in cover["From which pack"]
    assert "Open Government Licence" in cover["Licence"]
    for page in book.worksheets[1:]:
        assert page.max_row > 1, page.title
    heads = [cell.value for cell in book["Pockets"][1]]
    counts = [row[heads.index("Children aged 0–3")] for row in book["Pockets"].iter_rows(min_row=2, values_only=True)]
    assert all(count % 5 == 0 and count >= 5 for count in counts)
    table = pd.read_csv(io.BytesIO(downloads["southend-gaps.csv"]()), comment="#", encoding="utf-8-sig")
    assert len(table) == 20 * 11
    assert table["share_within"].tolist() == report.services["share_within"].tolist()


def test_geopackage_has_wards_and_pockets(open_page, report, downloads, tmp_path):
    open_page("gaps")
    path = tmp_path / "gaps.gpkg"
    path.write_bytes(downloads["southend-gaps.gpkg"]())
    wards, found = gpd.read_file(path, layer="wards"), gpd.read_file(path, layer="pockets")
    assert len(wards) == 17
    assert len(found) == len(report.pockets)
    assert found.crs.to_epsg() == 27700
    assert (found.geometry.x % 10 == 0).all()
    with sqlite3.connect(path) as file:
        about = dict(file.execute("SELECT heading, text FROM about"))
    assert "list of services" in about
    assert "children aged 0–17 in poverty" in about["counted"]
