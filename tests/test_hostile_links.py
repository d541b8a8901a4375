"""Links that are made to hurt: each is refused in a sentence, within seconds of work and little memory."""

import base64
import json
import zlib
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.placement.candidates import candidate_sites
from analysis.placement.problem import MOST_CANDIDATES
from analysis.reach.basket import MOST_SERVICES, Basket, BasketItem
from analysis.scenario.file import LONGEST_LIST, MAX_BYTES, MOST_VALUES, from_dict, from_json
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import WEEKDAYS, AddOutreach, AddRoute, AtPostcode, LonLat, Scenario, SetSpeed, Stop
from geo.errors import InputError
from geo.finder import LONGEST_TYPED, Finder
from geo.network.modes import HIGHEST_SPEED_KMH, LOWEST_SPEED_KMH, mode_named
from geo.packs import open_pack
from geo.timetable.planned import Every
from tests.bounded import bounded
from ui.lab.state import LONGEST_ADDRESS, MOST_UNPACKED, decode, encode

HEAD, TAIL = b'{"schema_version":1,"name":"x","area":"x","changes":[', b"]}"
BARE = b'{"schema_version":1,"area":"x","changes":[],'
ROUTE = b'{"change":"add_route","name":"x","every":[],"stops":['
SPOT = b'{"lon":0,"lat":51.5}'
HOURLY = b'[{"weekdays":["monday"],"starts":"09:00","until":"10:00","every_min":60}]'


