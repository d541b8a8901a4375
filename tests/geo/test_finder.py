"""One answer to what people type, on the real area."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputError
from geo.finder import MOST_CHOICES, Finder
from geo.packs import open_pack
from geo.places import Place, place_at
from geo.spelling import plain_words, usual


@pytest.fixture(scope="module")
def finder():
    return Finder.of(open_pack("southend"))


def names_of(places):
    return [place.name for place in places]


def test_high_street_is_in_four_wards_and_ness_road_in_two(finder):
    answer = finder.find("High Street")
    assert answer.kind == "several"
    assert {place.ward for place in answer.places} == {"Leigh", "Milton", "Shoeburyness", "Victoria"}
    assert answer.said == "High Street is in 4 wards. Which one?"
    assert len({place.about for place in answer.places}) == 4, "each has a landmark of its own"
    assert "High Street, Milton (near Southend Central station)" in [place.label for place in answer.places]
    assert names_of(finder.find("ness road").places) == ["Ness Road, Shoeburyness", "Ness Road, West Shoebury"]
    assert names_of(finder.find("Ness Rd").places) == ["Ness Road, Shoeburyness", "Ness Road, West Shoebury"]


def test_a_street_with_its_ward_is_found_and_the_others_of_its_name_are_offered(finder):
    answer = finder.find("Ness Road, Shoeburyness")
    assert (answer.kind, answer.one().name) == ("place", "Ness Road, Shoeburyness")
    assert names_of(answer.suggestions) == ["Ness Road, West Shoebury"]


@pytest.mark.parametrize("typed", ["West Shoebury", "west shoebury", "WEST SHOEBURY WARD", " West  Shoebury "])
def test_the_name_of_a_ward_is_the_ward(finder, typed):
    answer = finder.find(typed)
    assert (answer.kind, answer.one().kind, answer.one().name) == ("ward", "ward", "West Shoebury")


def test_every_ward_is_itself_and_a_street_that_begins_so_is_only_offered(finder):
    pack = open_pack("southend")
    for name in pack.wards["name"]:
        for typed in (name, name.upper(), f"{name} ward", name.replace(".", "").replace("'", "")):
            assert (finder.find(typed).kind, finder.find(typed).one().name) == ("ward", name)
    assert names_of(finder.find("Kursaal").suggestions) == ["Kursaal Way, Kursaal"]
    assert "Eastwood Park, St Lawrence Gardens" in [p.name for p in finder.find("Eastwood Park").suggestions]
    several = finder.find("Shoebury West")
    assert several.kind == "several"
    assert several.places[0].name == "West Shoebury"


@pytest.mark.parametrize(
    "typed", ["12 High Street, Shoeburyness", "12a High St Shoeburyness", "12-14 high st., SHOEBURYNESS"]
)
def test_the_number_of_a_house_is_passed_over_and_said_to_be(finder, typed):
    answer = finder.find(typed)
    assert answer.one().name == "High Street, Shoeburyness"
    assert answer.said.startswith("House numbers are not in the data")
    assert answer.text == typed


def test_high_street_southend_is_in_the_middle_of_the_town(finder):
    answer = finder.find("High Street, Southend")
    assert answer.kind == "several"
    assert {place.ward for place in answer.places} == {"Milton", "Victoria"}
    assert answer.said.startswith("“Southend” is taken as within 2 km of the middle of Southend-on-Sea.")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Southend Hospital", "Southend Hospital"),
        ("southend hosp", "Southend Hospital"),
        ("Thorpe Bay station", "Thorpe Bay station"),
        ("thorpe bay train station", "Thorpe Bay station"),
        ("Southend Victoria", "Southend Victoria station"),
        ("Childrens centre friars", "Friars Children's Centre"),
        ("friars childrens centre", "Friars Children's Centre"),
        ("library in Shoeburyness", "Shoeburyness Library"),
        ("London Rd, Leigh", "London Road, Leigh"),
        ("The Broadway, Thorpe Bay", "The Broadway, Thorpe"),
        ("12 Ness Road, Shoeburyness SS3 9PD", "SS3 9PD"),
        ("ss39pd", "SS3 9PD"),
    ],
)
def test_venues_stations_and_addresses(finder, typed, name):
    assert finder.find(typed).kind == "place"
    assert finder.find(typed).one().name == name


def test_a_name_that_several_have_is_asked_back(finder):
    friars = finder.find("Friars")
    assert friars.kind == "several"
    assert {"Friars Children's Centre", "Friars Street, Shoeburyness", "Friars Park"} <= set(names_of(friars.places))
    assert not [place for place in friars.places if "Whitefriars" in place.name]
    assert {place.about for place in finder.find("Boots").places} == {"pharmacy"}
    assert {"Southend Central station", "Southend Central Museum"} == set(
        names_of(finder.find("Southend Central").places)
    )
    assert names_of(finder.find("Station Road, Westcliff").places) == [
        "Station Road, Chalkwell",
        "Station Road, Milton",
    ]


def test_too_many_are_said_to_be(finder):
    answer = finder.find("road")
    assert len(answer.places) == MOST_CHOICES
    assert "Type more of the name" in answer.said


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Nes Road, Shoeburynes", "Ness Road, Shoeburyness"),
        ("Prittelwell", "Prittlewell"),
        ("sothend hosptial", "Southend Hospital"),
        ("Shoeburynes Hihg Street", "High Street, Shoeburyness"),
        ("Kursal", "Kursaal"),
        ("SSI 2AB", "SS1 2AB"),
        ("SS3 9PDD", "SS3 9PD"),
    ],
)
def test_a_misspelling_is_never_taken_and_what_is_like_it_is_offered(finder, typed, name):
    answer = finder.find(typed)
    assert (answer.kind, answer.places) == ("unknown", ())
    assert name in names_of(answer.suggestions)
    assert "was not found" in answer.said
    assert "Did you mean" in answer.said


@pytest.mark.parametrize("typed", ["CM1 1AA", "cm11aa", "XX99 9XX", "CM1", "SS7 9QQ"])
def test_a_postcode_elsewhere_is_outside_and_never_the_nearest_spelling(finder, typed):
    answer = finder.find(typed)
    assert (answer.kind, answer.places, answer.suggestions) == ("outside", (), ())
    assert answer.said.endswith(" is outside Southend-on-Sea.")


def test_places_elsewhere_are_outside(finder):
    assert finder.find("High Street, Rayleigh").said == "Rayleigh is outside Southend-on-Sea."
    assert finder.find("High Street, Rayleigh").kind == "outside"
    elsewhere = next(name for words, name in finder.elsewhere.items() if len(words) > 2)
    assert finder.find(elsewhere.upper()).said == f"{elsewhere} is outside Southend-on-Sea."
    near = finder.find("Rayleigh").one()
    assert near.note == "Rayleigh is just outside Southend-on-Sea: services further out are not counted."


def test_a_postcode_that_does_not_exist_is_said_and_those_of_its_sector_are_offered(finder):
    answer = finder.find("SS2 6ZZ")
    assert answer.kind == "unknown"
    assert answer.said.startswith("SS2 6ZZ is not among the postcodes of Southend-on-Sea that we have.")
    assert answer.suggestions
    assert all(name.startswith("SS2 6") for name in names_of(answer.suggestions))
    assert not finder.find("SS22 1AA").suggestions


@pytest.mark.parametrize(
    ("typed", "lacks"),
    [("SS1", "the second half is"), ("ss1 2", "the last two letters are"), ("SS1 2A", "the last letter is")],
)
def test_a_postcode_cut_short_is_told_what_is_missing(finder, typed, lacks):
    answer = finder.find(typed)
    assert (answer.kind, answer.places) == ("cut short", ())
    assert f"{lacks} missing" in answer.said
    like = answer.said.rstrip(".").split()
    assert f"{like[-2]} {like[-1]}" in finder.postcodes.known.index
    assert f"{like[-2]} {like[-1]}".startswith(typed.upper())


def test_a_space_that_is_missing_does_not_move_a_postcode_out_of_the_area(finder):
    answer = finder.find("ss39")
    assert answer.kind == "cut short"
    assert answer.said.startswith("“SS3 9” is only the beginning of a postcode: the last two letters are missing.")
    assert finder.find("ZZ19").kind == "outside"


def test_a_road_number_is_no_postcode(finder):
    assert finder.find("A13").kind == "unknown"


@pytest.mark.slow
def test_po_boxes_and_large_users_are_told(finder):
    known = finder.postcodes.known
    boxes = known.index[known.index.str.startswith(("SS99 ", "SS22 "))]
    assert len(boxes) == 88, "as many as the pack has in the two districts that are kept for PO boxes"
    assert all("PO box" in finder.find(code).one().note for code in boxes)
    (crowd,) = known.index[(known["at_point"] == 96) & ~known["apart"]][:1]
    assert "95 other postcodes" in finder.find(crowd).said
    told = [code for code in known.index[known["inside"]] if finder.postcodes.note(code)]
    assert len(told) == 199
    assert finder.find("SS3 9PD").one().note == ""


@pytest.mark.slow
def test_every_name_of_the_area_finds_itself(finder):
    for name in finder.names["name"]:
        answer = finder.find(name)
        assert answer.kind in ("place", "ward"), name
        assert answer.one().name == name
    for code in finder.postcodes.known.index[::97]:
        assert finder.find(code).one().name == code
        assert finder.find(code.replace(" ", "").lower()).one().name == code


def test_a_street_that_is_found_is_told_by_its_own_name_again(finder):
    """A plan keeps the position alone; its sentence must not name another street."""
    pack = open_pack("southend")
    streets = [place for ward in pack.wards["name"] for place in finder.in_ward(ward) if place.kind == "street"]
    assert len(streets) > 1000
    for place in streets:
        assert place_at(pack, round(place.easting, 1), round(place.northing, 1)).name == place.name


def test_the_services_and_streets_of_a_ward(finder):
    pack = open_pack("southend")
    inside = finder.in_ward("Kursaal")
    assert {place.ward for place in inside} == {"Kursaal"}
    assert {place.kind for place in inside} == {"service", "street"}
    code = pack.wards.index[pack.wards["name"] == "Kursaal"][0]
    libraries = pack.services[(pack.services["ward"] == code) & (pack.services["category"] == "school")]
    assert set(libraries.index) <= {place.service for place in inside}


def test_one_raises_with_the_choices(finder):
    with pytest.raises(InputError, match=r"Which one\?\n  High Street, Leigh \(near"):
        finder.find("High Street").one()
    with pytest.raises(InputError, match="CM1 1AA is outside Southend-on-Sea"):
        finder.find("CM1 1AA").one()
    with pytest.raises(InputError, match="was not found"):
        finder.find("zzzzqqqq").one()


@pytest.mark.parametrize("typed", ["", "   ", "\n", "?", "(", "[a-z]+", ".*", "\\", "a", "'; DROP TABLE", "?" * 80])
def test_nothing_and_signs_are_no_place(finder, typed):
    answer = finder.find(typed)
    assert (answer.kind, answer.places) == ("unknown", ())
    assert answer.said


def typed_texts():
    words = st.sampled_from(
        [
            "high",
            "street",
            "st",
            "ness",
            "road",
            "rd",
            "southend",
            "shoebury",
            "west",
            "library",
            "friars",
            "12",
            "SS1",
            "2AB",
        ]
    )
    return st.one_of(st.text(max_size=30), st.lists(words, min_size=1, max_size=4).map(" ".join))


@pytest.mark.slow
@given(typed_texts())
def test_nothing_is_taken_that_was_not_typed(finder, text):
    """Every word that was typed is in what is found, or is a part of town that the answer names, or a number."""
    answer = finder.find(text)
    if answer.kind in ("place", "several", "ward"):
        assert len(answer.places) == 1 or answer.kind == "several"
        for place in answer.places:
            assert isinstance(place, Place)
            assert np.isfinite([place.easting, place.northing]).all()
            own = "".join(plain_words(place.name))
            typed = plain_words(text)
            explained = "".join(plain_words(answer.said))
            of_name = set(usual(plain_words(place.name)))
            if place.kind == "postcode":
                assert own in "".join(typed)
                continue
            for word in typed:
                if any(sign.isdigit() for sign in word):
                    continue
                assert (
                    word in own
                    or set(usual([word])) & of_name
                    or word in explained
                    or word in {"in", "at", "near", "the", "of", "ward", "train", "rail", "flat", "unit", "no"}
                ), (text, place.name)
    else:
        assert not answer.places
        assert answer.said
