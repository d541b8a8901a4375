"""The ward map: what is on screen is what the analysis says, and a link reopens it."""

import io
import re
import sqlite3

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from analysis.reach.need import INDICATORS, group_values, indicators_of, profile, ward_values
from geo.services import CATEGORIES
from geo.vintages import baseline_words
from wording.columns import value_words

KURSAAL, MILTON = "E05002216", "E05002218"
GROUPS = ("target", "rest", "borough")


def counted(pack, measure, baseline):
    """People by ward, summed from the homes themselves."""
    people = pd.Series(pack.measure(measure, baseline), index=pack.demand["ward"].to_numpy())
    return people.groupby(level=0).sum().reindex(pack.wards.index)


def expected(pack, indicator, baseline):
    """Values by ward, without the function that the page calls wherever there is another way."""
    if indicator.kind == "score":
        return ward_values(pack, indicator, baseline)
    values = counted(pack, indicator.measure, baseline)
    return values / counted(pack, indicator.per, baseline) if indicator.per else values


def cards(screen):
    """The big figures of the cards, in order."""
    for element in screen.at.get("html"):
        found = re.findall(r"font-size:[^;]*2.1rem[^>]*>([^<]+)<", element.proto.body)
        if found:
            return found
    raise AssertionError("no cards")


@pytest.mark.slow
def test_opens_on_the_strategys_children(open_page):
    screen = open_page("ward_map")
    assert cards(screen)[0] == "4,032"
    assert "The 6 target wards" in screen.text
    assert "The other 11 wards" in screen.text
    assert "© OpenStreetMap contributors" in screen.text
    assert len(screen.features("wards")) == 17
    assert not screen.address
    assert not screen.notes


def modelled(pack, indicator, baseline):
    """Whether its counts are estimates of ours, which are shown to the nearest 5: not whole numbers as printed."""
    columns = [f"{baseline}.{measure}" for measure in (indicator.measure, indicator.per) if measure and baseline]
    return any((pack.measures[column] % 1 != 0).any() for column in columns)


@pytest.mark.slow
def test_every_measure_under_every_baseline_shows_what_the_analysis_says(pack, open_page):
    screen = open_page("ward_map")
    for name, indicator in indicators_of(pack).items():
        screen.choose("measure", name)
        for baseline in indicator.baselines(pack) or [""]:
            if baseline and screen.chosen("baseline") != baseline:
                screen.choose("baseline", baseline)
            values = expected(pack, indicator, baseline)
            shown = screen.table("value", "rank", "status").set_index("name")
            scale = {"count": 1, "rate": 100, "score": 1}[indicator.kind]
            # What we modelled is to the nearest 5; what is printed stands as it is. A table has whole per cents.
            slack = {"count": 1e-6, "rate": 0.5001, "score": 1e-6}[indicator.kind]
            if modelled(pack, indicator, baseline):
                slack = {"count": 2.5001, "rate": 0.9}[indicator.kind]
            np.testing.assert_allclose(
                shown["value"].reindex(pack.wards["name"]), values * scale, atol=slack, err_msg=f"{name} {baseline}"
            )
            values = ward_values(pack, indicator, baseline)
            assert shown["value"].idxmax() == pack.wards.loc[values.idxmax(), "name"]
            assert shown.loc[shown["rank"] == 1].index[0] == pack.wards.loc[values.idxmax(), "name"]
            groups = group_values(pack, indicator, baseline)
            assert cards(screen) == [value_words(groups[group], indicator) for group in GROUPS], f"{name} {baseline}"
            tips = {f["code"]: f["tip"] for f in screen.features("wards")}
            as_shown = ward_values(pack, indicator, baseline)[KURSAAL]
            assert tips[KURSAAL] == f"{indicator.label}: {value_words(as_shown, indicator)}"


def test_the_classes_on_the_map_follow_the_figures(pack, open_page):
    screen = open_page("ward_map", measure="children_in_poverty")
    values = expected(pack, INDICATORS["children_in_poverty"], "strategy")
    classes = pd.Series({f["code"]: f["c"] for f in screen.features("wards")}).reindex(values.sort_values().index)
    assert classes.is_monotonic_increasing
    assert classes.nunique() > 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("measure", "baseline"),
    [
        ("births_per_year", "mid_2017"),
        ("births_per_year", "mid_2020"),
        ("children_in_poverty", "strategy"),
        ("children_0_3", "mid_2019"),
        ("lone_parent_households", "census_2011"),
    ],
)
def test_small_areas_are_all_there_as_shown(pack, open_page, measure, baseline):
    screen = open_page("ward_map", areas="lsoa", measure=measure, baseline=baseline)
    features = screen.features("lsoas")
    assert {f["code"] for f in features} == set(pack.lsoas.index)
    true = pack.lsoa_counts(measure, baseline)
    for feature in features:
        words, exact = feature["tip"].rpartition(": ")[2], true[feature["code"]]
        assert feature["title"] in set(pack.lsoas["name"])
        if baseline != "strategy":
            assert words == f"{exact:,.0f}", "a count that its publisher prints"
        elif exact < 5:
            assert words == "fewer than 5"
        else:
            assert int(words.replace(",", "")) == 5 * int(exact / 5 + 0.5)


