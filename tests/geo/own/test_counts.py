"""A user's counts by area or postcode become counts of small areas, and every row that cannot is named."""

import pytest

from geo.errors import InputError
from geo.own.counts import read_counts
from geo.own.files import read_bytes
from geo.packs import open_pack


@pytest.fixture(scope="module")
def pack():
    return open_pack("southend")


def counts(text, pack, **more):
    return read_counts(read_bytes(text.encode(), "a.csv"), pack, **more)


def by_lsoa(found, measure):
    rows = found.rows[found.rows["measure"] == measure]
    return rows.set_index("lsoa")["value"]


@pytest.mark.parametrize("level", ["lsoa", "oa", "ward"])
def test_counts_of_each_level_add_up_to_the_small_areas(level, pack):
    areas = pack.areas[pack.areas["level"] == level]
    text = "LSOA21CD,Value\n" + "".join(f"{code.lower()},{number}\n" for number, code in enumerate(areas.index, 1))
    found = counts(text, pack)
    assert not found.problems
    assert found.levels == {"Value": level}
    assert found.used == len(areas)
    made = by_lsoa(found, "Value")
    expected = dict(zip(areas.index, range(1, len(areas) + 1), strict=True))
    key = "lsoa" if level == "oa" else level
    above = made.groupby(pack.lsoas[key].reindex(made.index).to_numpy()).sum() if key == "ward" else made
    summed = {}
    for code, value in expected.items():
        where = areas.loc[code, "lsoa"] if level == "oa" else code
        summed[where] = summed.get(where, 0) + value
    assert above.to_dict() == pytest.approx(summed)


def test_a_ward_is_spread_as_its_people_live(pack):
    ward = str(pack.lsoas["ward"].iloc[0])
    made = by_lsoa(counts(f"code,measure,value\n{ward},a,1000\n", pack), "a")
    people = pack.lsoa_counts("population", pack.baselines[0]).reindex(made.index)
    assert made.to_dict() == pytest.approx((1000 * people / people.sum()).to_dict())
    assert set(made.index) == set(pack.lsoas.index[pack.lsoas["ward"] == ward])


def test_postcodes_add_up(pack):
    some = pack.demand[pack.demand["lsoa"] == pack.demand["lsoa"].iloc[0]].head(3)
    text = "pcds;Families\n" + "".join(f"{postcode};2\n" for postcode in some["postcode"])
    found = counts(text, pack)
    assert found.levels == {"Families": "postcode"}
    assert by_lsoa(found, "Families").to_dict() == {str(some["lsoa"].iloc[0]): 6.0}


def test_several_measures_are_apart(pack):
    one, two = pack.lsoas.index[:2]
    found = counts(f"code,measure,value\n{one},a,1\n{two},a,2\n{one},b,3\n", pack)
    assert by_lsoa(found, "a").to_dict() == {one: 1.0, two: 2.0}
    assert by_lsoa(found, "b").to_dict() == {one: 3.0}


def test_each_problem_is_named_by_its_line(pack):
    one, two, three = pack.lsoas.index[:3]
    ward = pack.wards.index[0]
    text = (
        f"code,measure,value\n{one},a,1\n{two},a,2\nE01999999,a,3\nX,a,4\n{three},a,-5\n{one},a,6\n{ward},a,7\n"
        f"{three},a,*\n,a,8\n{three},a,\n{three},=b,1\n{three},a,1e20\n"
    )
    found = counts(text, pack)
    said = {problem.line: problem.reason for problem in found.problems}
    assert list(said) == list(range(4, 14))
    assert "E01999999 is no code of the LSOAs of Southend-on-Sea: it is of another year" in said[4]
    assert said[5] == "the code 'X' is unknown in Southend-on-Sea"
    assert said[6] == "-5 is negative: a count is 0 or more"
    assert said[7] == f"{one} stands on line 2 already"
    assert said[8].startswith("this row is of wards, the others are of LSOAs")
    assert said[9] == "'*' is not a number"
    assert said[10] == "the code is missing"
    assert said[11] == "the value is missing"
    assert said[12] == "the measure looks like a formula: write the text itself"
    assert "too large" in said[13]
    assert by_lsoa(found, "a").to_dict() == {one: 1.0, two: 2.0}
    assert found.used == 2


def test_columns_that_are_missing_are_named_and_can_be_matched_by_hand(pack):
    one = pack.lsoas.index[0]
    with pytest.raises(InputError, match="the header needs code or postcode, and value"):
        counts(f"where,how many,year\n{one},1,2020\n", pack)
    found = counts(
        f"where,how many,year\n{one},1,2020\n", pack, columns={"code": "where", "value": "how many"}, measure="Twins"
    )
    assert by_lsoa(found, "Twins").to_dict() == {one: 1.0}


def test_too_many_measures_are_refused(pack):
    one = pack.lsoas.index[0]
    text = "code,measure,value\n" + "".join(f"{one},m{number},1\n" for number in range(21))
    with pytest.raises(InputError, match="has 21 measures; at most 20"):
        counts(text, pack)