def of(item, size):
    """Return as many changes as fit into a plan of so many bytes."""
    return HEAD + b",".join([item] * ((size - len(HEAD) - len(TAIL)) // (len(item) + 1))) + TAIL


def packed(content):
    return base64.urlsafe_b64encode(zlib.compress(content, 9)).decode().rstrip("=")


def plans(size):
    """Plans of about so many bytes, each with what it must say of itself."""
    half = size // 2
    many = (size - 300) // 3
    return {
        "numbers for changes": (of(b"0", size), "changes where at most 200 are allowed"),
        "empty changes": (of(b"{}", size), "changes where at most 200 are allowed"),
        "changes without a kind": (of(b'{"a":0}', size), "changes where at most 200 are allowed"),
        "empty stops": (HEAD + ROUTE + b",".join([b"{}"] * many) + b"]}" + TAIL, "at most 200"),
        "programmes to compare each with each": (
            HEAD
            + b'{"change":"offer","site":"x","programmes":['
            + b",".join(b'{"a":%d}' % number for number in range(size // 14))
            + b"]}"
            + TAIL,
            "at most 200",
        ),
        "names without end": (
            b'{"schema_version":1,' + b",".join(b'"k%d":0' % number for number in range(size // 13)) + b"}",
            "entries where at most 200",
        ),
        "deep lists": (HEAD + b"[" * half + b"]" * half + TAIL, "nested too deep"),
        "deep lists that can be read": (of(b"[" * 200 + b"]" * 200, size), "at most 200|nested too deep"),
        "deep objects": (HEAD + b'{"a":' * 300 + b"0" + b"}" * 300 + TAIL, "nested too deep"),
        "a long name": (BARE + b'"name":"' + b"x" * (size - 99) + b'"}', "at most 200"),
        "a long number": (BARE + b'"within_min":' + b"9" * 5000 + b"}", "not readable JSON"),
        "routes and stops as many as may be": (
            HEAD
            + b",".join([ROUTE.replace(b"[]", HOURLY) + b",".join([SPOT] * 190) + b"]}"] * min(size // 4_300, 200))
            + TAIL,
            "more than 20,000 values",
        ),
    }  # fmt: skip


LINKS = plans(MOST_UNPACKED - 5_000)
FILES = plans(MAX_BYTES - 5_000)


@pytest.mark.parametrize("name", LINKS)
def test_a_link_that_unpacks_to_what_no_plan_is(name):
    content, words = LINKS[name]
    link = packed(content)
    assert len(link) <= LONGEST_ADDRESS or name in ("programmes to compare each with each", "names without end")
    said = bounded(lambda: decode(link), cpu_s=3, mb=60)
    assert any(one in said for one in (*words.split("|"), "longer than any that this program makes")), said
    assert len(said) < 1_000


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_plan(name):
    content, words = FILES[name]
    said = bounded(lambda: from_json(content), cpu_s=4, mb=120)
    assert any(one in said for one in words.split("|")), said
    assert len(said) < 1_000


def test_no_more_than_the_first_faults_are_looked_for():
    # Each of the lists is as long as it may be, and every stop is wrong in two ways.
    routes = [{"change": "add_route", "name": "x", "every": [], "stops": [{"a": 0}] * 90}] * 200
    plan = {"schema_version": 1, "name": "x", "area": "x", "changes": routes[:100]}
    said = bounded(lambda: from_dict(plan), cpu_s=2, mb=60)
    assert said.endswith("; and more")
    assert said.count(";") == 5


@pytest.mark.parametrize("size", [MOST_UNPACKED + 1, 50_000_000])
def test_a_link_that_unpacks_to_more_than_a_plan(size):
    link = packed(b" " * size)
    if len(link) > LONGEST_ADDRESS:
        link = packed(b" " * 4_000_000)
    said = bounded(lambda: decode(link), cpu_s=1, mb=20)
    assert said == "the plan in this link is larger than any that a link can hold: ask for its file instead"


def test_a_link_that_is_longer_than_any_of_ours():
    link = "A" * 5_000_000
    assert "longer than any that this program makes" in bounded(lambda: decode(link), cpu_s=1, mb=20)


LARGEST = Scenario(
    "Everything at once",
    "southend",
    note="x" * 4_000,
    changes=tuple(
        AddOutreach(f"new-{number}", "Stay and play " * 10, AtPostcode("SS1 1AA"), WEEKDAYS, "10:00", 90.0, 12, 40,
                    tuple(f"Programme {one}" for one in range(20)))
        for number in range(LONGEST_LIST)
    ),
)  # fmt: skip


def test_the_largest_plans_that_people_make_are_still_read():
    assert decode(encode(LARGEST)) == LARGEST if len(encode(LARGEST)) <= LONGEST_ADDRESS else True
    small = Scenario("One", "southend", changes=(SetSpeed(LOWEST_SPEED_KMH), *LARGEST.changes[:150]))
    assert decode(encode(small)) == small


GOOD = encode(Scenario("A plan", "southend", changes=(SetSpeed(4.0), LARGEST.changes[0])))


@pytest.mark.parametrize("at", range(0, len(GOOD), 7))
def test_a_link_that_was_cut_off_or_changed_on_the_way(at):
    for link in (GOOD[:at], GOOD[:at] + "\0" + GOOD[at:], GOOD[:at] + "٣" + GOOD[at + 1 :], GOOD[:at] + "!" * 9):
        with pytest.raises(InputError):
            decode(link)


@given(
    st.text(max_size=300)
    | st.binary(max_size=300).map(packed)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=9) | st.dictionaries(st.text(max_size=9), inner, max_size=9),
    ).map(lambda content: packed(json.dumps(content).encode()))
)
def test_any_link_at_all_is_refused_in_a_sentence(link):
    with pytest.raises(InputError) as caught:
        decode(link)
    assert 10 < len(str(caught.value)) < 1_000


@pytest.mark.parametrize("speed", [1e308, 131, 0.49, 1e-308, 0, -1, True, "4"])
def test_a_speed_that_nobody_has(speed):
    plan = {"schema_version": 1, "name": "x", "area": "x", "changes": [{"change": "speed", "speed_kmh": speed}]}
    with pytest.raises(InputError, match="speed_kmh"):
        from_dict(plan)


@pytest.mark.parametrize("speed", [float("nan"), float("inf"), 0.49, HIGHEST_SPEED_KMH + 1])
def test_a_speed_that_nobody_has_in_code(speed):
    with pytest.raises(InputError, match=r"out of range: give 0\.5 to 130"):
        mode_named("walk_pram").at_speed(speed)


@pytest.mark.parametrize(
    "timing",
    [
        "change=" + "9" * 400,  # to a float it is without bounds, and no whole number
        "boardings=" + "9" * 5_000,
        "walk=٣٠",
        "٠٩:٠٠-١١:٠٠",
        "09:00-" + "9" * 100,
        "tuesday," * 100_000,
        "nan",
        "walk=1e3",
    ],
)
def test_a_day_and_window_that_cannot_be(timing):
    said = bounded(lambda: mode_named(f"transit_pram@{timing}"), cpu_s=1, mb=20)
    assert said != "taken"
    assert len(said) < 500


def item(service="library", minutes=10.0, weight=1.0):
    return BasketItem(service, minutes, "walk_pram", weight, "")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Basket((item(),) * (MOST_SERVICES + 1)), "101: at most 100"),
        (lambda: Basket((item(),) * 200_000), "200,000: at most 100"),
        (lambda: item(weight=1e308), "1,000 at most"),
        (lambda: item(weight=float("nan")), "makes no sense"),
        (lambda: item(minutes=1e308), "at most 240"),
        (lambda: item(minutes=float("nan")), "at most 240"),
    ],
)
def test_a_list_of_services_that_cannot_be(make, words):
    assert words in bounded(make, cpu_s=2, mb=60)


@pytest.fixture(scope="module")
def pack():
    return open_pack("southend")


def test_a_text_that_is_no_place_is_not_looked_up(pack):
    finder = Finder.of(pack)
    for text in ("high street " * 100_000, "\u00a0" * 1_000_000 + "a", "ﷺ" * (LONGEST_TYPED + 1), "x" * 201):
        assert bounded(partial(finder.find, text), cpu_s=1, mb=40) == "taken"
        answer = finder.find(text)
        assert answer.kind == "unknown"
        assert "too many for a place. Type " in answer.said
        assert len(answer.text) <= LONGEST_TYPED


def test_a_plan_that_adds_more_buses_than_a_city_has(pack):
    xy = pack.demand[["easting", "northing"]].head(2)
    lonlat = LonLat(0.71, 51.54), LonLat(0.72, 51.54)
    assert len(xy) == 2
    minutely = Every(WEEKDAYS, "00:00", "24:00", 1)
    stops = tuple(Stop(stop) for stop in pack.timetable.stop_ids[:60])
    lab = Lab(pack)
    one = Scenario("x", "southend", mode="transit_pram", changes=(AddRoute("x", (*stops, *lonlat), (minutely,)),))
    assert "the plan adds 178,560 calls at stops; at most 20,000" in bounded(lambda: lab.effect(one), cpu_s=4, mb=400)


def test_more_candidates_than_can_be_compared(pack):
    named = ["SS1 1AA"] * (MOST_CANDIDATES + 1)
    assert "2,001 postcodes are named; at most 2,000" in bounded(
        lambda: candidate_sites(pack, (), postcodes=named), cpu_s=1, mb=40
    )


def test_the_limits_are_those_that_the_sentences_say():
    assert (MOST_VALUES, LONGEST_LIST) == (20_000, 200)
