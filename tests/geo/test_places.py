"""Finding a place by what people type."""

import pytest
import shapely

from geo.errors import UnknownNameError
from geo.places import Place, find_place, gazetteer, tidy_postcode


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


def test_home_postcode_is_found_where_it_lies(pack, names):
    home = pack.demand.iloc[1234]
    spellings = [home["postcode"], home["postcode"].lower(), home["postcode"].replace(" ", ""), f" {home['postcode']} "]
    for text in spellings:
        place = find_place(names, text)
        assert place == Place("postcode", home["postcode"], home["easting"], home["northing"])


def test_postcode_just_outside_is_found_too(pack, names):
    outside = pack.postcodes[~pack.postcodes["postcode"].isin(pack.demand["postcode"])].iloc[0]
    assert find_place(names, outside["postcode"].lower()).easting == outside["easting"]


def test_postcode_that_does_not_exist_lists_near_ones(pack, names):
    wanted = next(f"SS1 {n}{a}Z" for n in range(10) for a in "ABDEF" if f"SS1 {n}{a}Z" not in set(names["name"]))
    with pytest.raises(UnknownNameError) as caught:
        find_place(names, wanted)
    assert caught.value.kind == "place"
    assert 0 < len(caught.value.valid) <= 5
    assert all(name.startswith("SS") for name in caught.value.valid)


def test_street_is_named_with_its_ward_and_lies_on_itself(pack, names):
    place = find_place(names, "ness road, shoeburyness")
    assert (place.kind, place.name) == ("street", "Ness Road, Shoeburyness")
    network = pack.network
    street = network.lines[network.edge_name == network.street_names.index("Ness Road")]
    point = shapely.Point(place.easting, place.northing)
    assert shapely.distance(street, point).min() < 0.1
    ward = pack.wards[pack.wards["name"] == "Shoeburyness"].geometry.iloc[0]
    assert ward.contains(point)


def test_street_in_two_wards_stands_once_in_each(names):
    roads = names[(names["kind"] == "street") & names["name"].str.startswith("London Road, ")]["name"]
    assert len(roads) > 2
    assert roads.is_unique


def test_service_is_found_by_its_name_or_a_part_of_it(pack, names):
    centre = pack.services_of("childrens_centre").iloc[0]
    assert find_place(names, centre["name"].upper()).kind == "service"
    for text in (centre["name"], centre["name"][:12], centre["name"][3:]):
        place = find_place(names, text)
        assert text.casefold() in place.name.casefold()
    assert find_place(names, "southend hosp").name == "Southend Hospital"


def test_exact_name_beats_the_beginning_and_the_beginning_beats_a_part(names):
    assert find_place(names, "southend-on-sea") == find_place(names, "Southend-on-Sea")
    assert find_place(names, "Southend-on-Sea").kind == "place"
    assert find_place(names, "leigh").name.casefold().startswith("leigh")


def test_closed_services_and_bus_stops_are_no_places(pack, names):
    services = set(names.loc[names["kind"] == "service", "name"])
    closed = pack.services[(pack.services["status"] != "open")]["name"]
    still_open = set(pack.services.loc[pack.services["status"] == "open", "name"])
    assert not services & (set(closed) - still_open)
    stops = pack.services[pack.services["category"] == "bus_stop"]["name"]
    others = set(pack.services.loc[pack.services["category"] != "bus_stop", "name"])
    assert not services & (set(stops) - others)


def test_misspelt_name_lists_the_near_ones(names):
    with pytest.raises(UnknownNameError) as caught:
        find_place(names, "Shoeburynes Hihg Street")
    assert len(caught.value.valid) <= 5
    with pytest.raises(UnknownNameError) as caught:
        find_place(names, "Prittelwell")
    assert "Prittlewell" in caught.value.valid


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_nothing_typed_is_no_place(names, text):
    with pytest.raises(UnknownNameError):
        find_place(names, text)


def test_signs_are_taken_as_they_are(names):
    for text in ("(", "[a-z]+", ".*", "\\"):
        try:
            place = find_place(names, text)
        except UnknownNameError:
            continue
        assert text.casefold() in place.name.casefold()


def test_every_place_has_a_name_and_a_position(names):
    assert not names.isna().to_numpy().any()
    assert (names["name"].str.strip() != "").all()
    assert set(names["kind"]) == {"postcode", "service", "street", "place"}
    assert not names.duplicated(["kind", "name"]).any()
