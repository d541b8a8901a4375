"""Outcomes within reach: brute force over all places together, a street worked out by hand, and the lab's answer."""

import tomllib
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.reach.reach import count_reach
from analysis.scenario.lab import Lab
from analysis.scenario.outcomes import (
    DEFAULT_OFFERS,
    Offer,
    offers_of,
    outcomes_served,
    provision,
    read_offers,
    worst_served,
)
from analysis.scenario.scenario import AddSite, ChangeOffer, CloseSite, Point, Scenario, SetSpeed
from analysis.shown import said
from analysis.travel.access import Access
from geo.errors import InputError, UnknownNameError
from geo.network.modes import mode_named
from geo.pack import AreaPack
from geo.packs import open_pack
from tests.samples import ORIGIN, network_of, with_particulars

ASKED = {"measure": "children_0_3", "baseline": "strategy", "mode": "walk_pram", "within_min": 15.0}


@pytest.fixture(scope="module")
def lab(pack):
    return Lab(pack)


@pytest.fixture(scope="module")
def usual(pack):
    return offers_of(pack, read_offers())


@pytest.fixture(scope="module")
def found(lab, usual):
    return provision(lab, usual, **ASKED)


def kinds_of(pack):
    """Kinds of place of each programme and outcome, read from the files without the program."""
    listed = tomllib.loads(DEFAULT_OFFERS.read_text(encoding="utf-8"))["programme"]
    by_programme = {row["name"]: set(row["places"]) for row in listed}
    kinds = {("programme", name): places for name, places in by_programme.items()}
    for entry in pack.strategy["programmes"]:
        for outcome in entry["outcomes"]:
            kinds.setdefault(("outcome", outcome), set()).update(by_programme[entry["name"]])
    return kinds


def figures(table, kind, item, measure="children_0_3"):
    rows = table[(table["kind"] == kind) & (table["item"] == item) & (table["measure"] == measure)]
    return rows.set_index("code")


@pytest.mark.parametrize(("mode", "within"), [("walk_pram", 15), ("walk_toddler", 5), ("drive", 10)])
def test_reach_is_that_of_all_places_together(pack, lab, usual, mode, within):
    asked = {**ASKED, "mode": mode, "within_min": float(within)}
    here = provision(lab, usual, **asked)
    access = Access.of(pack, mode_named(mode))
    done = {}
    kinds = kinds_of(pack)
    assert len(kinds) == 3 + 12
    for (kind, item), places in kinds.items():
        key = frozenset(places)
        if key not in done:
            sites = pd.concat([pack.services_of(place) for place in sorted(places)] or [pack.services.head(0)])
            times = access.to_sites(sites).nearest_s if len(sites) else np.full(len(pack.demand), np.inf)
            done[key] = (
                count_reach(pack, times, measure="children_0_3", baseline="strategy", within_min=within),
                len(sites),
            )
        expected, number = done[key]
        groups, wards = figures(here.tables["group"], kind, item), figures(here.tables["ward"], kind, item)
        np.testing.assert_allclose(groups["reached_after"], expected.groups["reached"].reindex(groups.index), rtol=1e-9)
        np.testing.assert_allclose(wards["reached_after"], expected.rows["reached"].reindex(wards.index), rtol=1e-9)
        np.testing.assert_array_equal(groups["reached_before"], groups["reached_after"])
        row = here.sites[(here.sites["kind"] == kind) & (here.sites["item"] == item)].iloc[0]
        assert row["sites_before"] == row["sites_after"] == number


def test_every_programme_of_the_strategy_is_in_the_list_with_a_reason(pack, usual):
    names = [entry["name"] for entry in pack.strategy["programmes"]]
    assert [offer.programme for offer in usual] == names
    assert {offer.programme for offer in read_offers()} == set(names)
    assert all(len(offer.reason) > 20 for offer in usual)
    assert outcomes_served(pack)["HENRY"] == ("diet and nutrition",)


def test_a_programme_that_comes_to_the_home_is_at_no_place(found):
    assert figures(found.tables["group"], "programme", "Family Nurse Partnership")["reached_after"].sum() == 0