def test_services_are_drawn_as_chosen(pack, open_page):
    screen = open_page("ward_map")
    opened = pack.services[pack.services["status"] == "open"]
    for chosen in (["childrens_centre"], ["library", "gp_practice"], []):
        if chosen != ["childrens_centre"]:
            screen.choose("services", chosen)
        drawn = {f["id"] for f in screen.features("services")}
        assert drawn == set(opened[opened["category"].isin(chosen)].index)
        for name in chosen:
            assert CATEGORIES[name].label.lower() in screen.text.lower()


@pytest.mark.slow
def test_a_ward_has_every_figure_with_its_status_and_source(pack, open_page):
    screen = open_page("ward_map", ward=KURSAAL)
    assert "**Kursaal** is one of the target wards" in screen.text
    short = screen.at.table[0].value
    assert list(short.index) == [indicator.label for indicator in indicators_of(pack).values()]
    figures = profile(pack, KURSAAL)
    every = screen.table("Source", "Status")
    assert len(every) == len(figures) == sum(len(i.baselines(pack) or [""]) for i in indicators_of(pack).values())
    for indicator in indicators_of(pack).values():
        for baseline in indicator.baselines(pack) or [""]:
            row = every[
                (every["Figure"] == indicator.label)
                & (every["Which figures"] == (baseline_words(pack, baseline) if baseline else "2019"))
            ]
            assert len(row) == 1
            values = expected(pack, indicator, baseline)
            seen = ward_values(pack, indicator, baseline)[KURSAAL]
            assert seen == pytest.approx(values[KURSAAL], abs=2.5 if modelled(pack, indicator, baseline) else 1e-6)
            assert row["Kursaal"].item() == value_words(seen, indicator)
            place = int((values > values[KURSAAL]).sum()) + 1
            assert re.match(rf"{place}(st|nd|rd|th)\b", row.filter(like="Rank").iloc[0, 0])
    assert every["Source"].str.len().min() > 3
    assert set(every["Status"]) <= {"published", "census", "modelled"}
    assert every.loc[every["Figure"] == "Children aged 0–17 in poverty", "Status"].item() == "published"
    assert "1,026" in set(every["Kursaal"])


@pytest.mark.slow
def test_a_ward_lists_its_services(pack, open_page):
    screen = open_page("ward_map", ward=MILTON)
    here = pack.services[(pack.services["ward"] == MILTON) & (pack.services["status"] == "open")]
    here = here[here["category"].map(lambda name: CATEGORIES[name].shown)]
    listed = screen.table("Kind", "Name", "Postcode")
    assert sorted(listed["Name"]) == sorted(here["name"])
    libraries = int((here["category"] == "library").sum())
    assert f"{libraries or 'no'} {'library' if libraries == 1 else 'libraries'}" in screen.text


def test_the_chosen_ward_is_outlined(open_page):
    screen = open_page("ward_map")
    assert "chosen" not in screen.layers
    screen.choose("ward", MILTON)
    assert {"chosen", "chosen-edge"} <= set(screen.layers)


@pytest.mark.slow
def test_a_link_reopens_what_was_on_screen(open_page):
    link = {
        "measure": "no_car_rate",
        "areas": "lsoa",
        "ward": KURSAAL,
        "services": "library~pharmacy",
    }
    first = open_page("ward_map")
    for key, value in link.items():
        first.choose(key, value.split("~") if key == "services" else value)
    assert first.address == link
    again = open_page("ward_map", **first.address)
    assert again.address == link
    assert again.chosen("measure") == "no_car_rate"
    assert again.chosen("services") == ["library", "pharmacy"]
    assert again.layers.keys() == first.layers.keys()
    pd.testing.assert_frame_equal(again.table("value", "rank"), first.table("value", "rank"))
    assert not again.notes


def test_what_a_link_has_wrong_is_said_and_left_out(open_page):
    screen = open_page(
        "ward_map", measure="happiness", baseline="doomsday", areas="moon", ward="E99", services="castle~library"
    )
    assert len(screen.notes) == 5
    assert "happiness" in screen.notes[0]
    assert screen.chosen("measure") == "children_0_3"
    assert screen.chosen("baseline") == "strategy"
    assert screen.chosen("services") == ["library"]
    assert cards(screen)[0] == "4,032"


