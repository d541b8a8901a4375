"""`reach sites`: what it prints is what the analysis gives, in each format."""

import csv
import io
import json

import pytest
from typer.testing import CliRunner

from analysis.reach.catchment import catchments
from analysis.shown import sent
from analysis.travel.access import Access
from cli import app
from geo.network.modes import MODES
from geo.packs import open_pack

CENTRES = ("sites", "--service", "childrens_centre")


def reach(*arguments):
    result = CliRunner(env={"COLUMNS": "160"}).invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(scope="module")
def shown():
    access = Access.of(open_pack("southend"), MODES["walk_pram"])
    return catchments(access, "childrens_centre", measure="children_0_3", baseline="strategy", within_min=15).shown()


def test_json_is_what_the_analysis_gives(shown):
    found = json.loads(reach(*CENTRES, "--format", "json").stdout)
    assert [row["id"] for row in found["rows"]] == [str(site) for site in shown.index]
    for column in ("inside", "alone"):
        assert [row[column] for row in found["rows"]] == [sent(count) for count in shown[column]]
    assert set(found["together"]) == {"reached", "shared", "total"}
    assert found["reading"] == "register"


@pytest.mark.slow
def test_csv_and_table_have_every_site(shown):
    rows = list(csv.DictReader(io.StringIO(reach(*CENTRES, "--format", "csv").stdout)))
    assert [row["name"] for row in rows] == shown["name"].tolist()
    table = reach(*CENTRES).stdout
    assert all(name in table for name in shown["name"])
    assert "outside the area" in table
    assert "Together: " in table


def test_ones_own_sites_have_their_ward(write):
    sites = write("sites.csv", "name,lon,lat,postcode\nHall,0.7117,51.5379,\nHut,,,SS1 2QA\n")
    found = json.loads(reach("sites", "--services", sites, "--format", "json").stdout)
    assert {row["name"] for row in found["rows"]} == {"Hall", "Hut"}
    assert all(row["ward"] != "outside the area" for row in found["rows"])


def test_what_cannot_be_asked_is_refused():
    assert "give --service" in reach("sites").stderr
    assert "threshold" in reach(*CENTRES, "--within", "-3").stderr
    assert reach(*CENTRES, "--format", "xml").exit_code == 2
