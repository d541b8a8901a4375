"""Access gaps as shown figures: every table that a page, a printed report or a file has (see :mod:`analysis.shown`).

The other modules of this folder work with unrounded figures. This one turns them into figures that may be shown, once,
so that the page, the command line and every download agree.
"""

import re
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.gaps.bands import headlines, threshold_curve
from analysis.gaps.fairness import Fairness, fairness
from analysis.gaps.gaps import Totals, shown, totals_by_area, ward_services
from analysis.gaps.isolation import Isolation, isolation, rank_among
from analysis.gaps.pockets import CUT_OFF_FROM, pockets
from analysis.gaps.severance import barriers_of, crossings, why
from analysis.gaps.supply import supply
from analysis.reach.reach import groups_of
from analysis.reach.readings import reading_column
from analysis.reach.rollup import Roll
from analysis.reach.survey import Survey
from analysis.shown import ShownFrame, nobody_counted, share_change, shares_within, shown_counts
from geo.measures import measure_named

Floats = npt.NDArray[np.float64]
POSITION_DECIMALS = 4
FEWEST_FOR_SUPPLY = 2


@dataclass(frozen=True, eq=False)
class GapReport:
    """The gaps of an area as they may be shown.

    Attributes
    ----------
    survey
        Times, thresholds and weights: not to be shown, but needed to answer further questions.
    measure, baseline
        Who is counted.
    totals
        People of each ward and group.
    services
        Index ``code, service``: :func:`analysis.gaps.gaps.ward_services`, minutes to the tenth, shares as shown, with
        ``distance_min, detour_min, speed_min`` that sum to ``gap_to_borough`` as shown, ``severance`` and
        ``door_ratio``, and ``by_timetable``: whether families go there by bus and train.
    isolation
        Isolation worked out from the shown shares, to the tenth; ranks follow from it.
    pockets
        :func:`analysis.gaps.pockets.pockets` with an ``id`` that stays the same when thresholds change, and positions
        to 10 m.
    pocket_rows
        For each pocket the rows of the demand table, for drawing.
    met
        :func:`analysis.gaps.severance.crossings`: unrounded figures, for :meth:`barriers`.
    beyond_half
        People for whom services of at least half the basket's weight are beyond reach, by ward and group.
    beyond
        People beyond the threshold of each service, index as `services`.
    """

    survey: Survey
    measure: str
    baseline: str
    totals: Totals
    services: ShownFrame
    isolation: Isolation
    pockets: ShownFrame
    pocket_rows: tuple[npt.NDArray[np.intp], ...]
    met: pd.DataFrame
    beyond_half: pd.Series
    beyond: pd.Series

    @property
    def who(self) -> str:
        """Who is counted, with their ages, inside a sentence: "children aged 0–3"."""
        return measure_named(self.measure).counted

    def barriers(self, inside: npt.NDArray[np.bool_]) -> ShownFrame:
        """Rank the barriers that lie across the way of some people; see :func:`analysis.gaps.severance.barriers_of`.

        Parameters
        ----------
        inside
            ``(n_demand,)`` which homes are theirs.

        Returns
        -------
        Index ``service``; ``kind, name, share``: the share of the people as shown; only where it is more than nobody.
        """
        roll = Roll.of(self.survey.pack, self.measure, self.baseline)
        found = barriers_of(self.met, roll.people, inside)
        total = float(roll.people[inside].sum())
        share = shares_within(found["share"], total, self._shown_total(roll, inside, total))
        safe = found.assign(share=share)
        return ShownFrame(safe[safe["share"] > 0])

    def _shown_total(self, roll: Roll, inside: npt.NDArray[np.bool_], total: float) -> float:
        whole = np.flatnonzero((roll.inside == inside).all(axis=1))
        return float(self.totals.shown.iloc[whole[0]] if len(whole) else shown_counts(total))

    def pocket_homes(self, pocket_id: str) -> npt.NDArray[np.bool_]:
        """``(n_demand,)`` the homes of a pocket, for drawing; none for an unknown id."""
        inside = np.zeros(len(self.survey.pack.demand), dtype=bool)
        rows = np.flatnonzero((self.pockets["id"] == pocket_id).to_numpy())
        if len(rows):
            inside[self.pocket_rows[rows[0]]] = True
        return inside