def test_with_everything_at_one_kind_of_place_the_answer_is_the_labs(pack, lab, usual):
    """One meaning: what a plan says of a site's programmes does here what it does in the Scenario lab."""
    everywhere = [replace(offer, categories=("childrens_centre",)) for offer in usual]
    centres = pack.services_of("childrens_centre").index
    plan = Scenario(
        "plan",
        pack.code,
        changes=(
            AddSite("new-1", "Only food", Point(593_500.0, 185_200.0), programmes=("HENRY",)),
            ChangeOffer(str(centres[0]), programmes=("Incredible Years",)),
            CloseSite(str(centres[1])),
        ),
    )
    here = provision(lab, everywhere, plan=plan, **ASKED)
    for level in ("group", "ward"):
        there = lab.effect(plan).by_outcome(level)
        assert set(there["outcome"]) == set(pack.strategy["outcomes"])
        for outcome in pack.strategy["outcomes"]:
            expected = there[(there["outcome"] == outcome) & (there["measure"] == "children_0_3")].set_index("code")
            got = figures(here.shown(level), "outcome", outcome)
            columns = ["reached_before", "reached_after", "newly_reached", "no_longer_reached"]
            pd.testing.assert_frame_equal(got[columns], expected.loc[got.index, columns])
    food = figures(here.tables["group"], "programme", "HENRY").loc["borough"]
    talk = figures(here.tables["group"], "programme", "Mellow Parenting").loc["borough"]
    assert food["newly_reached"] > 0
    assert talk["newly_reached"] == 0
    assert talk["no_longer_reached"] > 0


def test_a_plan_for_one_kind_of_place_leaves_the_others_as_they_are(pack, lab, usual, found):
    centres = pack.services_of("childrens_centre").index
    plan = Scenario("none left", pack.code, changes=tuple(CloseSite(str(code)) for code in centres))
    closed = provision(lab, usual, plan=plan, **ASKED)
    only = figures(closed.tables["group"], "programme", "HENRY")
    assert (only["reached_after"] == 0).all()
    assert (only["reached_before"] > 0).all()
    nursery = "Two-year-old funded nursery education"
    pd.testing.assert_series_equal(
        figures(closed.tables["ward"], "programme", nursery)["reached_after"],
        figures(found.tables["ward"], "programme", nursery)["reached_after"],
    )


def test_a_hub_at_a_kind_of_place_that_offers_nothing_brings_no_other_place_with_it(pack, lab, usual):
    library = Scenario(
        "at the library", pack.code, service="library", changes=(AddSite("new-1", "Hub", Point(593_500.0, 185_200.0)),)
    )
    here = provision(lab, usual, plan=library, **ASKED)
    added = here.sites.set_index(["kind", "item"])
    # The hub offers everything, as a site of the lab does that says nothing else; the libraries offer nothing.
    assert (added["sites_after"] - added["sites_before"] == 1).all()


def test_a_speed_is_assumed_before_and_after(pack, lab, usual, found):
    slow = mode_named(ASKED["mode"]).at_speed(2.0)
    plan = Scenario("slow", pack.code, changes=(SetSpeed(2.0),))
    tables = provision(lab, usual, plan=plan, **ASKED).tables["group"]
    assert np.array_equal(tables["reached_before"], tables["reached_after"])
    programme = next(one for one in usual if one.categories)
    sites = pd.concat([pack.services_of(kind) for kind in programme.categories])
    asked = {"measure": ASKED["measure"], "baseline": ASKED["baseline"], "within_min": ASKED["within_min"]}
    own = count_reach(pack, Access.of(pack, slow).to_sites(sites).nearest_s, **asked).groups["reached"]
    here = figures(tables, "programme", programme.programme)["reached_before"]
    assert here["target"] == pytest.approx(own["target"])
    usually = figures(found.tables["group"], "programme", programme.programme)["reached_before"]
    assert here["target"] < usually["target"]


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(["childrens_centre", "library", "gp_practice", "health_clinic"]), unique=True, min_size=1),
    st.sampled_from([5.0, 15.0, 30.0]),
)
def test_more_kinds_of_place_never_mean_less_reach(lab, usual, kinds, within):
    asked = {**ASKED, "within_min": within}
    fewer = provision(lab, [replace(offer, categories=tuple(kinds[:-1])) for offer in usual], **asked).tables["ward"]
    more = provision(lab, [replace(offer, categories=tuple(kinds)) for offer in usual], **asked).tables["ward"]
    assert (more["reached_after"].to_numpy() >= fewer["reached_after"].to_numpy() - 1e-9).all()
    assert (more["reached_after"] <= more["total"] + 1e-6).all()


def test_an_outcome_reaches_at_least_as_many_as_each_of_its_programmes(pack, found):
    for programme, served in outcomes_served(pack).items():
        part = figures(found.tables["ward"], "programme", programme)["reached_after"]
        for outcome in served:
            whole = figures(found.tables["ward"], "outcome", outcome)["reached_after"]
            assert (whole >= part - 1e-9).all()


