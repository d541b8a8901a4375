"""`reach find`, and what other commands say of a postcode."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from analysis.travel.access import Access, journeys
from cli import app
from geo.network.modes import MODES, mode_named
from geo.packs import open_pack
from wording.rounding import digits


@pytest.fixture(scope="module")
def pack():
    return open_pack("southend")


def reach(*arguments):
    result = CliRunner(env={"COLUMNS": "160"}).invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def refused(*arguments):
    result = reach(*arguments)
    assert result.exit_code == 2
    assert not result.stdout
    return result.stderr


@pytest.mark.slow
def test_a_name_of_several_places_lists_them_and_works_nothing_out():
    said = refused("find", "High Street")
    assert "High Street is in 4 wards. Which one?" in said
    listed = [line.strip() for line in said.splitlines() if line.startswith("  ")]
    assert [line.partition(" (near ")[0] for line in listed] == [
        f"High Street, {ward}" for ward in ("Leigh", "Milton", "Shoeburyness", "Victoria")
    ]


@pytest.mark.slow
def test_a_misspelt_name_and_a_place_elsewhere_are_refused():
    assert "Ness Road, Shoeburyness" in refused("find", "Nes Road, Shoeburynes")
    said = refused("find", "CM1 1AA")
    assert said == "Error: CM1 1AA is outside Southend-on-Sea.\n"
    assert "last two letters are missing" in refused("find", "SS1 2")
    assert "unknown service 'pub'" in refused("find", "SS3 9PD", "--service", "pub")


@pytest.mark.slow
def test_a_place_has_its_journeys(pack):
    result = reach("find", "12 Ness Road, Shoeburyness", "--format", "json")
    assert "House numbers are not in the data" in result.stderr
    assert "Ness Road, West Shoebury" in result.stderr
    found = json.loads(result.stdout)
    assert found["place"]["name"] == "Ness Road, Shoeburyness"
    other = json.loads(reach("find", "Ness Road, West Shoebury", "--format", "json").stdout)
    centre = {row["service"]: row for row in other["rows"]}["childrens_centre"]
    assert found["rows"][0]["service"] == "childrens_centre"
    assert found["rows"][0]["minutes"] - centre["minutes"] > 5, "the two are no one place"
    home = pack.postcodes.set_index("postcode").loc["SS3 9PD", ["easting", "northing"]].to_numpy(float)
    (journey,) = journeys(Access.of(pack, MODES["drive"]), home, ["library"])
    (row,) = json.loads(reach("find", "ss39pd", "--service", "library", "--mode", "drive", "--format", "json").stdout)[
        "rows"
    ]
    assert row["minutes"] == pytest.approx(journey.route.time_s / 60, abs=0.06)
    assert row["nearest"] == pack.services.loc[journey.service_id, "name"]
    table = reach("find", "ss39pd").stdout
    assert "From SS3 9PD: walking with a pram" in table
    assert "Shoeburyness Library" in table


@pytest.mark.slow
def test_a_ward_has_the_times_of_its_people(pack):
    result = reach("find", "west shoebury", "--service", "childrens_centre", "--format", "json")
    (row,) = json.loads(result.stdout)["rows"]
    here = (pack.demand["ward"] == pack.wards.index[pack.wards["name"] == "West Shoebury"][0]).to_numpy()
    seconds = Access.of(pack, MODES["walk_pram"]).to_category("childrens_centre").nearest_s[here]
    people = pack.measure(row["people"], pack.baselines[0])[here]
    for key, share in (("p10_min", 0.1), ("median_min", 0.5), ("p90_min", 0.9)):
        time_s = row[key] * 60
        assert people[seconds <= time_s + 4].sum() >= share * people.sum()
        assert people[seconds < time_s - 4].sum() <= share * people.sum()
    assert "From West Shoebury ward" in reach("find", "West Shoebury").stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("area", "ward", "service", "options", "mode"),
    [
        ("newport", "rogerstone", "pharmacy", (), "transit_pram"),
        (
            "southend",
            "shoeburyness",
            "hospital",
            ("--day", "friday", "--between", "8:00-9:00", "--sure", "nine_in_ten", "--assumed"),
            "transit_pram@friday,08:00-09:00,nine_in_ten,assumed",
        ),
    ],
)
def test_a_ward_has_the_times_of_its_people_by_bus(area, ward, service, options, mode):
    asked = ("find", ward, "--area", area, "--service", service, "--mode", "transit_pram", *options)
    found = json.loads(reach(*asked, "--format", "json").stdout)
    (row,) = found["rows"]
    pack = open_pack(area)
    access = Access.of(pack, mode_named(mode))
    here = (pack.demand["ward"].map(pack.wards["name"]).str.lower() == ward).to_numpy()
    # Every minute of the window asked of the search itself, home by home; the share that counts is taken here.
    sites = pack.services_of(service)[["easting", "northing"]].to_numpy(float)
    by_minute, _ = access.transit.by_minute(access.homes, access.snap(sites))
    share = 0.9 if "nine_in_ten" in mode else 0.5
    minutes = np.sort(by_minute, axis=1)[here, int(np.ceil(share * by_minute.shape[1])) - 1] / 60
    people = pack.measure(row["people"], pack.baselines[0])[here]
    for key, part in (("p10_min", 0.1), ("median_min", 0.5), ("p90_min", 0.9)):
        assert people[minutes <= row[key] + 0.06].sum() >= part * people.sum()
        assert people[minutes < row[key] - 0.06].sum() <= part * people.sum()
    walking = json.loads(reach(*asked[:6], "--mode", "walk_pram", "--format", "json").stdout)["rows"][0]
    assert row["median_min"] < walking["median_min"], "buses and trains help here"
    name = pack.wards.loc[pack.wards["name"].str.lower() == ward, "name"].iloc[0]
    table = reach(*asked)
    assert f"From {name} ward: bus and train with a pram" in table.stdout
    assert "of leaving on a" in table.stdout
    assert digits(row["median_min"]) in table.stdout
    assert "Times of" in table.stderr
    assert found["day"] == ("friday" if options else "tuesday")


@pytest.mark.slow
def test_a_day_of_which_the_trains_are_not_known_is_told():
    asked = ("find", "shoeburyness", "--service", "hospital", "--mode", "transit_pram", "--day", "saturday")
    assert "says nothing of a Saturday" in refused(*asked)
    told = reach(*asked, "--assumed")
    assert told.exit_code == 0
    assert "How trains run on a Saturday is not known, so only the assumed routes count." in told.stderr
    assert "not known" not in reach(*asked[:-1], "friday", "--assumed").stderr


@pytest.mark.slow
def test_place_tells_of_boxes_and_takes_a_ward_by_its_name(pack):
    asked = ("place", "--hubs", 1, "--candidates", "library", "--alternatives", 0)
    told = reach(*asked, "--postcode", "ss99 1aa")
    assert told.exit_code == 0
    assert "Note: SS99 1AA is a PO box" in told.stderr
    assert "PO box" not in reach(*asked, "--postcode", "SS3 9PD").stderr
    assert "CM1 1AA is outside Southend-on-Sea" in refused(*asked, "--postcode", "CM1 1AA")
    code = pack.wards.index[pack.wards["name"] == "Milton"][0]
    asked = ("place", "--hubs", 1, "--candidates", "school", "--alternatives", 0, "--format", "json")
    by_name, by_code = (json.loads(reach(*asked, "--ward", ward).stdout) for ward in ("milton", code))
    assert by_name["sites"] == by_code["sites"]
    assert "unknown ward 'Narnia'" in refused(*asked, "--ward", "Narnia")


def test_own_sites_at_a_box_are_told(tmp_path):
    file = tmp_path / "sites.csv"
    file.write_text("name,postcode\nHub,SS99 1AA\nHall,SS3 9PD\n", encoding="utf-8")
    told = reach("access", "--services", file, "--format", "csv")
    assert told.exit_code == 0
    assert told.stderr.count("PO box") == 1
    assert np.isfinite(float(told.stdout.splitlines()[1].split(",")[3]))