def gap_report(survey: Survey, *, measure: str, baseline: str) -> GapReport:
    """Work out everything that the top of the Gaps page and the command line show.

    Parameters
    ----------
    survey
        Times, thresholds and weights.
    measure, baseline
        Who is counted.

    Raises
    ------
    UnknownNameError
        When the measure or baseline is unknown.
    """
    totals = totals_by_area(survey.pack, measure=measure, baseline=baseline)
    true = ward_services(survey, measure=measure, baseline=baseline)
    services = shown(true, totals)
    parts = _shown_parts(why(survey, measure=measure, baseline=baseline), services)
    rides = {item.service: survey.access[item.mode].transit is not None for item in survey.basket}
    by_timetable = services.index.get_level_values("service").map(rides)
    services = ShownFrame(services.join(parts).assign(by_timetable=by_timetable))
    people = survey.pack.measure(measure, baseline)
    cut_off = survey.basket.weights @ survey.beyond >= CUT_OFF_FROM
    roll = Roll.of(survey.pack, measure, baseline)
    found = pockets(survey, measure=measure, baseline=baseline)
    homes = tuple(found.attrs.pop("homes"))  # kept apart: pandas copies `attrs` at every step
    return GapReport(
        survey=survey,
        measure=measure,
        baseline=baseline,
        totals=totals,
        services=services,
        isolation=_shown_isolation(isolation(survey, measure=measure, baseline=baseline), survey, true, totals),
        pockets=_shown_pockets(found),
        pocket_rows=homes,
        met=crossings(survey),
        beyond_half=pd.Series(
            totals.parts(roll.inside @ (people * cut_off), totals.true.index), index=totals.true.index
        ),
        beyond=_shown_beyond(survey, roll, totals, services.index),
    )


def _shown_beyond(survey: Survey, roll: Roll, totals: Totals, index: pd.Index) -> pd.Series:
    """People beyond each threshold, by ward and group, as shown."""
    true = (roll.inside * roll.people) @ survey.beyond.T  # (n_areas, n_services)
    codes = pd.Index(roll.keys)
    made = pd.MultiIndex.from_product([survey.basket.services, roll.keys], names=["service", "code"])
    parts = np.concatenate([totals.parts(column, codes) for column in true.T])
    return pd.Series(parts, index=made.reorder_levels(["code", "service"]), name="beyond").reindex(index)


def _shown_parts(parts: pd.DataFrame, services: pd.DataFrame) -> pd.DataFrame:
    """Round distance and speed to the tenth of a minute; the detour is what is left of the gap that is shown."""
    distance, speed = parts["distance_min"].round(1), parts["speed_min"].round(1)
    with np.errstate(invalid="ignore"):
        detour = (services["gap_to_borough"] - distance - speed).round(1)
    columns = {"distance_min": distance, "detour_min": detour, "speed_min": speed}
    return pd.DataFrame(
        {**columns, "severance": parts["severance"].round(2), "door_ratio": parts["door_ratio"].round(2)}
    )


def _shown_isolation(found: Isolation, survey: Survey, true: pd.DataFrame, totals: Totals) -> Isolation:
    names = survey.basket.services
    share = totals.shares(true["share_within"], true.index.get_level_values("code"))
    within = pd.DataFrame(share.reshape(-1, len(names)), index=totals.true.index, columns=names)
    within = within.reindex(found.areas.index)
    parts = 100.0 * (1.0 - within) * survey.basket.weights
    value = parts.sum(axis=1).round(1)
    wards = found.areas["rank"].notna()
    counted = ~value[wards].index.isin(found.unknown)
    rank = pd.Series(rank_among(value[wards].to_numpy()[:, None], counted)[:, 0], value[wards].index)
    rank = rank.reindex(value.index)
    areas = found.areas.assign(
        isolation=value,
        low=np.minimum(found.areas["low"].round(), value),
        high=np.maximum(found.areas["high"].round(), value),
        rank=rank,
        rank_low=np.minimum(found.areas["rank_low"], rank),
        rank_high=np.maximum(found.areas["rank_high"], rank),
        keeps_rank=found.areas["keeps_rank"].round(2),
    )
    own = areas[wards].assign(unknown=~counted)
    own = own.sort_values(["unknown", "isolation", "name"], ascending=[True, False, True])
    order = [*own.index, *areas[~wards].index]
    return replace(found, areas=areas.loc[order], parts=nobody_counted(parts.round(1).loc[order]))


