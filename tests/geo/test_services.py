"""Joining the tables of many publishers."""

import numpy as np
import pandas as pd
import pytest

from geo.errors import SourceError, UnknownNameError
from geo.services import CATEGORIES, COLUMNS, category_named, join_services, use_building_positions


def table(*rows):
    """Services of id, category, name, easting, northing and postcode."""
    short = pd.DataFrame(rows, columns=["id", "category", "name", "easting", "northing", "postcode"])
    rest = {
        "subtype": "",
        "address": "",
        "precision": "postcode",
        "status": "open",
        "tags": "",
        "opening_hours": "",
        "source": "s",
    }
    frame = short.assign(**rest, vintage="2025")
    return frame.astype({"easting": float, "northing": float})[list(COLUMNS)]


POSTCODES = pd.DataFrame(
    {"postcode": ["SS1 2AB", "SS2 3CD"], "easting": [588000.0, 587000.0], "northing": [185000.0, 186000.0]}
)


def test_rows_are_placed_by_their_postcode_only_where_they_have_no_position():
    joined = join_services(
        [
            table(("b", "library", "B", 1.0, 2.0, "SS1 2AB"), ("a", "library", "A", np.nan, np.nan, "SS2 3CD")),
            table(("c", "gp_practice", "C", np.nan, 7.0, "SS1 2AB")),
        ],
        POSTCODES,
    )
    assert joined["id"].tolist() == ["c", "a", "b"]
    assert joined[["easting", "northing"]].to_numpy().tolist() == [[588000, 185000], [587000, 186000], [1, 2]]
    assert joined.attrs["unplaced"] == []
    assert list(joined.columns) == list(COLUMNS)


def test_rows_that_nothing_places_are_named():
    joined = join_services(
        [table(("a", "library", "A", np.nan, np.nan, "XX1 1XX"), ("b", "library", "B", 1.0, 2.0, ""))], POSTCODES
    )
    assert joined["id"].tolist() == ["b"]
    assert joined.attrs["unplaced"] == ["a"]


def test_id_that_stands_twice_is_refused():
    twice = table(("a", "library", "A", 1.0, 2.0, ""))
    with pytest.raises(SourceError, match="stand twice: a"):
        join_services([twice, twice], POSTCODES)


def test_unknown_category_is_refused():
    with pytest.raises(SourceError, match="pub"):
        join_services([table(("a", "pub", "A", 1.0, 2.0, ""))], POSTCODES)


def test_order_of_the_tables_does_not_matter():
    a, b = table(("a", "library", "A", 1.0, 2.0, "")), table(("b", "dentist", "B", 1.0, 2.0, ""))
    pd.testing.assert_frame_equal(join_services([a, b], POSTCODES), join_services([b, a], POSTCODES))


def test_service_moves_to_the_building_of_its_name_nearby():
    libraries = table(
        ("1", "library", "Leigh Library", 0.0, 0.0, ""),
        ("2", "library", "Kent Elms Library", 1000.0, 0.0, ""),
        ("3", "library", "Thorpe Bay Library", 5000.0, 0.0, ""),
    )
    buildings = pd.DataFrame(
        {
            "name": ["Leigh Community Centre Library", "Kent Elms", "Thorpe Bay", "Westcliff Library"],
            "easting": [30.0, 1000.0, 5401.0, 5001.0],
            "northing": [40.0, 400.0, 0.0, 0.0],
        }
    )
    moved = use_building_positions(libraries, buildings, dull="Southend-on-Sea")
    assert moved[["easting", "northing"]].to_numpy().tolist() == [[30, 40], [1000, 400], [5000, 0]]
    assert moved["precision"].tolist() == ["building", "building", "postcode"]
    assert libraries["easting"].tolist() == [0, 1000, 5000]


def test_nearest_of_two_buildings_of_the_name_is_taken():
    libraries = table(("1", "library", "Leigh Library", 0.0, 0.0, ""))
    buildings = pd.DataFrame({"name": ["Leigh A", "Leigh B"], "easting": [200.0, -100.0], "northing": [0.0, 0.0]})
    assert use_building_positions(libraries, buildings, dull="Southend-on-Sea")["easting"].tolist() == [-100]


def test_dull_words_tie_nothing_together():
    libraries = table(("1", "library", "Southend Library and the Hub", 0.0, 0.0, ""))
    buildings = pd.DataFrame({"name": ["The Library Hub of Southend"], "easting": [10.0], "northing": [0.0]})
    assert use_building_positions(libraries, buildings, dull="Southend-on-Sea")["precision"].tolist() == ["postcode"]


def test_unknown_category_lists_those_that_are_shown():
    assert category_named("library").plural == "libraries"
    with pytest.raises(UnknownNameError) as caught:
        category_named("pub")
    assert caught.value.valid == [name for name, category in CATEGORIES.items() if category.shown]
    assert "gp_practice_2019" not in caught.value.valid


def test_services_of_the_pack_are_whole(pack):
    services = pack.services.reset_index()
    assert set(COLUMNS) <= set(services.columns)
    assert services["id"].is_unique
    assert set(services["category"]) <= set(CATEGORIES)
    assert set(services["status"]) <= {"open", "closed", "past"}
    assert set(services["precision"]) <= {"building", "stop", "geocode", "postcode"}
    assert np.isfinite(services[["easting", "northing"]].to_numpy()).all()
    assert set(services["ward"]) <= {"", *pack.wards.index}
    keys = {source["key"]: source["vintage"] for source in pack.provenance["sources"]}
    assert (services["source"].map(keys) == services["vintage"]).all()


@pytest.mark.sources
def test_stations_and_practices_of_the_pack_are_those_of_the_reference(pack, sources_dir):
    reference = pd.read_csv(sources_dir / "southend" / "services_reference.csv", dtype=str, keep_default_na=False)
    stations = set(reference.loc[reference["category"] == "rail_station"].iloc[:, -1])
    assert {"naptan-" + code for code in stations} == set(pack.services_of("rail_station").index)


def test_pack_holds_the_services_of_the_borough(pack):
    """Southend Airport, the tenth station, stands in Rochford."""
    inside = pack.services[pack.services["ward"] != ""]
    counts = inside[inside["status"] == "open"]["category"].value_counts()
    expected = {"gp_practice": 24, "childrens_centre": 9, "library": 6, "hospital": 1, "rail_station": 9}
    assert {category: int(counts[category]) for category in expected} == expected
