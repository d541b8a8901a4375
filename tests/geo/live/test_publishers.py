"""Each publisher's module, against a server that answers in that publisher's format."""

import json
import socket
import tomllib
from importlib import import_module

import geopandas as gpd
import osmnx as ox
import pytest
import shapely

from geo.boundaries.load import read_boundaries
from geo.errors import InputError, UnknownNameError
from geo.live import osm
from geo.live.http import PublisherError
from geo.live.publishers import FETCH, OVERPASS, fetch_live
from geo.live.settings import read_publishers
from geo.packs import packs_folder
from geo.recipe import read_recipe
from geo.sources.gias_schools import read_schools
from geo.sources.osm import compile_network, read_graph
from geo.sources.osm_file import read_osm_layers, read_osm_services
from geo.values import made_of
from tests.geo.live import area
from tests.geo.live.server import Reply, as_json, becomes, page, refuses
from tests.samples import ORIGIN

RECIPE = tomllib.loads(area.recipe())["sources"]


def fetch(session, settings, key, **changes):
    return fetch_live(session, {**RECIPE[key]["live"], **changes}, settings)


@pytest.mark.parametrize("key", [key for key in area.LIVE if key != "osm_streets"])
def test_what_comes_is_the_file_that_the_adapter_reads(session, settings, disk, key):
    got = fetch(session, settings, key)
    assert got.content == (disk / area.SOURCES[key][0]).read_bytes()
    if got.dated is not None:
        assert (got.dated or session.today) == area.SOURCES[key][1], "its vintage"


def test_streets_of_overpass_become_the_same_network_as_a_file(session, settings, disk, tmp_path):
    path = tmp_path / "live.osm.gz"
    path.write_bytes(fetch(session, settings, "osm_streets").content)
    files = (path, disk / area.SOURCES["osm_streets"][0])
    live, drawn = (compile_network(read_graph(file, "EPSG:27700"))[0] for file in files)
    for name in ("node_xy", "edge_u", "edge_v", "vertex_xy", "edge_forward", "edge_cycle_backward"):
        assert (getattr(live, name) == getattr(drawn, name)).all(), name
    assert live.street_names == drawn.street_names


def test_the_same_streets_in_another_order_are_the_same_bytes(session, settings, publishers, monkeypatch):
    first = fetch(session, settings, "osm_streets").content

    def shuffled(path, query, body):
        content = json.loads(area.overpass(path, query, body).body)
        return as_json({**content, "elements": content["elements"][::-1] + content["elements"][:3]})

    publishers.routes["overpass"] = shuffled
    assert fetch(session, settings, "osm_streets").content == first


def test_everything_of_overpass_serves_as_streets_base_map_and_services(session, settings, tmp_path):
    path = tmp_path / "all.osm.gz"
    path.write_bytes(fetch(session, settings, "osm_streets", what="all").content)
    x, y = ORIGIN
    extent = shapely.box(x - 300, y - 300, x + 1000, y + 1000)
    layers = read_osm_layers(path, extent, "EPSG:27700")
    (lake,) = layers["water"].geometry
    assert lake.area == pytest.approx(140**2 - 40**2, rel=0.01), "with its island"
    assert list(layers["place"]["name"]) == ["Smalltown"]
    assert list(layers["landcover"]["name"]) == ["The Park"]
    found = read_osm_services(path, source="all", vintage="", crs="EPSG:27700")
    assert set(found["name"]) == {"The Park", "The Pharmacy"}
    streets, _ = compile_network(read_graph(path, "EPSG:27700"))
    assert streets.n_edges == 90


def test_overpass_is_asked_politely_and_osmnx_is_left_as_it_was(session, settings, publishers):
    before = {name: getattr(ox.settings, name) for name in ("overpass_url", "use_cache", "requests_kwargs")}
    resolve = socket.getaddrinfo
    fetch(session, settings, "osm_places")
    assert {name: getattr(ox.settings, name) for name in before} == before
    assert socket.getaddrinfo is resolve
    method, path, headers = publishers.asked[0]
    assert (method, path) == ("POST", "/overpass/interpreter")
    assert headers["User-Agent"] == "ServiceReach/test"


@pytest.mark.parametrize(
    "fault",
    [refuses(429, Retry_After=7), refuses(504), becomes(page), becomes(lambda body: body[:-40])],
    ids=["busy", "gateway", "page", "half"],
)
def test_a_busy_overpass_is_asked_again_by_our_own_patience(session, settings, publishers, clock, fault):
    publishers.faults["overpass"] = [fault]
    assert fetch(session, settings, "osm_places").content == area.places()
    assert len(clock.waits) == 1
    assert clock.waits[0] == 7 or 1 <= clock.waits[0] <= 2


def test_an_overpass_that_stays_busy_is_given_up(session, settings, publishers, clock):
    publishers.faults["overpass"] = [refuses(429)] * 9
    with pytest.raises(PublisherError, match="HTTP 429"):
        fetch(session, settings, "osm_streets")
    assert len(publishers.asked) == 3