def _shown_pockets(table: ShownFrame) -> ShownFrame:
    streets = [re.sub(r"[^a-z0-9]+", "-", name.removeprefix("around ").casefold()) for name in table["name"]]
    made = pd.Series([f"{s}.{w}.{n}" for s, w, n in zip(table["service"], table["ward"], streets, strict=True)])
    again = made.groupby(made).cumcount()
    ids = made.where(again == 0, made + "." + (again + 1).astype(str))
    safe = table.assign(
        id=ids.astype(object),
        median_min=table["median_min"].round(1),
        lon=table["lon"].round(POSITION_DECIMALS),
        lat=table["lat"].round(POSITION_DECIMALS),
    )
    for axis in ("easting", "northing"):
        safe[axis] = table[axis].round(-1)
    return safe


def bands_shown(report: GapReport, service: str) -> ShownFrame:
    """Give the share within the threshold of one service with every band, by ward and group.

    Returns
    -------
    Index ``code``; ``name, share, slow, fast, sooner, later``, a column for each other reading of which sites count
    (named by :func:`analysis.reach.readings.reading_column`; none where they are not contested), and ``low, high``, the
    ends of them all; shares as shown.

    Raises
    ------
    UnknownNameError
        When the service is not in the basket.
    """
    found = headlines(report.survey, service, measure=report.measure, baseline=report.baseline)
    choices = ("share", "slow", "fast", "sooner", "later")
    rows = pd.DataFrame(
        [
            {key: getattr(line, key) for key in choices}
            | {reading_column(name): share for name, share in line.readings.items()}
            for line in found.values()
        ],
        index=[*found],
    )
    readings = list(rows.columns)
    for key in readings:
        rows[key] = report.totals.shares(rows[key].astype(np.float64), rows.index)
    rows.insert(0, "name", report.isolation.areas["name"].reindex(rows.index))
    every = rows[readings]
    return ShownFrame(rows.assign(low=every.min(axis=1), high=every.max(axis=1)).rename_axis("code"))


def curve_shown(report: GapReport, service: str) -> ShownFrame:
    """Give the share within 0 to 60 minutes, as shown: :func:`analysis.gaps.bands.threshold_curve`."""
    curve = threshold_curve(report.survey, service, measure=report.measure, baseline=report.baseline)
    codes = pd.Index(curve["code"])
    return ShownFrame(
        curve.assign(**{key: report.totals.shares(curve[key], codes) for key in ("share", "low", "high")})
    )


def fairness_shown(report: GapReport) -> Fairness | None:
    """Compare reach with deprivation, shares as shown and indices to two decimals: :mod:`analysis.gaps.fairness`.

    None where the area has no index of deprivation.
    """
    found = fairness(report.survey, measure=report.measure, baseline=report.baseline)
    if found is None:
        return None
    people = found.by_fifth["people_share"] * report.totals.true["borough"]
    apart = {
        f"{key}_share": report.totals.shares(found.summary[f"{key}_share"], pd.Index([key] * len(found.summary)))
        for key in ("target", "rest")
        if f"{key}_share" in found.summary
    }
    by_fifth = found.by_fifth.assign(
        people_share=found.by_fifth["people_share"].round(2),
        share_within=shares_within(found.by_fifth["share_within"], people, shown_counts(people)),
        median_min=found.by_fifth["median_min"].round(1),
    )
    ends = {"most_deprived": 1, "least_deprived": 5}
    summary = found.summary.assign(
        **{name: by_fifth["share_within"].xs(at, level="fifth") for name, at in ends.items()},
        **apart,
        slope_index=found.summary["slope_index"].round(2),
        concentration_index=found.summary["concentration_index"].round(2) + 0.0,  # so that -0.0 becomes 0.0
    )
    if "target_share" in summary:
        ratio = summary["target_share"] / summary["rest_share"].where(summary["rest_share"] > 0)
        summary = summary.assign(ratio=ratio.round(2))
    return Fairness(by_fifth, summary)


