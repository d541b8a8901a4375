"""The names of an area, and the name of a position."""

import numpy as np
import pytest
import shapely

from geo.places import gazetteer, place_at, tidy_postcode
from geo.spelling import plain_words, usual, without_number


@pytest.fixture(scope="module")
def names(pack):
    return gazetteer(pack)


@pytest.mark.parametrize("text", ["SS1 2AB", "ss1 2ab", "SS12AB", " ss12ab ", "Ss1  2aB", "\tSS1 2AB\n"])
def test_postcode_in_any_spelling(text):
    assert tidy_postcode(text) == "SS1 2AB"


@pytest.mark.parametrize("text", ["", "SS1", "SS1 2A", "SS1 2ABC", "2AB SS1", "High Street", "SS1-2AB", "SSS1 2AB"])
def test_what_is_no_whole_postcode(text):
    assert tidy_postcode(text) is None


@pytest.mark.parametrize("text", ["W1A 1AA", "EC1A 1BB", "B33 8TH", "CR2 6XH"])
def test_other_towns_postcodes_are_postcodes_too(text):
    assert tidy_postcode(text.replace(" ", "").lower()) == text


def test_street_is_named_with_its_ward_and_lies_on_itself(pack, names):
    row = names.set_index("name").loc["Ness Road, Shoeburyness"]
    assert (row["kind"], row["short"], row["ward"]) == ("street", "Ness Road", "Shoeburyness")
    network = pack.network
    street = network.lines[network.edge_name == network.street_names.index("Ness Road")]
    point = shapely.Point(row["easting"], row["northing"])
    assert shapely.distance(street, point).min() < 0.1
    ward = pack.wards[pack.wards["name"] == "Shoeburyness"].geometry.iloc[0]
    assert ward.contains(point)


def test_street_in_two_wards_stands_once_in_each(names):
    roads = names[(names["kind"] == "street") & (names["short"] == "London Road")]["name"]
    assert len(roads) > 2
    assert roads.is_unique


def test_every_name_stands_once_in_whatever_spelling(names):
    spelt = names["name"].map(lambda name: " ".join(usual(plain_words(name))))
    again = names[spelt.duplicated(keep=False) & (names["kind"] != "postcode")]
    assert again.empty, "a name that stands twice could never be chosen"
    assert not names["name"].duplicated().any()


def test_closed_services_and_bus_stops_are_no_places(pack, names):
    services = set(names.loc[names["kind"] == "service", "service"])
    rows = pack.services.loc[sorted(services)]
    assert (rows["status"] == "open").all()
    assert not (rows["category"] == "bus_stop").any()


def test_services_of_one_name_are_told_apart_by_their_street(pack, names):
    boots = names[(names["short"] == "Boots") & (names["kind"] == "service")]
    assert len(boots) == int(((pack.services["name"] == "Boots") & (pack.services["status"] == "open")).sum()) > 3
    assert boots["name"].is_unique
    assert set(boots["name"]) >= {"Boots, High Street", "Boots, London Road"}


def test_one_site_that_two_publishers_list_stands_once(pack, names):
    assert (pack.services["name"] == "Summercourt Children's Centre").sum() == 2
    (row,) = names.index[names["name"] == "Summercourt Children's Centre"]
    assert names.loc[row, "about"] == "children's centre"


def test_every_place_has_a_name_and_a_position(names):
    assert not names.isna().to_numpy().any()
    assert (names["name"].str.strip() != "").all()
    assert set(names["kind"]) == {"ward", "postcode", "service", "street", "place"}


def test_a_position_is_named_by_the_street_at_it(pack):
    """Against a search over every piece of street, without an index."""
    network = pack.network
    named = np.flatnonzero(network.edge_name > 0)
    rng = np.random.default_rng(1)
    for home in pack.demand.iloc[rng.choice(len(pack.demand), 40, replace=False)].itertuples():
        away = shapely.distance(network.lines[named], shapely.Point(home.easting, home.northing))
        nearest = {network.street_names[e] for e in network.edge_name[named[away <= away.min() + 1e-6]]}
        place = place_at(pack, home.easting, home.northing)
        assert place.ward == pack.wards.loc[home.ward, "name"]
        assert place.name in {
            f"{'a place near ' if away.min() > 75 else ''}{street}, {place.ward}" for street in nearest
        }
        assert (place.easting, place.northing) == (home.easting, home.northing)


def test_the_beach_belongs_to_the_ward_beside_it_and_far_away_is_outside(pack):
    assert place_at(pack, 588000.4, 185000.0).name == "a place near Western Esplanade, Milton"
    assert place_at(pack, 580300.0, 190900.0).name.endswith(", outside Southend-on-Sea")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("High St.", "high street"),
        ("St. Luke's", "st lukes"),
        ("Saint Mary’s Rd", "St Marys Road"),
        ("Thorpe Bay train station", "Thorpe Bay Station"),
        ("Eastern Ave", "EASTERN  AVENUE"),
        ("Childrens' center", "children's centre"),
        ("Café Rosé", "cafe rose"),
        ("Fish & Chips", "fish and chips"),
    ],
)
def test_usual_spellings_are_one(one, other):
    assert usual(plain_words(one)) == usual(plain_words(other))


@pytest.mark.parametrize(
    ("typed", "street"),
    [
        ("12 High Street", "High Street"),
        ("12a High Street", "High Street"),
        ("12 A High Street", "High Street"),
        ("12-14 High Street", "High Street"),
        ("Flat 2, 12 High Street", "High Street"),
        ("No. 7, Ness Road", "Ness Road"),
        ("1st Leigh Scout Hall", "1st Leigh Scout Hall"),
        ("12", "12"),
        ("High Street", "High Street"),
        ("SS3 9PD", "SS3 9PD"),
    ],
)
def test_the_number_of_a_house_goes(typed, street):
    assert without_number(typed) == street
