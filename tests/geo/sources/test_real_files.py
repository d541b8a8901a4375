"""The publishers' own files, checked against what is known of them."""

import pandas as pd
import pytest

from geo.services import COLUMNS
from geo.sources.code_point_open import read_code_point_open
from geo.sources.food_hygiene import read_food_hygiene
from geo.sources.gias import read_childrens_centres
from geo.sources.hospitals import read_hospitals
from geo.sources.libraries import read_libraries
from geo.sources.low_income import read_low_income
from geo.sources.naptan import read_naptan
from geo.sources.nhs_ods import (
    read_dentists,
    read_gp_branches,
    read_gp_practices,
    read_health_clinics,
    read_pharmacies,
)
from geo.sources.osm_places import read_osm_libraries, read_osm_places
from geo.sources.rail_patterns import read_rail_patterns, station_key
from geo.sources.strategy import read_strategy

pytestmark = pytest.mark.sources

KEY = {"source": "key", "vintage": "2025"}
BOROUGH = "E06000033"
TARGETS = ["Kursaal", "Milton", "Shoeburyness", "Victoria", "Westborough", "West Shoebury"]
GP_FILE = "nhs_ods_epraccur_2025-09_SS.csv"


@pytest.fixture(scope="module")
def publishers(sources_dir):
    return sources_dir / "southend" / "publishers"


@pytest.fixture(scope="module")
def statistics(sources_dir):
    return sources_dir / "southend" / "statistics"


@pytest.fixture(scope="module")
def postcodes(publishers):
    return read_code_point_open(publishers / "code_point_open_ss_2025-10.csv", **KEY)


