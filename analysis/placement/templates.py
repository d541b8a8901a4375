"""Plans to start from: one new hub, a weekly session, or a site that is closed and replaced.

Each is worked out for the area: the new site is the best single one that the search of
:mod:`analysis.placement.placement` finds, and the site that closes is the one of the area that fewest people have no
other for.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from analysis.placement.candidates import candidate_sites
from analysis.placement.placement import Question, adopt, place
from analysis.reach.catchment import catchments
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import AddOutreach, AddSite, CloseSite, Scenario, Spot, Venue
from geo.errors import InputError
from geo.network.modes import mode_named


def weekly_session(site: str, name: str, at: Spot) -> AddOutreach:
    """Return a weekly session as planners usually begin: on Tuesdays at ten, two hours, in the weeks of school."""
    return AddOutreach(site, name, at, ("tuesday",), "10:00", length_min=120, families=12, weeks=39)


def one_hub(lab: Lab, scenario: Scenario) -> Scenario:
    """Add the one hub that brings most people within reach (maximal covering with p = 1).

    Raises
    ------
    InputError
        When no venue of the area would bring anybody within reach.
    """
    measure = _counted(lab, scenario)
    question = Question(goal="reach", measures=((measure, 1.0),), hubs=1, alternatives=0)
    spots = [change.at for change in scenario.changes if isinstance(change, AddSite | AddOutreach)]
    candidates = candidate_sites(lab.pack, already={at.service for at in spots if isinstance(at, Venue)})
    found = place(lab, scenario, candidates, question)
    if found.sites.empty:
        raise InputError("no place that was tried in the area would bring anybody within reach")
    return adopt(scenario, candidates.loc[[str(site) for site in found.sites.index]])


def weekly_outreach(lab: Lab, scenario: Scenario) -> Scenario:
    """Add a weekly session where one hub would bring most people within reach; errors as for :func:`one_hub`."""
    hub = one_hub(lab, scenario).changes[-1]
    if not isinstance(hub, AddSite):
        raise TypeError("a hub is a site that is added")
    return scenario.with_change(weekly_session(hub.site, hub.name, hub.at))


def close_and_replace(lab: Lab, scenario: Scenario) -> Scenario:
    """Close the site of the area that fewest people have no other for, and add the best hub after that.

    Raises
    ------
    InputError
        When the area has no site to close, or as for :func:`one_hub`.
    """
    scenario = lab.settled(scenario)
    access = lab.times(mode_named(scenario.mode)).access
    found = catchments(
        access,
        scenario.service,
        measure=_counted(lab, scenario),
        baseline=scenario.baseline,
        within_min=scenario.within_min,
    )
    closed = {change.site for change in scenario.changes if isinstance(change, CloseSite)}
    rows = found.rows[found.rows["ward"].isin(lab.pack.wards.index) & ~found.rows.index.isin(closed)]
    if rows.empty:
        raise InputError("the area has no site of this service to close")
    least = str(rows["alone"].idxmin())
    return one_hub(lab, scenario.with_change(CloseSite(least)))


TEMPLATES: Mapping[str, Callable[[Lab, Scenario], Scenario]] = MappingProxyType(
    {"one_hub": one_hub, "weekly_outreach": weekly_outreach, "close_and_replace": close_and_replace}
)
"""The templates by name."""


def _counted(lab: Lab, scenario: Scenario) -> str:
    measures = list(lab.counts(lab.settled(scenario).baseline).measures)
    return "children_0_3" if "children_0_3" in measures else measures[0]
