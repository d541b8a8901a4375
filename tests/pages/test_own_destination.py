"""Travel time to one's own places: its answers are what the analysis says of them, and a link carries them."""

import numpy as np
import pandas as pd
import pytest

from analysis.reach.reach import reach
from analysis.travel.access import Access, journeys
from geo.network.modes import MODES
from store.layers import LayerStore
from tests.people import boss

POSTCODE = "SS3 9PD"
NAME = "Our *hubs*"
ROWS = pd.DataFrame(
    {
        "name": ["Hub A", "Hub <b>B</b>"],
        "easting": [588000.0, 592000.0],
        "northing": [186000.0, 185500.0],
        "postcode": ["", "SS3 9XX"],
    }
)


@pytest.fixture
def store(database):
    opened = LayerStore.open(database)
    yield opened
    opened.close()


@pytest.fixture
def layer(store):
    return store.add("southend", "services", NAME, ROWS, boss("Anna"))


def heading(screen):
    return next(m.value for m in screen.at.markdown if m.value.startswith("## "))


@pytest.mark.slow
def test_every_answer_is_about_the_places_that_a_link_carries(open_page, layer, pack, downloads):
    screen = open_page("travel_time", service=f"own-{layer.id}", mode="walk_adult", within="20")
    assert screen.notes == []
    assert screen.address["service"] == f"own-{layer.id}"
    assert screen.at.selectbox(key="service").options[-1] == f"Your own: {NAME}"
    times = Access.of(pack, MODES["walk_adult"]).to_sites(ROWS)
    found = reach(pack, times.nearest_s, measure="children_0_3", baseline="strategy", within_min=20)
    table = screen.table("name", "total", "reached", "share").set_index("name").reindex(found.rows["name"])
    shown = found.rows.set_index("name")
    for column in ("total", "reached", "median_min"):
        np.testing.assert_allclose(table[column].astype(float), shown[column].astype(float), atol=0.51)
    assert "a place of “Our \\*hubs\\*” within 20 minutes" in heading(screen)
    drawn = screen.layers["own-places"]["data"]["features"]
    assert [feature["properties"]["title"] for feature in drawn] == ROWS["name"].tolist()
    assert "services" not in screen.layers
    assert f"southend-own-{layer.id}-walk_adult-20min.csv" in downloads


@pytest.mark.slow
def test_what_only_a_register_can_answer_is_absent(open_page, layer):
    screen = open_page("travel_time", service=f"own-{layer.id}", map="site", site="none")
    assert not [box for box in screen.at.selectbox if box.key == "map"]
    assert set(screen.address) - {"area"} == {"service"}
    screen.choose("service", "library")
    assert screen.at.selectbox(key="map").value == "minutes"
    assert "library" in heading(screen)
    screen.choose("service", f"own-{layer.id}")
    assert "hubs" in heading(screen)


@pytest.mark.slow
def test_the_way_from_a_postcode_ends_at_ones_own_place(open_page, layer, pack):
    screen = open_page("travel_time", service=f"own-{layer.id}", mode="walk_adult", place=POSTCODE)
    row = pack.postcodes.set_index("postcode").loc[POSTCODE]
    access = Access.of(pack, MODES["walk_adult"])
    (way,) = journeys(access, (row["easting"], row["northing"]), ["own"], own={"own": ROWS})
    name = ROWS["name"][int(way.service_id)]
    (said,) = [m.value for m in screen.at.markdown if m.value.startswith("**From")]
    assert "The nearest place of “Our \\*hubs\\*” is Hub" in said
    assert f"**{round(way.route.time_s / 60)} minutes**" in said
    first = screen.table("Kind", "Minutes", "Nearest").iloc[0]
    assert (first["Kind"], first["Nearest"]) == (f"Place of “{NAME}”", name)
    assert screen.at.selectbox(key="way").value == f"own-{layer.id}"


@pytest.mark.slow
def test_the_way_follows_the_choice_until_another_is_asked_for(open_page, layer):
    screen = open_page("travel_time", place=POSTCODE)
    screen.choose("service", f"own-{layer.id}")
    assert screen.at.selectbox(key="way").value == f"own-{layer.id}"
    screen.choose("way", "library")
    screen.choose("service", "gp_practice")
    assert screen.at.selectbox(key="way").value == "library"


@pytest.mark.slow
def test_the_times_of_a_ward_are_to_ones_own_places(open_page, layer, pack):
    ward = pack.wards["name"].iloc[0]
    screen = open_page("travel_time", service=f"own-{layer.id}", place=ward)
    (said,) = [m.value for m in screen.at.markdown if m.value.startswith("**From")]
    assert "To the nearest place of “Our \\*hubs\\*”: half of the" in said
    assert screen.table("Kind", "Half").iloc[0]["Kind"] == f"Place of “{NAME}”"


@pytest.mark.slow
def test_a_link_to_places_that_were_removed_says_so_and_shows_the_usual_service(open_page, store, layer):
    store.remove(layer.id, boss("Anna"))
    screen = open_page("travel_time", service=f"own-{layer.id}")
    assert "The link asks for “Our \\*hubs\\*”, which was removed." in screen.text
    (note,) = screen.notes
    assert note.endswith("showing children's centre.")
    assert "children's centre" in heading(screen)
    assert "service" not in screen.address


@pytest.mark.slow
def test_counts_and_the_layers_of_other_areas_are_not_offered(open_page, store, pack):
    counts = pd.DataFrame({"measure": ["Twins"], "lsoa": [pack.lsoas.index[0]], "value": [3.0]})
    store.add("southend", "counts", "Twins", counts, boss("Anna"))
    store.add("blackpool", "sites", "Elsewhere", ROWS, boss("Anna"))
    screen = open_page("travel_time")
    assert not [one for one in screen.at.selectbox(key="service").options if one.startswith("Your own")]


@pytest.mark.slow
def test_the_page_goes_without_them_where_the_store_cannot_be_used(open_page, monkeypatch, tmp_path):
    monkeypatch.setenv("REACH_DATABASE_URL", f"sqlite:///{tmp_path}/no/such/folder/x.sqlite")
    screen = open_page("travel_time")
    assert "children's centre" in heading(screen)