def test_what_is_shown_is_to_the_nearest_five(found):
    for level in ("ward", "group"):
        shown, true = found.shown(level), found.tables[level]
        for column in ("reached_before", "reached_after"):
            counts = shown[column].to_numpy()
            assert np.isfinite(counts).all()
            told = np.array([said(count) is not None for count in counts])
            part, short = true[column].to_numpy(), (true["total"] - true[column]).to_numpy()
            few = ((part > 1e-6) & (part < 5)) | ((short > 1e-6) & (short < 5))
            assert (told == few).all()
            assert ((counts % 5 == 0) | (counts == shown["total"]))[~told].all()
            assert (np.abs(counts - part) <= 5).all()
    with pytest.raises(UnknownNameError, match="lsoa"):
        found.shown("lsoa")


def test_outcomes_are_ordered_from_the_worst_served():
    shown = pd.DataFrame(
        {
            "kind": ["outcome", "outcome", "outcome", "programme"],
            "item": ["a", "b", "a", "p"],
            "code": ["w1", "w1", "w2", "w1"],
            "name": ["One", "One", "Two", "One"],
            "group": ["target", "target", "rest", "target"],
            "share_before": [0.1, 0.2, 0.3, 0.0],
            "share_after": [0.5, 0.25, np.nan, 0.0],
        }
    )
    assert worst_served(shown)[["code", "outcome", "share"]].to_numpy().tolist() == [
        ["w1", "b", 0.25],
        ["w1", "a", 0.5],
    ]
    assert worst_served(shown, when="before")["outcome"].tolist() == ["a", "b", "a"]


# A street of 3 km from west to east: with a pram one metre is one second. Two wards meet in its middle.
HOMES_M = (100.0, 400.0, 1000.0, 1700.0, 2900.0)
CHILDREN = (10.0, 20.0, 30.0, 40.0, 50.0)


@pytest.fixture(scope="module")
def street():
    """A pack of one street: a centre at its west end, a nursery at 1,500 m, and a practice at 2,800 m."""
    x0, y0 = ORIGIN
    at = np.array(HOMES_M)
    wards = np.where(at < 1500, "W1", "W2")
    square = [shapely.box(x0, y0 - 50, x0 + 1500, y0 + 50), shapely.box(x0 + 1500, y0 - 50, x0 + 3000, y0 + 50)]
    areas = gpd.GeoDataFrame(
        {
            "code": ["W1", "W2", "L1", "L2"],
            "level": ["ward", "ward", "lsoa", "lsoa"],
            "name": ["West", "East", "West 1", "East 1"],
            "ward": ["W1", "W2", "W1", "W2"],
            "lsoa": ["", "", "L1", "L2"],
            "target": [True, False, True, False],
        },
        geometry=square * 2,
        crs="EPSG:27700",
    ).set_index("code")
    lsoa = np.where(wards == "W1", "L1", "L2")
    totals = pd.Series(CHILDREN).groupby(lsoa).sum()
    demand = pd.DataFrame(
        {
            "postcode": [f"SS1 {number}AA" for number in range(5)],
            "easting": x0 + at,
            "northing": y0,
            "oa": lsoa,
            "lsoa": lsoa,
            "ward": wards,
            "share": np.array(CHILDREN) / totals.reindex(lsoa).to_numpy(),
        }
    )
    services = pd.DataFrame(
        {
            "id": ["c", "n", "g"],
            "category": ["childrens_centre", "nursery", "gp_practice"],
            "name": ["Centre", "Nursery", "Practice"],
            "easting": [x0, x0 + 1500, x0 + 2800],
            "northing": [y0, y0, y0],
            "status": "open",
        }
    ).set_index("id")
    land = gpd.GeoDataFrame({"layer": ["land"]}, geometry=[shapely.box(x0, y0, x0 + 3000, y0 + 1)], crs="EPSG:27700")
    return AreaPack(
        manifest=with_particulars(
            replace(open_pack("southend").manifest, code="street", name="The street", files={}), baselines=["count"]
        ),
        provenance={"sources": [], "measures": []},
        strategy={
            "outcomes": ["talk", "food"],
            "programmes": [
                {"name": "Words", "outcomes": ["talk"]},
                {"name": "Meals", "outcomes": ["food"]},
                {"name": "Visits", "outcomes": ["talk", "food"]},
            ],
        },
        areas=areas,
        demand=demand,
        measures=pd.DataFrame({"count.children_0_3": totals}),
        scores=pd.DataFrame(index=totals.index),
        ward_series=pd.DataFrame(columns=["ward", "measure", "period", "value", "status", "source"]),
        services=services,
        postcodes=demand[["postcode", "easting", "northing"]],
        basemap=land,
        islands=land.head(0),
        network=network_of([(x0, y0), (x0 + 3000, y0)]),
    )


