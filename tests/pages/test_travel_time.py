"""Travel time: the sentence, the table and the journeys are what the analysis says, and a link reopens them."""

import io
import re
import sqlite3

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from analysis.travel.access import Access, journeys
from geo.coordinates import to_grid
from geo.measures import MEASURES
from geo.network.modes import MODES
from geo.services import CATEGORIES

POSTCODE = "SS3 9PD"


@pytest.fixture(scope="module")
def times(pack):
    """Seconds from every home to the nearest service, by mode and category."""
    known = {}

    def asked(mode, service):
        if mode not in known:
            known[mode] = Access.of(pack, MODES[mode])
        return known[mode].to_category(service).nearest_s.astype(float)

    return asked


def count(pack, seconds, measure, baseline, within):
    """People reached and people in all, of the target wards and of the rest."""
    people = pack.measure(measure, baseline)
    target = pack.demand["ward"].isin(pack.target_wards).to_numpy()
    near = seconds <= within * 60
    return [(people[side & near].sum(), people[side].sum()) for side in (target, ~target)]


def nearest_five(count):
    return 5 * int(count / 5 + 0.5)


def sentence(screen):
    """The sentence that matters, without its marks."""
    (line,) = [m.value for m in screen.at.markdown if "can reach" in m.value and "six target wards" in m.value]
    return re.sub(r"[#*]", "", line).strip()


def agrees(
    screen,
    pack,
    times,
    *,
    service="childrens_centre",
    mode="walk_pram",
    within=15,
    who="children_0_3",
    baseline="strategy",
):
    """Hold the sentence and the table against figures worked out from the homes."""
    seconds = times(mode, service)
    (near, total), (near_rest, total_rest) = count(pack, seconds, who, baseline, within)
    said = sentence(screen)
    counted = MEASURES[who].label[0].lower() + MEASURES[who].label[1:]
    start = f"{total if near == total else nearest_five(near):,.0f} of {total:,.0f} {counted} in the six"
    assert said.startswith(start), (said, start)
    assert f"within {within} minutes" in said
    assert CATEGORIES[service].label in said
    shares = [int(n) for n in re.findall(r"(\d+)%", said)]
    for shown, share in zip(shares, (near / total, near_rest / total_rest), strict=True):
        assert abs(shown - share * 100) <= 1
    table = screen.table("total", "reached", "share").set_index("name")
    by_ward = pd.DataFrame(
        {"n": pack.measure(who, baseline), "near": pack.measure(who, baseline) * (seconds <= within * 60)}
    )
    sums = by_ward.groupby(pack.demand["ward"].to_numpy()).sum().reindex(pack.wards.index)
    shown = table.reindex(pack.wards["name"])
    # What we modelled is to the nearest 5, and a part of it may be one step below all of it.
    np.testing.assert_allclose(shown["total"], sums["n"], atol=2.501)
    np.testing.assert_allclose(shown["reached"], sums["near"], atol=5.01)
    np.testing.assert_allclose(
        shown["share"],
        sums["near"] / sums["n"] * 100,
        atol=1.5,
    )
    assert table.loc[pack.name, "total"] == pytest.approx(total + total_rest, abs=2.51)


def test_opens_on_children_with_a_pram(pack, times, open_page):
    screen = open_page("travel_time")
    agrees(screen, pack, times)
    assert "4,032 children aged 0–3" in sentence(screen)
    assert "© OpenStreetMap contributors" in screen.text
    assert not screen.address
    assert len(screen.at.get("vega_lite_chart")) == 2


@pytest.mark.slow
def test_each_control_changes_the_figures_to_what_the_analysis_says(pack, times, open_page):
    screen = open_page("travel_time")
    seen = {sentence(screen)}
    now = {}
    for key, value in (
        ("service", "gp_practice"),
        ("mode", "walk_adult"),
        ("within", 8),
        ("who", "households_no_car"),
        ("service", "library"),
        ("mode", "cycle"),
        ("who", "population"),
        ("baseline", "mid_2020"),
        ("within", 12),
        ("mode", "walk_toddler"),
        ("service", "rail_station"),
        ("mode", "drive"),
        ("within", 5),
    ):
        screen.choose(key, value)
        now[key] = value
        now["baseline"] = screen.chosen("baseline")
        agrees(screen, pack, times, **now)
        seen.add(sentence(screen))
    assert len(seen) == 14, "every change showed"