@pytest.fixture(scope="module")
def reference(sources_dir):
    return pd.read_csv(sources_dir / "southend" / "services_reference.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def in_borough(postcodes):
    inside = set(postcodes.loc[postcodes["district"] == BOROUGH, "postcode"])
    return lambda services: services[services["postcode"].isin(inside)]


def listed(reference, category, *, inside=True):
    """References of one category in the list compiled by hand."""
    rows = reference[(reference["category"] == category) & ((reference["lad"] == BOROUGH) | (not inside))]
    return set(rows["ref"])


def refs(services):
    return set(services["id"].str.split("-", n=1).str[1])


def test_postcodes(postcodes):
    assert (postcodes["district"] == BOROUGH).sum() == 3642
    assert postcodes.loc[postcodes["district"] == BOROUGH, "ward"].nunique() == 17
    assert postcodes.attrs["dropped"] == 0


def test_low_income(statistics):
    low_income = read_low_income(statistics / "children_low_income_families_ward.csv", **KEY)
    assert len(low_income) == 17 * 8
    assert low_income.loc[low_income["provisional"], "period"].unique().tolist() == ["2021/22"]


def test_gp_practices(publishers, reference, in_borough):
    practices = read_gp_practices(publishers / GP_FILE, **KEY)
    assert tuple(practices.columns) == tuple(COLUMNS)
    assert refs(in_borough(practices)) == listed(reference, "gp_practice")
    assert len(in_borough(practices)) == 24


def test_gp_practices_of_2019_and_branches_of_2017(publishers, in_borough):
    past = read_gp_practices(
        publishers / "nhs_ods_epraccur_2019_SS.csv",
        source="k",
        vintage="2019",
        category="gp_practice_before",
        status="past",
    )
    assert len(in_borough(past)) == 28
    branches = read_gp_branches(publishers / "nhs_ods_ebranchs_2017_SS.csv", source="k", vintage="2017")
    assert len(in_borough(branches)) == 10


def test_clinics(publishers, reference, in_borough):
    clinics = read_health_clinics(publishers / GP_FILE, **KEY)
    assert refs(in_borough(clinics)) == listed(reference, "community_health")


def test_pharmacies_and_dentists(publishers, reference, in_borough):
    pharmacies = in_borough(read_pharmacies(publishers / "nhs_ods_edispensary_2025-04_SS.csv", **KEY))
    assert refs(pharmacies) == listed(reference, "pharmacy")
    assert pharmacies["category"].value_counts().to_dict() == {"pharmacy": 36, "appliance_contractor": 2}
    dentists = in_borough(read_dentists(publishers / "nhs_ods_egdpprac_2024-05_SS.csv", **KEY))
    assert refs(dentists) == listed(reference, "dentist")


def test_hospitals(publishers, reference, in_borough):
    hospitals = in_borough(read_hospitals(publishers / "nhs_choices_hospitals_2016_SS.csv", **KEY, crs="EPSG:27700"))
    assert refs(hospitals[hospitals["category"] == "hospital"]) == listed(reference, "hospital") == {"RAJ01"}


def test_childrens_centres(publishers, reference, in_borough):
    centres = read_childrens_centres(
        publishers / "gias_childrens_centres_2026.csv", **KEY, core=["Blenheim", "Cambridge Road", "Friars"]
    )
    assert len(centres) == 12
    assert refs(in_borough(centres)) == listed(reference, "childrens_centre")
    assert (centres["tags"] == "core").sum() == 3


def test_libraries(publishers, reference):
    libraries = read_libraries(publishers / "libraries_2023.csv", **KEY)
    assert libraries["status"].value_counts().to_dict() == {"open": 6, "closed": 2}
    assert len(listed(reference, "library")) == 6
    buildings = read_osm_libraries(publishers / "osm_family_places.csv", **KEY, crs="EPSG:27700")
    still_open = libraries.loc[libraries["status"] == "open", "name"]
    assert len(set(buildings["name"]) & set(still_open)) == 4


def test_osm_places(publishers, reference):
    places = read_osm_places(publishers / "osm_family_places.csv", **KEY, crs="EPSG:27700")
    for category in ("playground", "park", "soft_play", "baby_change"):
        assert refs(places[places["category"] == category]) == listed(reference, category, inside=False), category
    assert refs(places[places["category"] == "leisure_centre"]) == listed(
        reference, "leisure_centre_pool", inside=False
    )


def test_stops_and_trains(publishers, reference):
    stops = read_naptan(publishers / "naptan_158Stops_2026-07.csv", **KEY, crs="EPSG:27700")
    assert stops["category"].value_counts().to_dict() == {"bus_stop": 655}
    stations = read_naptan(publishers / "naptan_910Stops_southend_2026-07.csv", **KEY, crs="EPSG:27700")
    assert refs(stations) == listed(reference, "rail_station", inside=False)
    trains = read_rail_patterns(publishers / "rail_weekday_patterns_2019-01.csv", **KEY)
    assert set(stations["name"].map(station_key)) <= set(trains["key"])
    assert trains.set_index("key")["trains_per_weekday"]["southend central"] == pytest.approx(247)


def test_food_hygiene(publishers, reference):
    services = read_food_hygiene(publishers / "fsa_food_hygiene_FHRS893en-GB_2020-11.xml", **KEY, crs="EPSG:27700")
    found = {category: refs(rows) for category, rows in services.groupby("category")}
    assert found["nursery"] == listed(reference, "childcare", inside=False)
    schools = listed(reference, "school", inside=False)
    # one school stands twice in the file, under its own name and its caterer's
    assert found["school"] < schools
    assert len(schools - found["school"]) == 1
    # two halls that their type does not tell, and one that is not in the file
    halls = listed(reference, "community_venue", inside=False)
    assert found["community_hall"] < halls
    assert halls - found["community_hall"] == {"513055", "534862", "744332"}
    assert services["easting"].isna().sum() == 1


def test_strategy(sources_dir):
    strategy = read_strategy(sources_dir / "strategy.toml")
    assert sorted(strategy.target_wards) == sorted(TARGETS)
    assert strategy.targets.children_0_3 == 4032
    assert strategy.wards["Kursaal"]["children_in_poverty"] == 1026
    assert len(strategy.programmes) == 12