def test_a_street_worked_out_by_hand(street):
    offers = (
        Offer("Words", ("childrens_centre", "nursery"), ""),
        Offer("Meals", ("gp_practice",), ""),
        Offer("Visits", (), ""),
    )
    asked = {"measure": "children_0_3", "baseline": "count", "mode": "walk_pram", "within_min": 10.0}
    here = provision(Lab(street), offers, **asked).tables["group"]
    # 600 m: the centre reaches the homes at 100 and 400, the nursery those at 1,000 and 1,700, the practice 2,900.
    assert figures(here, "programme", "Words")["reached_after"].to_dict() == pytest.approx(
        {"target": 60.0, "rest": 40.0, "borough": 100.0}
    )
    assert figures(here, "programme", "Meals")["reached_after"].to_dict() == pytest.approx(
        {"target": 0.0, "rest": 50.0, "borough": 50.0}
    )
    assert figures(here, "programme", "Visits")["reached_after"].sum() == 0
    assert figures(here, "outcome", "talk")["share_after"].to_dict() == pytest.approx(
        {"target": 1.0, "rest": 40 / 90, "borough": 100 / 150}
    )
    # A hub at 2,500 m that offers all, Visits as well: 1,900 to 3,000 m, so the home at 2,900.
    hub = Scenario(
        "hub",
        "street",
        baseline="count",
        changes=(AddSite("new-1", "Hub", Point(ORIGIN[0] + 2500, ORIGIN[1]), programmes=("Words", "Visits")),),
    )
    with_hub = provision(Lab(street), offers, plan=hub, **asked).tables["group"]
    assert figures(with_hub, "programme", "Words").loc["borough", "reached_after"] == pytest.approx(150)
    assert figures(with_hub, "programme", "Words").loc["borough", "reached_before"] == pytest.approx(100)
    assert figures(with_hub, "outcome", "food").loc["borough", "reached_after"] == pytest.approx(50)
    assert figures(with_hub, "programme", "Meals").loc["borough", "newly_reached"] == 0


def test_an_area_without_a_strategy_has_no_rows(street):
    bare = replace(street, strategy={})
    assert offers_of(bare, read_offers()) == ()
    asked = {"measure": "children_0_3", "baseline": "count", "mode": "walk_pram", "within_min": 10.0}
    nothing = provision(Lab(bare), (), **asked)
    assert nothing.sites.empty
    assert nothing.shown("ward").empty
    assert worst_served(nothing.shown("group")).empty


def test_nothing_is_assumed_of_a_programme_that_is_not_listed(street):
    offers = offers_of(street, read_offers())
    assert [offer.categories for offer in offers] == [(), (), ()]
    assert "no kind of place is assumed" in offers[0].reason


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("programme = 3", "programmes.toml: programme must be a list, not 3"),
        ("[[programme]]\nname = 'A'\nplaces = []", "programmes.toml, programme 1 (A): reason is missing"),
        ("[[programme]]\nname = 'A'\nplaces = 'library'\nreason = ''", "places must be a list"),
        ("[[programme]]\nname = 'A'\nplaces = ['castle']\nreason = ''", "castle"),
        ("[[programme]]\nname = 'A'\nplaces = []\nreason = ''\n" * 2, "names a programme twice: A"),
        ("[[programme", "cannot be read"),
    ],
)
def test_a_broken_list_of_programmes_is_named(write, text, said):
    with pytest.raises((InputError, UnknownNameError)) as error:
        read_offers(write("programmes.toml", text))
    assert said in str(error.value)


def test_unknown_names_are_refused(lab, usual):
    with pytest.raises(UnknownNameError, match="programme"):
        provision(lab, [Offer("Juggling", ("library",), "")], **ASKED)
    with pytest.raises(UnknownNameError, match="service"):
        Offer("HENRY", ("castle",), "")
    with pytest.raises(InputError, match="atlantis"):
        provision(lab, usual, plan=Scenario("elsewhere", "atlantis"), **ASKED)