def supply_services(report: GapReport) -> list[str]:
    """Return the services of the basket with at least two sites: with one, supply says no more than distance."""
    pairs = zip(report.survey.basket.services, report.survey.sites, strict=True)
    return [name for name, sites in pairs if len(sites) >= FEWEST_FOR_SUPPLY]


def supply_shown(report: GapReport, service: str) -> ShownFrame:
    """Give the supply of one service by ward and group: :attr:`analysis.gaps.supply.Supply.areas`, shares as shown.

    Raises
    ------
    UnknownNameError
        When the service is not in the basket.
    """
    survey, row = report.survey, report.survey.row(service)
    access = survey.access[survey.basket.item(service).mode]
    areas = supply(access, survey.sites[row], measure=report.measure, baseline=report.baseline).areas
    shown_areas = areas.assign(
        per_1000=areas["per_1000"].round(2),
        to_borough=areas["to_borough"].round(2),
        none_share=report.totals.shares(areas["none_share"], areas.index),
    )
    return ShownFrame(shown_areas)


def target_gaps_shown(report: GapReport) -> ShownFrame:
    """Compare the target wards with the rest, service by service, as differences of shown figures.

    Returns
    -------
    Index ``service``: ``target_min, rest_min, gap_min, target_share, rest_share, gap_share``; target minus rest. No
    rows where there are no target wards, or no others.
    """
    if "target" not in groups_of(report.survey.pack):
        columns = ["target_min", "rest_min", "gap_min", "target_share", "rest_share", "gap_share"]
        return ShownFrame(pd.DataFrame(columns=columns, index=pd.Index([], name="service"), dtype=np.float64))
    target, rest = (report.services.xs(key, level="code") for key in ("target", "rest"))
    with np.errstate(invalid="ignore"):
        gap_min = (target["median_min"] - rest["median_min"]).round(1)
    return ShownFrame(
        pd.DataFrame(
            {
                "target_min": target["median_min"],
                "rest_min": rest["median_min"],
                "gap_min": gap_min,
                "target_share": target["share_within"],
                "rest_share": rest["share_within"],
                "gap_share": share_change(target["share_within"], rest["share_within"]),
            }
        )
    )


def access_shown(report: GapReport, inside: npt.NDArray[np.bool_]) -> ShownFrame:
    """Describe the access of some people (those of a ward or a pocket) to every service of the basket.

    Parameters
    ----------
    report
        The gaps.
    inside
        ``(n_demand,)`` which homes are theirs; at least five people, or the minutes would be those of one family.

    Returns
    -------
    Index ``service``; ``nearest`` (name of the site nearest for most; empty where none is reached), ``median_min``,
    ``gap_to_borough``, and ``distance_min, detour_min, speed_min``, which sum to the gap, all to the tenth of a minute;
    and ``by_timetable``.
    """
    survey = report.survey
    people = survey.pack.measure(report.measure, report.baseline)
    roll = Roll(("place", "borough"), ("", ""), np.array([inside, np.ones(len(inside), dtype=bool)]), people)
    straight, network, actual = (
        roll.quantiles(seconds, (0.5,))[:, :, 0] / 60.0
        for seconds in (survey.straight_s, survey.reference_s, survey.seconds)
    )
    with np.errstate(invalid="ignore"):
        gap = np.round(np.round(actual[:, 0], 1) - np.round(actual[:, 1], 1), 1)
        distance = np.round(straight[:, 0] - straight[:, 1], 1)
        speed = np.round((actual - network)[:, 0] - (actual - network)[:, 1], 1)
        detour = np.round(gap - distance - speed, 1)
    nearest = []
    for site, found in zip(survey.site[:, inside], survey.sites, strict=True):
        votes = np.bincount(site[site >= 0], people[inside][site >= 0], minlength=1)
        nearest.append(str(found["name"].iloc[int(np.argmax(votes))]) if votes.any() else "")
    columns = {"median_min": np.round(actual[:, 0], 1), "gap_to_borough": gap}
    rides = [survey.access[item.mode].transit is not None for item in survey.basket]
    parts = {"distance_min": distance, "detour_min": detour, "speed_min": speed, "by_timetable": rides}
    index = pd.Index(survey.basket.services, name="service")
    return nobody_counted(pd.DataFrame({"nearest": nearest, **columns, **parts}, index=index))