@pytest.mark.parametrize("page", ["ward_map", "travel_time", "data_and_method"])
def test_an_unknown_area_is_said_in_plain_words(open_page, page):
    screen = open_page(page, area="atlantis")
    (said,) = screen.at.warning
    assert "There is no area called “atlantis” here" in said.value
    assert "area-southend" in [button.key for button in screen.at.button]
    assert not screen.at.dataframe


@pytest.mark.parametrize("area", ["../southend", "/etc", "southend/../southend", "SOUTHEND", " "])
def test_an_area_that_is_no_name_opens_nothing(open_page, area):
    screen = open_page("ward_map", area=area)
    assert len(screen.at.warning) == 1
    assert not screen.at.dataframe


def test_the_table_comes_down_as_csv(pack, open_page, downloads):
    screen = open_page("ward_map", measure="child_poverty_rate")
    name = "southend-child_poverty_rate-strategy.csv"
    text = downloads[name]().decode("utf-8-sig")
    head = [line for line in text.splitlines() if line.startswith("#")]
    assert any("OpenStreetMap" in line for line in head)
    assert any("licence" in line for line in head)
    frame = pd.read_csv(io.StringIO(text), comment="#").set_index("code")
    shown = screen.table("value", "rank", "status")
    assert sorted(frame.index) == sorted(pack.wards.index)
    assert frame["child_poverty_rate"].is_monotonic_decreasing
    assert frame["name"].tolist() == shown["name"].tolist()
    assert frame["rank"].tolist() == shown["rank"].tolist()
    assert frame["status"].tolist() == shown["status"].tolist()
    np.testing.assert_allclose(frame["child_poverty_rate"] * 100, shown["value"], atol=0.51)


def test_the_map_comes_down_as_geopackage(pack, open_page, downloads, tmp_path):
    open_page("ward_map")
    (name,) = [name for name in downloads if name.endswith(".gpkg")]
    path = tmp_path / name
    path.write_bytes(downloads[name]())
    wards = gpd.read_file(path, layer="wards").set_index("code")
    assert len(wards) == 17
    assert wards.crs.to_epsg() == 27700
    assert wards.geometry.is_valid.all()
    assert wards.loc[wards["group"] == "target", "children_0_3"].sum() == pytest.approx(4032, abs=3)
    with sqlite3.connect(path) as file:
        about = dict(file.execute("SELECT heading, text FROM about").fetchall())
    file.close()
    assert {"title", "figures", "licence", "attribution", "pack"} <= set(about)
    assert about["pack"].endswith(pack.digest)


def answer(screen):
    """The sentence on top of the page."""
    return next(m.value for m in screen.at.markdown if m.value.startswith("## ")).replace("**", "")


@pytest.mark.slow
def test_the_answer_is_a_sentence_that_knows_what_is_too_close_to_call(open_page):
    poor = answer(open_page("ward_map", measure="children_in_poverty"))
    assert poor == (
        "## Victoria (about 1,045) and Kursaal (1,026) have most children aged 0–17 in poverty; too close to call. "
        "West Leigh has the fewest (about 110)."
    )
    census = answer(open_page("ward_map", measure="lone_parent_households"))
    assert "about" not in census, "counted, not modelled"
    assert "too close" not in census
    small = answer(open_page("ward_map", measure="children_in_poverty", areas="lsoa"))
    assert re.match(r"## Southend-on-Sea \d{3}[A-F] in [A-Z]", small)
    score = answer(open_page("ward_map", measure="imd2019"))
    assert score.startswith("## Kursaal (about 45.4) has the highest deprivation score (IMD 2019).")


def test_the_table_has_the_areas_of_the_map_with_their_ranges(pack, open_page):
    screen = open_page("ward_map", measure="children_in_poverty", areas="lsoa")
    small = screen.table("value", "low", "high", "share", "ward_name")
    assert sorted(small["name"]) == sorted(pack.lsoas["name"])
    assert small["value"].is_monotonic_decreasing
    screen.choose("areas", "ward")
    wards = screen.table("value", "low", "high", "share", "rate").set_index("name")
    assert wards.index[0] == "Victoria"
    assert wards.loc["Kursaal", ["value", "low", "high"]].tolist() == [1026, 1026, 1026]
    assert wards.loc["Victoria", "low"] < 1026 < wards.loc["Victoria", "high"]
    counted = open_page("ward_map", measure="lone_parent_households").table("value", "share", "rank")
    assert not {"low", "high"} & set(counted.columns), "no choice of ours is in a count of the census"


def test_a_profile_tells_ranges_and_the_other_readings(open_page):
    screen = open_page("ward_map", ward="E05002215")
    assert "Counting the branch surgeries of 2017 it would be 87%." in screen.text
    assert re.search(r"4[01]% \(\d\d% to \d\d%\)\*\* can reach a GP practice within 20 minutes", screen.text)
    assert "less than the borough’s 79%" in screen.text
    assert (screen.at.table[0].value["Could be"] != "").any()