def test_an_overpass_that_ran_out_of_time_has_sent_half_a_file(session, settings, publishers):
    def remarked(path, query, body):
        content = json.loads(area.overpass(path, query, body).body)
        return as_json({**content, "remark": 'runtime error: Query timed out in "query" at line 1'})

    publishers.routes["overpass"] = remarked
    with pytest.raises(PublisherError, match="half an answer: runtime error: Query timed out"):
        fetch(session, settings, "osm_streets")


@pytest.fixture
def hasty(monkeypatch):
    """Without the second that osmnx lets pass before each question to Nominatim."""
    monkeypatch.setattr("osmnx._nominatim.time.sleep", lambda _: None)


def test_the_outline_of_a_place_comes_from_nominatim(session, settings, hasty):
    outline = osm.outline(session, "Smalltown, England", settings.named("nominatim"))
    west, south, east, north = gpd.GeoSeries([outline], crs="EPSG:4326").to_crs("EPSG:27700").total_bounds
    assert (east - west, north - south) == pytest.approx((1100, 900), abs=30)


def test_an_area_may_be_named_instead_of_bounded(session, settings, publishers, disk, hasty):
    live = {"publisher": "overpass", "what": "places", "place": "Smalltown, England", "margin_m": 500.0}
    assert fetch_live(session, live, settings).content == area.places()
    assert len(publishers.asked_of("nominatim")) == 1
    west, _, _, north = gpd.GeoSeries([area._box(0, 1, 0, 1)], crs=27700).buffer(500).to_crs(4326).total_bounds
    asked = osm._around(osm.outline(session, "Smalltown", settings.named("nominatim")), 500.0)
    assert asked[0] <= west < asked[0] + 0.02
    assert asked[3] - 0.02 < north <= asked[3]
    for wrong in ({}, {"place": "x", "bounds": [0.0, 0.0, 1.0, 1.0]}, {"bounds": [1.0, 0.0, 0.0, 1.0]}):
        with pytest.raises(InputError, match="bounds"):
            fetch_live(session, {"publisher": "overpass", "what": "streets", **wrong}, settings)


def test_a_place_that_nominatim_does_not_know_is_told(session, settings, hasty):
    with pytest.raises(PublisherError, match="nowhere"):
        osm.outline(session, "nowhere", settings.named("nominatim"))


def test_boundaries_come_in_pages_and_are_counted(session, settings, publishers, tmp_path):
    got = fetch(session, settings, "oas")
    assert len(publishers.asked_of("arcgis")) == 4, "one question how many, and three pages of three"
    path = tmp_path / "oas.geojson"
    path.write_bytes(got.content)
    assert list(read_boundaries(path, "OA11CD", grid="EPSG:27700")["code"]) == [row[0] for row in area.areas()["oa"]]


def _arcgis(**changes):
    def route(path, query, body):
        content = json.loads(area.arcgis(path, query, body).body)
        return as_json(content if "count" in content else {**content, **changes})

    return route


@pytest.mark.parametrize(
    ("route", "words"),
    [
        (_arcgis(exceededTransferLimit=False, properties={}), "3 features came, 8 were announced"),
        (_arcgis(features=[{"properties": {"OTHER": 1}}], exceededTransferLimit=False), "announced"),
        (lambda *_: as_json({"error": {"code": 400, "message": "Invalid field"}}), "Invalid field"),
    ],
    ids=["page lost", "other", "error"],
)
def test_a_portal_that_sends_less_or_refuses_is_told(session, settings, publishers, route, words):
    publishers.routes["arcgis"] = route
    with pytest.raises(PublisherError, match=words):
        fetch(session, settings, "oas")


def test_a_renamed_property_is_named(session, settings):
    with pytest.raises(PublisherError, match="has no property OA21CD; it has: OA11CD"):
        fetch(session, settings, "oas", fields={"OA21CD": "OA11CD"})


def test_counts_of_nomis_come_in_pages(session, settings, publishers):
    assert fetch(session, settings, "mid_year").content == area.mid_year()
    assert len(publishers.asked_of("nomis")) == 3, "64 cells, 25 a page"


def test_a_count_that_nomis_does_not_have_is_named(session, settings):
    with pytest.raises(PublisherError, match=r"E01900001 has no count for pop_2019 \(200, 999\)|\(999\)"):
        fetch(session, settings, "mid_year", columns={"pop": ["200", "999"]})


def test_nomis_that_ends_before_its_own_count_is_told(session, settings, publishers):
    def short(path, query, body):
        content = area.nomis(path, query, body)
        return content if query["recordoffset"] == "0" else Reply(content.body.split(b"\n")[0] + b"\n", "text/csv")

    publishers.routes["nomis"] = short
    with pytest.raises(PublisherError, match="25 cells came, 64 were announced"):
        fetch(session, settings, "mid_year")


def test_the_tables_of_dwp_need_a_key(session, settings, publishers, monkeypatch):
    monkeypatch.delenv("TEST_KEY")
    with pytest.raises(PublisherError, match="TEST_KEY"):
        fetch(session, settings, "low_income")
    assert not publishers.asked
    monkeypatch.setenv("TEST_KEY", "mine")
    fetch(session, settings, "low_income")
    assert publishers.asked[0][2]["APIKey"] == "mine"


