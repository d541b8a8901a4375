"""A page for a ward: opened by its name, and with all that is known of it."""

import pytest

from ui.wards.choice import ward_slug

KURSAAL = "E05002216"


def test_a_ward_is_opened_by_its_name(open_page, pack):
    screen = open_page("ward", ward="kursaal")
    assert "## **Kursaal** is one of the target wards" in screen.text
    assert screen.address["ward"] == KURSAAL
    assert screen.table("Figure", "Kursaal", "Rank of 17") is not None
    # What is near, what is too far, and what is there.
    assert "can reach a children's centre within 15 minutes" in screen.text
    assert "of the 11 services on our list are too far away for the children aged 0–3 in Kursaal" in screen.text
    there = pack.services[(pack.services["ward"] == KURSAAL) & (pack.services["status"] == "open")]
    assert set(screen.table("Kind", "Name", "Postcode")["Name"]) <= set(there["name"])
    assert set(screen.layers) >= {"street-times", "services", "chosen"}


def test_a_code_opens_it_too_and_a_wrong_name_is_said(open_page):
    assert "## **Milton**" in open_page("ward", ward="E05002218").text
    wrong = open_page("ward", ward="Atlantis")
    assert "No ward here is called “Atlantis”" in wrong.text


def test_every_ward_has_an_address_of_its_own(pack):
    names = pack.wards["name"].astype(str)
    assert names.map(ward_slug).is_unique
    assert ward_slug("St. Luke's") == ward_slug("St Luke’s") == "st-lukes"
    assert ward_slug("West Shoebury") == "west-shoebury"


@pytest.mark.parametrize("address", [{"map": "site", "site": "nowhere"}, {"map": "need", "need": "gold"}])
def test_the_other_maps_say_what_they_ignore(open_page, address):
    assert open_page("travel_time", **address).notes


@pytest.mark.slow
def test_a_link_with_a_site_alone_opens_the_map_of_that_site(open_page, pack):
    site = str(pack.services_of("childrens_centre").index[2])
    screen = open_page("travel_time", site=site)
    assert screen.address == {"map": "site", "site": site}
    assert "If it closes" in screen.text
    assert not screen.notes
    screen.choose("map", "minutes")  # and a link to the streets opens the streets
    assert screen.address == {}
    assert "If it closes" not in screen.text
    screen.choose("map", "site")
    assert screen.address == {"map": "site", "site": site}


@pytest.mark.slow
def test_the_map_shows_one_site_or_need_with_reach(open_page):
    site = open_page("travel_time", map="site")
    assert {"street-times", "site-homes", "site-ring", "services"} <= set(site.layers)
    assert "If it closes" in site.text
    assert site.table("inside", "alone", "extra_min") is not None
    small = open_page("travel_time", map="need", areas="lsoa")
    assert len(small.features("lsoas")) == 107
    need = open_page("travel_time", map="need")
    assert {"wards", "services", "ward-names"} <= set(need.layers)
    assert "street-times" not in need.layers
    dots = open_page("travel_time", dots="1")
    assert "dots" in dots.layers
