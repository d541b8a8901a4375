"""A user's places: columns by their usual names or by hand, and what is in doubt is asked and done as answered."""

import numpy as np
import pytest

from geo.coordinates import to_grid, to_lonlat
from geo.errors import InputError
from geo.own.files import read_bytes
from geo.own.places import read_places
from geo.packs import open_pack


@pytest.fixture(scope="module")
def pack():
    return open_pack("southend")


def places(text, pack, **more):
    return read_places(read_bytes(text.encode(), "a.csv"), pack, **more)


def xy(found):
    return found.rows[["easting", "northing"]].to_numpy(float)


HUB = np.column_stack(to_grid([0.71], [51.54], "EPSG:27700"))


@pytest.mark.parametrize(
    "text",
    [
        "sep=,\nname,lon,lat\nHub A,0.71,51.54\n",
        "name;lon;lat\nHub A;0,71;51,54\n",
        "name\tlon\tlat\nHub A\t0.71\t51.54\n",
        "Name,Lat,Lng\nHub A,51.54,0.71\n",
        "Name,Lat,Long\nHub A,51.54,0.71\n",
        "Site name,LONGITUDE (deg),Latitude\nHub A,0.71,51.54\n",
        "site_name,X,Y\nHub A,0.71,51.54\n",
        "title;Y coord;X coord\nHub A;51,54;0,71\n",
        "name;lon;lat\nHub A;0,710;51,540\n",
    ],
)
def test_degrees_by_their_usual_names(text, pack):
    found = places(text, pack)
    assert found.rows["name"].tolist() == ["Hub A"]
    np.testing.assert_allclose(xy(found), HUB, atol=0.01)


@pytest.mark.parametrize(
    "text",
    [
        "Name,X,Y\nHub A,588000,186000\n",
        "Name,Eastings,Northings\nHub A,588000,186000\n",
        'Name,Easting,Northing\nHub A,"588,000","186,000.0"\n',
        "Name;Easting;Northing\nHub A;588.000,0;186000,0\n",
    ],
)
def test_metres_by_their_usual_names_and_as_people_write_them(text, pack):
    assert xy(places(text, pack)).tolist() == [[588000.0, 186000.0]]


@pytest.mark.parametrize("column", ["pcds", "PCD", "post_code", "Post Code", "postcode"])
def test_postcodes_by_their_usual_names(column, pack):
    found = places(f"site_name,{column}\nHub A,ss12ps\n", pack)
    at = pack.postcodes.set_index("postcode").loc["SS1 2PS", ["easting", "northing"]].to_numpy(float)
    np.testing.assert_array_equal(xy(found)[0], at)
    assert found.rows["postcode"].tolist() == ["SS1 2PS"]
    assert found.columns["postcode"] == column


def test_columns_matched_by_hand_override_what_their_names_say(pack):
    text = "name,what,a,b,lon\nwrong,Hub A,51.54,0.71,9\n"
    found = places(text, pack, columns={"name": "what", "lat": "a", "lon": "b"})
    assert found.rows["name"].tolist() == ["Hub A"]
    np.testing.assert_allclose(xy(found), HUB, atol=0.01)
    with pytest.raises(InputError, match="there is no column 'none'"):
        places(text, pack, columns={"name": "none"})
    with pytest.raises(InputError, match="the header needs name"):
        places(text, pack, columns={"lat": "", "lon": ""})


APART = "name,postcode,lon,lat\na,SS1 2PS,0.60,51.54\ngood,SS1 2PS,,\n"
SWAPPED = "name,lon,lat\na,51.54,0.71\ngood,0.71,51.54\n"
TWO = "name,lon,lat,easting,northing\na,0.71,51.54,580000,186000\ngood,0.71,51.54,,\n"


@pytest.mark.parametrize(("text", "kind"), [(APART, "apart"), (SWAPPED, "swapped"), (TWO, "two_positions")])
def test_a_row_in_doubt_is_asked_about_and_is_in_nothing_until_it_is_answered(text, kind, pack):
    found = places(text, pack)
    assert [(question.line, question.kind, question.name) for question in found.questions] == [(2, kind, "a")]
    assert found.rows["name"].tolist() == ["good"]
    assert not found.problems
    left = places(text, pack, answers={kind: "leave_out"})
    assert left.rows["name"].tolist() == ["good"]
    assert not left.questions
    with pytest.raises(InputError, match="is no answer"):
        places(text, pack, answers={kind: "perhaps"})


