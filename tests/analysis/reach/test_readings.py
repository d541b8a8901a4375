"""Readings of contested services: data, not code; and what each does to the places that count."""

import pytest

from analysis.reach.basket import read_basket
from analysis.reach.readings import contested, read_readings
from analysis.reach.survey import survey
from analysis.travel.access import Access
from geo.errors import InputError, UnknownNameError
from geo.network.modes import mode_named

GOOD = """
[[service]]
service = "library"
default = "all"
why = "Because."
[[service.reading]]
name = "all"
label = "All"
words = "with all"
[[service.reading]]
name = "old"
label = "With museums"
words = "counting museums"
add = ["museum"]
"""


@pytest.fixture
def write(tmp_path):
    def written(text):
        path = tmp_path / "readings.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def test_centres_are_nine_or_three_and_the_neighbours_outside_stay(pack):
    register, core = contested(pack, "childrens_centre").readings
    inside = core.sites(pack)[lambda rows: rows["ward"] != ""]
    assert sorted(inside["name"]) == [
        "Blenheim Children's Centre",
        "Cambridge Road Children's Centre",
        "Friars Children's Centre",
    ]
    assert (register.sites(pack)["ward"] != "").sum() == 9
    outside = [(one.sites(pack)["ward"] == "").sum() for one in (register, core)]
    assert outside == [3, 3]


def test_practices_are_those_of_the_register_or_with_the_branches_of_2017(pack):
    register, branches = contested(pack, "gp_practice").readings
    services = pack.services
    open_now = services[(services["category"] == "gp_practice") & (services["status"] == "open")]
    assert sorted(register.sites(pack).index) == sorted(open_now.index)
    added = set(branches.sites(pack).index) - set(open_now.index)
    assert added == set(services.index[services["category"] == "gp_branch_before"])
    assert len(added) == 12
    assert "2017" in branches.words


def test_a_service_on_which_the_sources_agree_has_one_reading(pack):
    found = contested(pack, "library")
    assert found.others == ()
    assert found.default.sites(pack).equals(pack.services_of("library"))
    with pytest.raises(UnknownNameError, match="zoo"):
        contested(pack, "zoo")
    with pytest.raises(UnknownNameError, match="reading of gp_practice 'core'; valid: register, branches_2017"):
        contested(pack, "gp_practice").reading("core")


def test_any_service_can_be_contested_by_data_alone(pack, write):
    known = read_readings(write(GOOD))
    default, old = contested(pack, "library", known).readings
    assert len(old.sites(pack)) == len(default.sites(pack)) + len(pack.services_of("museum"))
    tagged = GOOD.replace('add = ["museum"]', 'keep_tag = "nobody"')
    assert contested(pack, "library", read_readings(write(tagged))).others == (), "nothing here has such a tag"
    unknown_here = GOOD.replace('"museum"', '"soft_play"').replace('"library"', '"gp_practice"')
    assert len(contested(pack, "gp_practice", read_readings(write(unknown_here))).others) == 1
    assert contested(pack, "childrens_centre", known).others == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('default = "all"', 'default = "none"', "default 'none' is not one of its readings: all, old"),
        ('default = "all"', 'default = "old"', "must take the places as they are"),
        ('why = "Because."', "", r"service 1 \(library\): why is missing"),
        ('label = "All"', "", r"service 1 \(library\), reading 1 \(all\): label is missing"),
        ('name = "old"', 'name = "all"', "names a reading twice"),
        ('add = ["museum"]', 'add = "museum"', "add must be a list"),
        ('add = ["museum"]', 'add = ["zoo"]', "zoo"),
        ('service = "library"', 'service = "zoo"', "zoo"),
        ("[[service]]", "[service", "cannot be read"),
        ("[[service]]", GOOD + "[[service]]", "names a service twice: library"),
    ],
)
def test_wrong_data_are_named(write, old, new, said):
    with pytest.raises((InputError, UnknownNameError), match=said):
        read_readings(write(GOOD.replace(old, new, 1)))


def test_a_survey_times_every_reading_as_a_search_of_its_own_does(pack):
    measured = survey(pack, read_basket().changed(services=["childrens_centre", "gp_practice", "library"]))
    assert [(one.reading.service, one.reading.name) for one in measured.others] == [
        ("childrens_centre", "core"),
        ("gp_practice", "branches_2017"),
    ]
    access = Access.of(pack, mode_named("walk_pram"))
    for other in measured.others:
        again = access.to_sites(other.reading.sites(pack)).nearest_s
        assert (other.seconds == again).all()
    core, branches = (one.seconds for one in measured.others)
    assert (core >= measured.seconds[measured.row("childrens_centre")]).all(), "fewer centres are never nearer"
    assert (branches <= measured.seconds[measured.row("gp_practice")]).all(), "more surgeries are never further"
    assert measured.others_of("library") == ()


def test_places_that_somebody_gives_are_not_contested(pack):
    basket = read_basket().changed(services=["gp_practice"])
    given = survey(pack, basket, sites={"gp_practice": pack.services_of("gp_practice").head(3)})
    assert given.others == ()
