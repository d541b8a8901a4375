"""Reach of the strategy's outcomes: how many people can reach a site that offers each of its programmes.

No open source says which programme runs at which site. So the answer starts from an assumption that is data and can be
edited: for each programme the categories of service where it is usually offered, ``data/programmes.toml``, with the
reason. A site's *programmes* mean the same as in a scenario (:class:`analysis.scenario.sites.Site`): a site offers what
is usual for its category until a plan says otherwise, and it serves the outcomes of the programmes that it offers. An
outcome is within reach of a child when at least one site that serves it is within reach.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.scenario.lab import Lab
from analysis.scenario.scenario import Scenario
from analysis.scenario.sessions import sessions_among
from analysis.scenario.sites import Ground, Site, apply, outcomes_of
from analysis.scenario.tables import Counts, change_table, shown_table
from analysis.shown import ShownFrame
from geo.errors import InputError, UnknownNameError
from geo.network.modes import mode_named
from geo.pack import AreaPack
from geo.services import CATEGORIES, category_named
from geo.values import made_of, read_toml

DEFAULT_OFFERS = Path(__file__).resolve().parents[2] / "data" / "programmes.toml"
KINDS = ("outcome", "programme")
_NOT_STATED = "Not in the list of programmes: no kind of place is assumed for it."


@dataclass(frozen=True)
class Offer:
    """Where a programme is assumed to be offered.

    Attributes
    ----------
    programme
        Its name, as in the strategy.
    categories
        Categories of service; none for a programme that comes to the home, or about which nothing is assumed.
    reason
        Why these.
    """

    programme: str
    categories: tuple[str, ...]
    reason: str

    def __post_init__(self) -> None:
        for category in self.categories:
            category_named(category)


@dataclass(frozen=True, eq=False)
class Provision:
    """Reach of every outcome and every programme, today and with a plan.

    Attributes
    ----------
    counts
        Who is counted, and where.
    offers
        The assumption.
    sites
        One row an outcome or programme, in the order of the strategy: ``kind, item, sites_before, sites_after``.
    tables
        By level (``ward``, ``group``), as :func:`analysis.scenario.tables.change_table` with ``kind`` and ``item`` in
        front: before is today, after is with the plan. Unrounded figures, not to be shown.
    """

    counts: Counts
    offers: tuple[Offer, ...]
    sites: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]

    def shown(self, level: str) -> ShownFrame:
        """Return a table in shown figures.

        Raises
        ------
        UnknownNameError
            When the level is neither ``ward`` nor ``group``.
        """
        if level not in self.tables:
            raise UnknownNameError("level", level, list(self.tables))
        return shown_table(self.tables[level], self.counts, level)


def read_offers(path: Path = DEFAULT_OFFERS) -> tuple[Offer, ...]:
    """Read where programmes are usually offered from a TOML file of ``[[programme]]`` tables.

    Raises
    ------
    InputError
        When the file cannot be read, names a programme twice, lacks a key or has one too many; it names the programme.
    UnknownNameError
        When a category of service is unknown.
    """
    rows = made_of(_File, read_toml(path, "the list of programmes"), path.name).programme
    offers = tuple(Offer(row.name, tuple(dict.fromkeys(row.places)), row.reason) for row in rows)
    names = [offer.programme for offer in offers]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise InputError(f"{path.name} names a programme twice: {', '.join(sorted(twice))}")
    return offers


@dataclass(frozen=True)
class _Row:
    """One programme as the file has it."""

    name: str
    places: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class _File:
    """A whole file of programmes."""

    programme: tuple[_Row, ...] = ()


def offers_of(pack: AreaPack, usual: Sequence[Offer]) -> tuple[Offer, ...]:
    """Return one offer for each programme of the pack's strategy, in its order; unlisted programmes have no categories.

    Parameters
    ----------
    pack
        The area.
    usual
        From :func:`read_offers`.
    """
    known = {offer.programme: offer for offer in usual}
    names = [str(entry["name"]) for entry in pack.strategy.get("programmes", [])]
    return tuple(known.get(name, Offer(name, (), _NOT_STATED)) for name in names)


def outcomes_served(pack: AreaPack) -> dict[str, tuple[str, ...]]:
    """Return the outcomes of each programme, by its name; empty where the area has no strategy."""
    return {str(one["name"]): tuple(one["outcomes"]) for one in pack.strategy.get("programmes", [])}


def provision(
    lab: Lab,
    offers: Sequence[Offer],
    *,
    measure: str,
    baseline: str,
    mode: str,
    within_min: float,
    plan: Scenario | None = None,
) -> Provision:
    """Count who can reach a site that serves each outcome, and one that offers each programme.

    Parameters
    ----------
    lab
        The area; it keeps the times to every site for which it has searched.
    offers
        The assumption: one for each programme.
    measure, baseline
        Who is counted.
    mode, within_min
        How families travel, and within how many minutes.
    plan
        A scenario: its sites and links count in the figures after, its speed before and after. Its mode, threshold and
        baseline do not count.

    Raises
    ------
    InputError
        When the plan cannot be carried out on this area.
    UnknownNameError
        When a programme, category of service, measure, baseline or mode is unknown.
    """
    pack = lab.pack
    counts = Counts.of(pack, baseline, (measure,))
    ground = Ground(pack, _by_kind(offers))
    kinds = list(dict.fromkeys(category for offer in offers for category in offer.categories))
    before = [site for kind in kinds for site in ground.baseline(kind).values()]
    before_times = after_times = lab.times(mode_named(mode))
    after = before
    if plan is not None:
        applied = apply(ground, replace(plan, mode=mode, within_min=within_min, baseline=baseline))
        others = [site for kind in kinds if kind != plan.service for site in ground.baseline(kind).values()]
        # A speed is an assumption, not an effect of the plan, so it holds before and after.
        before_times, after_times = lab.times(applied.mode), lab.times(applied.mode, applied.links)
        after = [*applied.sites.values(), *others]
    things = [("outcome", name) for name in outcomes_of(pack)]
    things += [("programme", offer.programme) for offer in offers]
    tables: dict[str, list[pd.DataFrame]] = {"ward": [], "group": []}
    counted = []
    for kind, item in things:
        here, then = ([site for site in sites if _offers(site, kind, item)] for sites in (before, after))
        before_s, after_s = before_times.nearest_open(here), after_times.nearest_open(then)
        apart = sessions_among(counts.people, after_times, then, after_s, within_min)
        for level, parts in tables.items():
            table = change_table(counts, level, before_s, after_s, within_min, sessions=apart)
            table.insert(0, "kind", kind)
            table.insert(1, "item", item)
            parts.append(table)
        counted.append({"kind": kind, "item": item, "sites_before": len(here), "sites_after": len(then)})
    nobody_s = np.full(len(pack.demand), np.inf, dtype=np.float32)
    empty = change_table(counts, "group", nobody_s, nobody_s, within_min).head(0).assign(kind="", item="")
    return Provision(
        counts,
        tuple(offers),
        pd.DataFrame(counted, columns=["kind", "item", "sites_before", "sites_after"]),
        {level: pd.concat(parts, ignore_index=True) if parts else empty for level, parts in tables.items()},
    )


def worst_served(shown: pd.DataFrame, *, when: str = "after") -> pd.DataFrame:
    """Order the outcomes of each area by reach, the lowest share first.

    Parameters
    ----------
    shown
        From :meth:`Provision.shown`.
    when
        ``"before"`` or ``"after"`` the plan.

    Returns
    -------
    Columns ``code, name, group, outcome, share``, lowest share first; rows whose share may not be shown are left out.
    """
    rows = shown[shown["kind"] == "outcome"]
    table = rows[["code", "name", "group"]].assign(outcome=rows["item"], share=rows[f"share_{when}"])
    return table.dropna(subset="share").sort_values("share", kind="stable", ignore_index=True)


def _by_kind(offers: Sequence[Offer]) -> dict[str, tuple[str, ...]]:
    """Return the programmes of each category of service; a category that no offer names offers none."""
    return {kind: tuple(offer.programme for offer in offers if kind in offer.categories) for kind in CATEGORIES}


def _offers(site: Site, kind: str, item: str) -> bool:
    return item in (site.outcomes if kind == "outcome" else site.programmes)