def test_each_answer_puts_the_row_where_it_says(pack):
    here = np.column_stack(to_grid([0.60], [51.54], "EPSG:27700"))[0]
    there = pack.postcodes.set_index("postcode").loc["SS1 2PS", ["easting", "northing"]].to_numpy(float)
    (question,) = places(APART, pack).questions
    np.testing.assert_allclose(question.one_at, here)
    np.testing.assert_allclose(question.other_at, there)
    assert question.apart_km == pytest.approx(np.hypot(*(here - there)) / 1000)
    by_position = places(APART, pack, answers={"apart": "position"}).rows.iloc[0]
    assert (by_position["easting"], by_position["postcode"]) == (pytest.approx(here[0]), "")
    by_postcode = places(APART, pack, answers={"apart": "postcode"}).rows.iloc[0]
    assert (by_postcode["easting"], by_postcode["postcode"]) == (there[0], "SS1 2PS")
    np.testing.assert_allclose(xy(places(SWAPPED, pack, answers={"swapped": "swap"}))[0], HUB[0], atol=0.01)
    assert xy(places(TWO, pack, answers={"two_positions": "metres"}))[0].tolist() == [580000.0, 186000.0]
    np.testing.assert_allclose(xy(places(TWO, pack, answers={"two_positions": "degrees"}))[0], HUB[0], atol=0.01)


def test_a_position_outside_with_a_postcode_inside_is_asked_about(pack):
    text = "name,postcode,lon,lat\na,SS1 2PS,-0.71,51.54\n"
    assert [question.kind for question in places(text, pack).questions] == ["apart"]
    assert places(text, pack, answers={"apart": "postcode"}).rows["postcode"].tolist() == ["SS1 2PS"]
    (problem,) = places(text, pack, answers={"apart": "position"}).problems
    assert "is outside the area" in problem.reason


def test_two_kilometres_are_not_yet_far(pack):
    at = pack.postcodes.set_index("postcode").loc["SS1 2PS", ["easting", "northing"]].to_numpy(float)
    for away, asked in ((1990.0, 0), (2010.0, 1)):
        text = f"name,postcode,easting,northing\na,SS1 2PS,{at[0] - away},{at[1]}\n"
        assert len(places(text, pack).questions) == asked


def test_a_problem_names_line_column_value_and_reason(pack):
    text = "Site,Lng,Lat,Tel\nok,0.71,51.54,+44 1702\n\na,east,51.54,-\n\x1b[31m,0.71,51.54,\n"
    found = places(text, pack)
    assert found.rows["name"].tolist() == ["ok"]
    said = [(problem.line, problem.column, problem.value) for problem in found.problems]
    assert said == [(4, "Lng", "east"), (5, "Site", "�[31m")]
    assert found.problems[0].reason == "lon 'east' is not a number"


def test_places_apart_may_have_one_name_where_that_is_wanted(pack):
    text = "name,easting,northing\nBoots,588000,186000\nboots,588100,186000\nBoots,588000,186000\n"
    assert len(places(text, pack).problems) == 2
    found = places(text, pack, same_names=True)
    assert found.rows["line"].tolist() == [2, 3]
    assert [problem.reason for problem in found.problems] == [
        "the name 'Boots' and its position stand on line 2 already"
    ]


def test_no_row_is_lost_or_counted_twice(pack):
    some = pack.demand.iloc[::40]
    lon, lat = to_lonlat(some["easting"], some["northing"], pack.crs)
    texts = ["name,postcode,lon,lat"]
    for number, (postcode, x, y) in enumerate(zip(some["postcode"], lon, lat, strict=True)):
        kinds = (f"{postcode},{x},{y}", f",{y},{x}", f"{postcode},{x},", f"{postcode},{x - 0.1},{y}", "SS,,")
        texts.append(f"n{number},{kinds[number % 5]}")
    found = places("\n".join(texts), pack)
    good = set(found.rows["line"])
    bad = {problem.line for problem in found.problems}
    asked = {question.line for question in found.questions}
    assert len(good) > len(some) // 6
    assert len(good) + len(bad) + len(asked) == len(some)
    assert sorted(good | bad | asked) == list(range(2, len(some) + 2))