def test_tables_of_dwp_with_an_area_missing_are_refused(session, settings, publishers):
    publishers.routes["stat_xplore"] = lambda path, query, body: area.stat_xplore(
        path, query, body.replace(b', ["str:value:CILIF:WARD:E05900002"]', b"")
    )
    with pytest.raises(PublisherError, match="1 areas came, 2 were asked for"):
        fetch(session, settings, "low_income")


def test_the_extract_of_yesterday_serves_while_todays_is_not_there(session, settings, publishers, clock):
    clock.sleep(86400)
    assert fetch(session, settings, "gias").dated == area.DAY
    assert [path[-12:] for path in publishers.asked_of("gias")] == ["20261127.csv", "20261126.csv"]


def test_a_renamed_column_is_named(session, settings, publishers):
    publishers.faults["gias"] = [becomes(lambda body: body.replace(b"Postcode", b"Post code"))]
    with pytest.raises(PublisherError, match="has no column Postcode"):
        fetch(session, settings, "gias")


def test_schools_come_from_the_extract_of_all_establishments(session, settings, publishers, tmp_path):
    header = area.gias_native().decode("cp1252").splitlines()[0].split(",")
    header += ["TypeOfEstablishment (name)", "EstablishmentTypeGroup (name)", "PhaseOfEducation (name)"]
    header += ["NumberOfPupils", "PercentageFSM", "LSOA (code)"]
    row = ["1", "999", "Smalltown", "3", "A School", "Open, but proposed to close", *[""] * 5]
    kind = ["T", "G", "Primary", "200", "9.5", "E01900001"]
    rows = [
        [*row, "587100", "186100", *kind],
        ["2", *row[1:5], "Closed", *row[6:], "587100", "186100", *kind],
        ["3", *row[1:], "", "", *kind],
    ]
    content = Reply(area.table(header, rows), "text/csv")
    publishers.routes["gias"] = lambda path, *_: content if path == "edubasealldata20261126.csv" else None
    path = tmp_path / "schools.csv"
    path.write_bytes(fetch(session, settings, "gias", extract="schools").content)
    (school,) = read_schools(path, source="schools", vintage=area.DAY).to_dict("records")
    assert (school["id"], school["subtype"], school["easting"]) == ("gias-1", "primary school", 587100)


def test_postcodes_of_another_file_than_the_list_says_are_refused(session, settings, publishers):
    def other(path, query, body):
        reply = area.os_downloads(publishers)(path, query, body)
        if path.endswith("/downloads"):
            return as_json([{**offer, "md5": "0" * 32} for offer in json.loads(reply.body)])
        return reply

    publishers.routes["os_downloads"] = other
    with pytest.raises(PublisherError, match="MD5"):
        fetch(session, settings, "code_point_open")


def test_a_postcode_area_that_is_not_there_is_named(session, settings):
    with pytest.raises(PublisherError, match="no file of the postcode area QQ"):
        fetch(session, settings, "code_point_open", postcode_areas=["ZZ", "QQ"])


def test_timetables_are_kept_as_they_come(session, settings, publishers):
    got = fetch_live(session, {"publisher": "bods", "region": "east_anglia"}, settings)
    assert got.content == area.bods("", {}, b"").body
    assert publishers.asked_of("bods") == ["/bods/east_anglia/"]


def test_what_is_asked_is_checked_before_anybody_is_asked(session, settings, publishers):
    with pytest.raises(InputError, match="authority is missing"):
        fetch_live(session, {"publisher": "fsa"}, settings)
    with pytest.raises(InputError, match="colour"):
        fetch(session, settings, "naptan_bus", colour="red")
    with pytest.raises(UnknownNameError, match="post office"):
        fetch_live(session, {"publisher": "post office"}, settings)
    with pytest.raises(InputError, match="must name its publisher"):
        fetch_live(session, {"area": "1"}, settings)
    assert not publishers.asked


@pytest.mark.parametrize("area_name", sorted(path.stem for path in (packs_folder() / "recipes").glob("*.toml")))
def test_what_the_recipes_ask_is_what_the_publishers_know(area_name):
    asked = {key: dict(source.live) for key, source in read_recipe(area_name).sources.items() if source.live}
    for key, live in asked.items():
        name = live.pop("publisher")
        module = import_module(f"geo.live.{'osm' if name == 'overpass' else name}")
        made_of(module.Asked, live, key)


def test_the_settings_know_every_publisher_and_may_be_others(tmp_path, monkeypatch):
    assert {*FETCH, OVERPASS, "nominatim"} == set(read_publishers().publishers)
    assert all(one.address.startswith("https://") for one in read_publishers().publishers.values())
    other = tmp_path / "other.toml"
    other.write_text('agent = "me"\n[publishers.fsa]\naddress = "http://127.0.0.1:1"\n', encoding="utf-8")
    monkeypatch.setenv("REACH_PUBLISHERS", str(other))
    assert read_publishers().named("fsa").address == "http://127.0.0.1:1"
    with pytest.raises(UnknownNameError, match="ods"):
        read_publishers().named("ods")
