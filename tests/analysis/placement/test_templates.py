"""Plans to start from: each does what its name says, and the best single hub is the best by trying every one."""

import pytest

from analysis.placement.candidates import candidate_sites
from analysis.placement.templates import TEMPLATES, close_and_replace, one_hub, weekly_outreach
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import AddOutreach, AddSite, CloseSite, Scenario, Venue
from geo.network.modes import mode_named
from geo.packs import open_pack

BASE = Scenario("test", "southend")


@pytest.fixture(scope="module")
def lab():
    return Lab(open_pack("southend"))


def reached(lab, scenario):
    """Children within reach, true figures."""
    people = lab.pack.measure("children_0_3", "strategy")
    return float(people[lab.effect(scenario).to_open_sites.nearest_s <= scenario.within_min * 60.0].sum())


@pytest.mark.slow
def test_one_hub_is_the_best_of_all_candidates(lab):
    made = one_hub(lab, BASE)
    (change,) = made.changes
    assert isinstance(change, AddSite)
    every = candidate_sites(lab.pack)
    tried = [reached(lab, BASE.with_change(AddSite("hub", "", Venue(str(site))))) for site in every.index]
    assert reached(lab, made) == pytest.approx(max(tried))
    assert reached(lab, made) > reached(lab, BASE)


def test_the_weekly_session_is_where_the_hub_would_be(lab):
    (hub,), (session,) = one_hub(lab, BASE).changes, weekly_outreach(lab, BASE).changes
    assert isinstance(session, AddOutreach)
    assert session.at == hub.at
    assert session.weekdays == ("tuesday",)


def test_the_site_that_closes_is_the_one_that_costs_least(lab):
    closed, opened = close_and_replace(lab, BASE).changes
    assert isinstance(closed, CloseSite)
    assert isinstance(opened, AddSite)
    sites = lab.pack.services_of(BASE.service)
    inside = sites[sites["ward"].isin(lab.pack.wards.index)]
    left = {str(site): reached(lab, BASE.with_change(CloseSite(str(site)))) for site in inside.index}
    assert left[closed.site] == pytest.approx(max(left.values()))


def test_a_second_hub_is_another_one(lab):
    first = one_hub(lab, BASE)
    assert len({change.at for change in one_hub(lab, first).changes}) == 2


def test_the_modes_network_is_the_plans_own(lab):
    cycling = Scenario("test", "southend", mode="cycle")
    made = TEMPLATES["one_hub"](lab, cycling)
    assert made.mode == "cycle"
    assert lab.times(mode_named("cycle")) is not None