@pytest.mark.slow
def test_every_kind_of_service_can_be_asked_for(open_page, pack):
    screen = open_page("travel_time")
    offered = [name for name, c in CATEGORIES.items() if c.shown and len(pack.services_of(name))]
    assert len(screen.at.selectbox(key="service").options) == len(offered)
    for name in offered:
        screen.choose("service", name)
        assert CATEGORIES[name].label in sentence(screen)
        drawn = {f["id"] for f in screen.features("services")}
        assert drawn == set(pack.services_of(name).index)


@pytest.mark.slow
def test_streets_are_coloured_by_minutes(pack, times, open_page):
    screen = open_page("travel_time", service="library")
    bands = {}
    for within in (15, 30):
        screen.choose("within", within)
        layer = screen.layers["street-times"]
        bands[within] = re.search(r'"([0-9a-z]{1000,})"', layer["getColor"])[1]
    assert len(bands[15]) == len(bands[30])
    within_limit = {minutes: sum(c in "012" for c in code) for minutes, code in bands.items()}
    assert within_limit[30] > 1.3 * within_limit[15]


@pytest.mark.slow
@pytest.mark.parametrize("typed", [POSTCODE, "ss39pd", "  ss3  9pd "])
def test_a_postcode_gives_journeys_to_every_kind(pack, open_page, typed):
    screen = open_page("travel_time")
    screen.choose("place", typed)
    assert f"From {POSTCODE}" in screen.text
    shown = screen.table("Nearest", "Minutes").set_index("Kind")
    kinds = [name for name, c in CATEGORIES.items() if c.shown]
    home = pack.postcodes.set_index("postcode").loc[POSTCODE, ["easting", "northing"]].to_numpy(float)
    found = journeys(Access.of(pack, MODES["walk_pram"]), home, kinds)
    assert len(shown) == len(kinds)
    for journey in found:
        label = CATEGORIES[journey.category].label
        row = shown.loc[label[0].upper() + label[1:]]
        assert row["Nearest"] == pack.services.loc[journey.service_id, "name"]
        assert row["Minutes"] == pytest.approx(journey.route.time_s / 60, abs=0.51)
    assert {"route", "here"} <= set(screen.layers)


@pytest.mark.slow
def test_the_way_is_told_street_by_street_and_drawn(pack, open_page):
    screen = open_page("travel_time", place=POSTCODE)
    lines = {}
    for kind in ("childrens_centre", "library"):
        screen.choose("way", kind)
        home = pack.postcodes.set_index("postcode").loc[POSTCODE, ["easting", "northing"]].to_numpy(float)
        (journey,) = journeys(Access.of(pack, MODES["walk_pram"]), home, [kind])
        (legs,) = [m.value for m in screen.at.markdown if m.value.startswith("1. ")]
        assert len(legs.splitlines()) == len(journey.route.legs)
        for line, (street, _) in zip(legs.splitlines(), journey.route.legs, strict=True):
            assert line.startswith(f"1. {street or 'a path'}")
        lines[kind] = screen.layers["route"]["data"]
    assert lines["childrens_centre"] != lines["library"]


def names_of(screen):
    return [button.label.replace("\\", "") for button in screen.at.button if str(button.key).startswith("place-")]


def press(screen, start):
    (button,) = [one for one in screen.at.button if one.label.startswith(start) and str(one.key).startswith("place-")]
    button.click().run()
    screen.intact()


