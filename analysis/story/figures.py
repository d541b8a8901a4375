"""The figures of the meeting story: who lives where, travel times, who is beyond reach, what a plan changes.

All are of whole wards, or of the wards that the meeting has chosen together; nothing is given below a ward.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.reach.basket import Basket, BasketItem
from analysis.reach.need import INDICATORS, status_of
from analysis.reach.quantiles import weighted_quantiles
from analysis.reach.reach import reach
from analysis.reach.readings import contested
from analysis.scenario.lab import Effect
from analysis.scenario.scenario import Cost
from analysis.scenario.tables import agree_one_way
from analysis.shown import shown_parts, shown_shares, shown_totals
from geo.errors import InputError, UnknownNameError
from geo.network.modes import mode_named
from geo.pack import AreaPack
from geo.vintages import baseline_words

MEASURE = "children_0_3"


@dataclass(frozen=True)
class ReadingFigures:
    """One service under another reading of which sites count: see :mod:`analysis.reach.readings`.

    Attributes
    ----------
    name, words, year
        Of the reading, what it is called in English, and the year of the list that it adds.
    median_min, share_out
        As of :class:`ServiceFigures`.
    """

    name: str
    words: str
    year: str
    median_min: float
    share_out: float


@dataclass(frozen=True, eq=False)
class ServiceFigures:
    """One service, for the children of the chosen wards.

    Attributes
    ----------
    item
        Category, mode, threshold and the reason for it.
    speed_kmh
        Walking speed; NaN where each street has its own.
    total, inside
        Open sites in the area, and how many of these are in the chosen wards.
    vintage
        As of when, such as ``"2025-09"``.
    median_min
        Minutes that half of the children have or less; ``inf`` when half reach none.
    share_out
        Share of the children beyond the threshold.
    wards
        Index ward code: ``name, share_out, median_min`` of each chosen ward, the highest share beyond reach first.
    readings
        The same under the other readings of which sites count; none where that is certain.
    """

    item: BasketItem
    speed_kmh: float
    total: int
    inside: int
    vintage: str
    median_min: float
    share_out: float
    wards: pd.DataFrame
    readings: tuple[ReadingFigures, ...] = ()


@dataclass(frozen=True, eq=False)
class PlanFigures:
    """What a scenario does for the children of the chosen wards.

    Attributes
    ----------
    name, service, mode, within_min, cost
        Of the scenario.
    currency
        Of the cost, as ISO 4217 has it.
    total, before, after, newly, lost
        Children: all of them; those within the threshold of a site open all week, before and after; those newly within
        it; those no longer within it.
    near_session, session_capacity
        Children who have only a weekly session within the threshold, after; capacity of all sessions in a week.
    wards
        Index ward code: ``name, share_before, share_after``, the greatest change first.
    """

    name: str
    service: str
    mode: str
    within_min: float
    cost: Cost
    currency: str
    total: float
    before: float
    after: float
    newly: float
    lost: float
    near_session: float
    session_capacity: float
    wards: pd.DataFrame


@dataclass(frozen=True, eq=False)
class StoryFigures:
    """What the story is about, in figures.

    Attributes
    ----------
    area, baseline
        Name of the area, and which figures are counted: the pack's first baseline.
    vintages
        Words for how old they are: ``baseline`` in words, its ``kind`` and ``year``, and year of the ``census``.
    wards
        Names of the chosen wards by code, in the order of the pack.
    programme, everywhere
        Whether the chosen wards are just the target wards, or every ward.
    children, all_children
        Children aged 0 to 3 in the chosen wards, and in the area.
    status
        How sure `children` is: published, census or modelled.
    services
        At least one; the story follows the first.
    plan
        None when no plan has been chosen.
    """

    area: str
    baseline: str
    vintages: Mapping[str, str]
    wards: Mapping[str, str]
    programme: bool
    everywhere: bool
    children: float
    all_children: float
    status: str
    services: tuple[ServiceFigures, ...]
    plan: PlanFigures | None = None


def story_figures(
    pack: AreaPack,
    basket: Basket,
    times_s: Mapping[str, npt.ArrayLike],
    *,
    wards: Sequence[str] = (),
    effect: Effect | None = None,
    readings_s: Mapping[tuple[str, str], npt.ArrayLike] = MappingProxyType({}),
) -> StoryFigures:
    """Work out the figures of the story.

    Parameters
    ----------
    pack
        The area.
    basket
        Where thresholds and modes come from.
    times_s
        By service, in the order wanted: ``(n_demand,)`` seconds to the nearest by the basket's mode.
    wards
        Codes of the wards that it is about; the target wards when empty, or all where there are none.
    effect
        The effect of the chosen scenario.
    readings_s
        By service and name of another reading of which sites count: ``(n_demand,)`` seconds to the nearest.

    Raises
    ------
    UnknownNameError
        When a ward, service or reading is unknown.
    InputError
        When there is no service, or the times do not fit the pack.
    """
    if not times_s:
        raise InputError("the story needs at least one service")
    unknown = [code for code in wards if code not in pack.wards.index]
    if unknown:
        raise UnknownNameError("ward", unknown[0], list(pack.wards.index))
    chosen = list(wards) or pack.target_wards or list(pack.wards.index)
    codes = [str(code) for code in pack.wards.index if code in chosen]
    baseline = pack.baselines[0]
    people = pack.measure(MEASURE, baseline)
    inside, census = pack.demand["ward"].isin(codes).to_numpy(), pack.baseline_of("census")
    programme = bool(pack.target_wards) and set(codes) == set(pack.target_wards)
    level = "target" if programme else codes[0]
    return StoryFigures(
        area=pack.name,
        baseline=baseline,
        vintages={
            "baseline": baseline_words(pack, baseline),
            "kind": pack.baseline_named(baseline).kind,
            "year": pack.baseline_named(baseline).year,
            "census": census.year if census else "",
        },
        wards={code: str(pack.wards.loc[code, "name"]) for code in codes},
        programme=programme,
        everywhere=len(codes) == len(pack.wards),
        children=_shown_total(pack, codes, baseline, float(people[inside].sum())),
        all_children=_shown_total(pack, list(pack.wards.index), baseline, float(people.sum())),
        status=status_of(pack, INDICATORS[MEASURE], baseline, level),
        services=tuple(
            _service(pack, basket.item(name), np.asarray(seconds, dtype=np.float64), codes, baseline, readings_s)
            for name, seconds in times_s.items()
        ),
        plan=None if effect is None else _plan(effect, codes),
    )


def _service(
    pack: AreaPack,
    item: BasketItem,
    seconds: npt.NDArray[np.float64],
    codes: list[str],
    baseline: str,
    readings_s: Mapping[tuple[str, str], npt.ArrayLike],
) -> ServiceFigures:
    found = reach(pack, seconds, measure=MEASURE, baseline=baseline, within_min=item.threshold_min)
    people = np.where(pack.demand["ward"].isin(codes), pack.measure(MEASURE, baseline), 0.0)
    shown_total = _shown_total(pack, codes, baseline, float(people.sum()))
    known = contested(pack, item.service)
    readings = tuple(
        ReadingFigures(
            name,
            known.reading(name).words,
            known.reading(name).year,
            *_middle_and_out(np.asarray(other_s, dtype=np.float64), people, shown_total, item.threshold_min),
        )
        for (service, name), other_s in readings_s.items()
        if service == item.service
    )
    median_min, share_out = _middle_and_out(seconds, people, shown_total, item.threshold_min)
    sites = pack.services_of(item.service)
    here = sites[sites["ward"] != ""]
    rows = found.rows.loc[codes]
    table = pd.DataFrame(
        {"name": rows["name"], "share_out": 1.0 - rows["share"], "median_min": rows["median_min"]}
    ).sort_values(["share_out", "name"], ascending=[False, True])
    speed = mode_named(item.mode).speed_kmh
    return ServiceFigures(
        item=item,
        speed_kmh=float("nan") if speed is None else speed,
        total=len(here),
        inside=int(here["ward"].isin(codes).sum()),
        vintage=str(sites["vintage"].max()) if len(sites) else "",
        median_min=median_min,
        share_out=share_out,
        wards=table,
        readings=readings,
    )


def _middle_and_out(
    seconds: npt.NDArray[np.float64], people: npt.NDArray[np.float64], shown_total: float, threshold_min: float
) -> tuple[float, float]:
    """Minutes of the child in the middle, and the share beyond the threshold as shown (NaN where nobody is counted)."""
    out = float(people[seconds > threshold_min * 60.0].sum())
    median_min = float(weighted_quantiles(seconds, people, (0.5,))[0]) / 60.0
    return median_min, float(shown_shares(shown_parts(out, float(people.sum()), shown_total), shown_total))


def _plan(effect: Effect, codes: list[str]) -> PlanFigures:
    counts, table = effect.counts, effect.table("ward")
    rows = table[(table["measure"] == MEASURE) & table["code"].isin(codes)]
    counted = ["total", "reached_before", "reached_after", "newly_reached", "no_longer_reached", "near_session_only"]
    sums = rows[counted].astype(float).sum()
    total = _shown_total(counts.pack, codes, counts.baseline, float(sums["total"]))
    before, after, newly, lost, near = (float(shown_parts(value, sums["total"], total)) for value in sums.iloc[1:])
    newly, lost = (float(value) for value in agree_one_way(*np.array([before, after, newly, lost])))
    shown = effect.shown("ward")
    of_wards = shown[(shown["measure"] == MEASURE) & shown["code"].isin(codes)].set_index("code")
    change = (of_wards["share_after"] - of_wards["share_before"]).abs()
    order = change.sort_values(ascending=False, kind="stable").index
    scenario = effect.scenario
    return PlanFigures(
        name=scenario.name,
        service=scenario.service,
        mode=scenario.mode,
        within_min=scenario.within_min,
        cost=scenario.cost,
        currency=counts.pack.manifest.particulars.currency,
        total=total,
        before=before,
        after=after,
        newly=newly,
        lost=lost,
        near_session=near,
        session_capacity=effect.sessions.capacity,
        wards=of_wards.loc[order, ["name", "share_before", "share_after"]],
    )


def _shown_total(pack: AreaPack, codes: Sequence[str], baseline: str, total: float) -> float:
    """Return the children of some wards as shown: as printed where they are the target wards, all wards or one ward."""
    chosen = set(codes)
    groups = {"target": set(pack.target_wards), "borough": set(pack.wards.index)}
    name = next((group for group, wards in groups.items() if chosen == wards), codes[0] if len(codes) == 1 else "")
    return float(shown_totals(pack, MEASURE, baseline, pd.Series([total], index=[name])).iloc[0])