@pytest.mark.slow
def test_a_street_of_several_wards_is_asked_back_and_answered_after_the_choice(pack, open_page):
    """The two Ness Roads are a long way apart: whichever came first in the alphabet would be wrong for the other."""
    screen = open_page("travel_time")
    screen.choose("place", "Ness Road")
    assert "Which one?" in screen.at.info[0].value
    assert len(names_of(screen)) == 2
    assert not [m for m in screen.at.markdown if m.value.startswith("**From")], "no answer before the choice"
    assert not {"route", "here"} & set(screen.layers)
    minutes = []
    for name in ("Ness Road, Shoeburyness", "Ness Road, West Shoebury"):
        screen.choose("place", "Ness Road")
        press(screen, name)
        assert screen.address["place"] == name
        (said,) = [m.value for m in screen.at.markdown if m.value.startswith("**From")]
        assert said.startswith(f"**From {name}**")
        minutes.append(int(re.search(r"\*\*(\d+) min", said)[1]))
        again = open_page("travel_time", **screen.address)
        assert said in [m.value for m in again.at.markdown], "a link reopens the choice"
        assert [one for one in names_of(again) if one != name], "and the other is one press away"
    assert minutes[0] - minutes[1] > 5, minutes
    screen.choose("place", "High Street")
    assert [name.partition(" (")[0] for name in names_of(screen)] == [
        f"High Street, {ward}" for ward in ("Leigh", "Milton", "Shoeburyness", "Victoria")
    ]
    assert all("near" in name for name in names_of(screen))


def test_a_service_will_do(open_page):
    screen = open_page("travel_time")
    screen.choose("place", "friars children's centre")
    assert "From Friars Children's Centre" in screen.text
    assert "The nearest children's centre is Friars Children's Centre" in screen.text


@pytest.mark.slow
@pytest.mark.parametrize("typed", ["West Shoebury", "west shoebury ward"])
def test_a_ward_is_answered_with_its_people(pack, times, open_page, typed):
    screen = open_page("travel_time", place=typed)
    (said,) = [m.value for m in screen.at.markdown if m.value.startswith("**From West Shoebury ward**")]
    here = (pack.demand["ward"] == pack.wards.index[pack.wards["name"] == "West Shoebury"][0]).to_numpy()
    seconds = times("walk_pram", "childrens_centre")[here]
    people = pack.measure(next(m for m in MEASURES if m in pack.measure_names()), pack.baselines[0])[here]
    order = np.argsort(seconds)
    share = np.cumsum(people[order]) / people.sum()
    low, median, high = (seconds[order][np.searchsorted(share, q - 1e-12)] / 60 for q in (0.1, 0.5, 0.9))
    shown = [int(n) for n in re.findall(r"(\d+) min", said)]
    assert shown == pytest.approx([median, low, high], abs=0.51)
    assert "8 in 10" in said
    assert "chosen" in screen.layers
    view = screen.view
    assert view["zoom"] > open_page("travel_time").view["zoom"] + 1


@pytest.mark.slow
def test_the_map_goes_to_the_place(pack, open_page):
    before = open_page("travel_time").view
    home = pack.postcodes.set_index("postcode").loc[POSTCODE]
    after = open_page("travel_time", place=POSTCODE).view
    assert after["zoom"] > before["zoom"] + 1
    (east,), (north,) = to_grid(after["longitude"], after["latitude"], pack.crs)
    assert np.hypot(east - home["easting"], north - home["northing"]) < 2500
    assert open_page("travel_time", place="nowhere").view == before


@pytest.mark.slow
def test_a_misspelt_street_is_asked_back(open_page):
    screen = open_page("travel_time")
    screen.choose("place", "Nes Road, Shoeburynes")
    (warning,) = screen.at.warning
    assert "was not found" in warning.value
    assert screen.chosen("place") == "Nes Road, Shoeburynes", "what was typed is not lost"
    press(screen, "Ness Road, Shoeburyness")
    assert "From Ness Road, Shoeburyness" in screen.text


@pytest.mark.slow
def test_nonsense_is_answered_plainly(open_page):
    screen = open_page("travel_time")
    for typed in ("zzzzqqqq", "<b>x</b>", "'; DROP TABLE", "?" * 80):
        screen.choose("place", typed)
        (warning,) = screen.at.warning
        assert "was not found" in warning.value
        assert "here" not in screen.layers


@pytest.mark.slow
def test_a_postcode_that_is_elsewhere_cut_short_or_a_box_is_told(open_page):
    screen = open_page("travel_time", place="CM1 1AA")
    assert "CM1 1AA is outside Southend" in screen.at.warning[0].value
    assert not names_of(screen)
    screen.choose("place", "SS4 1")
    assert "the last two letters are missing" in screen.at.warning[0].value
    screen.choose("place", "SS99 1AA")
    assert "PO box" in screen.at.info[0].value
    screen.choose("place", "SS2 6ZZ")
    assert all(name.startswith("SS2 6") for name in names_of(screen))


@pytest.mark.slow
def test_a_link_reopens_what_was_on_screen(open_page):
    first = open_page("travel_time")
    for key, value in (
        ("service", "library"),
        ("mode", "cycle"),
        ("within", 20),
        ("who", "population"),
        ("baseline", "mid_2019"),
        ("place", POSTCODE),
        ("way", "dentist"),
    ):
        first.choose(key, value)
    assert first.address == {
        "service": "library",
        "mode": "cycle",
        "within": "20",
        "who": "population",
        "baseline": "mid_2019",
        "place": POSTCODE,
        "way": "dentist",
    }
    again = open_page("travel_time", **first.address)
    assert sentence(again) == sentence(first)
    assert again.address == first.address
    assert again.chosen("way") == "dentist"
    assert f"From {POSTCODE}" in again.text
    pd.testing.assert_frame_equal(again.table("total", "reached"), first.table("total", "reached"))
    assert not again.notes


@pytest.mark.slow
@pytest.mark.parametrize("within", ["61", "0", "-5", "nan", "inf", "ten", "7.5"])
def test_what_a_link_has_wrong_is_said_and_left_out(open_page, within):
    screen = open_page("travel_time", service="castle", mode="fly", within=within, who="ghosts", baseline="doomsday")
    assert len(screen.notes) == 5
    assert any(f"“{within}”" in note for note in screen.notes)
    assert screen.chosen("within") == 15
    assert "can reach a children's centre within 15 minutes walking with a pram" in sentence(screen)


@pytest.mark.slow
def test_what_is_chosen_stays_from_page_to_page(open_page):
    screen = open_page("travel_time", within="20", service="library")
    before = sentence(screen)
    screen.at.switch_page("pages/ward_map.py")
    screen.run()
    screen.at.switch_page("pages/travel_time.py")
    screen.run()
    assert sentence(screen) == before


def test_the_table_comes_down_as_csv_and_geopackage(pack, open_page, downloads, tmp_path):
    screen = open_page("travel_time", service="gp_practice", within="10")
    shown = screen.table("total", "reached", "share").set_index("name").reindex(pack.wards["name"])
    assert {name for name in downloads if not name.endswith((".png", ".svg"))} == {
        f"southend-gp_practice-walk_pram-10min.{ending}" for ending in ("csv", "gpkg")
    }
    text = downloads["southend-gp_practice-walk_pram-10min.csv"]().decode("utf-8-sig")
    frame = pd.read_csv(io.StringIO(text), comment="#")
    assert frame["name"].tolist() == shown.index.tolist()
    np.testing.assert_allclose(frame["reached"], shown["reached"], atol=0.51)
    np.testing.assert_allclose(frame["share"] * 100, shown["share"], atol=0.51)  # the page shows whole per cents
    path = tmp_path / "reach.gpkg"
    path.write_bytes(downloads["southend-gp_practice-walk_pram-10min.gpkg"]())
    wards = gpd.read_file(path, layer="wards")
    assert len(wards) == 17
    np.testing.assert_allclose(wards["reached"], frame["reached"])
    file = sqlite3.connect(path)
    about = dict(file.execute("SELECT heading, text FROM about").fetchall())
    file.close()
    assert "within 10 minutes" in about["title"]
    assert about["status"] == "modelled"
