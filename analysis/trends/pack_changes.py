"""Comparison of two packs of one area: the causes of change (sources, services) and the effects (figures, reach).

Two summaries are compared (:mod:`analysis.trends.pack_summary`), so the earlier pack itself need not be kept. Four
rules keep the comparison honest:

1. A figure is compared only with one that was made in the same way. Where the year, unit, source, status or method of a
   measure under a baseline changed, both are listed in `not_compared` and no difference is worked out. Reach is
   compared only under the same threshold, mode, speed and count of children. A group of wards is compared only when it
   has the same wards.
2. A service is identified by its id. If one has left the list, and one of the same category and name has come to it
   within `NEAR_M`, they are the same service under another id. A service that comes or goes with a whole source is
   *listed* or *unlisted*, not opened or closed. Lists of an earlier year (status ``past``) are not compared.
3. A share that fell is attributed to services that served the ward before and have closed or moved; a share that rose,
   to services that serve it now and are new or have moved. A change that no service explains is attributed to the other
   parts that were renewed: streets, homes, counts.
4. Every difference is between shown figures (:mod:`analysis.shown`), so it gives away nothing that the two packs' own
   tables do not show.

With the two packs exchanged, opened becomes closed and every difference changes its sign.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.reach.reach import GROUPS
from analysis.shown import share_change
from analysis.trends.change import NEAR_M
from analysis.trends.pack_summary import Area, Figure, PackService, PackSummary, Reached
from geo.errors import InputError

MOVED_M = 50.0
"""A service whose position changed by less than this, metres, did not move: its position is only more exact now."""

KINDS = ("opened", "closed", "listed", "unlisted", "moved", "placed", "renamed", "recategorised", "renumbered")
_SAME_SPOT_M = 1.0
_OPEN = "open"
_MAKING = ("year", "unit", "source", "status", "method")
_PARTS = {
    "network.npz": "streets",
    "islands.parquet": "streets",
    "demand.parquet": "homes",
}
_SOURCES = ["key", "title", "publisher", "change", "before", "after"]
_COLUMNS = ["id", "change", "category", "name", "ward", "before", "after", "moved_m"]
_FIGURES = ["measure", "label", "baseline", "code", "name", "before", "after", "difference"]
_REACH = ["service", "threshold_min", "code", "name", "before", "after", "difference", "because"]
_NOT_COMPARED = ["subject", "kind", "baseline", "why", "before", "after"]


@dataclass(frozen=True, eq=False)
class PackChanges:
    """What changed from `before` to `after`.

    Attributes
    ----------
    before, after
        The two summaries.
    sources
        ``key, title, publisher, change, before, after``: ``renewed`` (another file), ``relabelled`` (the same file
        under another vintage), ``added``, ``dropped``; the vintages then and now.
    places
        ``id, change, category, name, ward, before, after, moved_m``: one row a change, `KINDS`; `ward` a name, empty
        outside the area; `before` and `after` the names, categories, wards or ids that changed; metres moved.
    figures
        ``measure, label, baseline, code, name, before, after, difference``: areas whose whole number changed.
    reach
        ``service, threshold_min, code, name, before, after, difference, because``: areas whose share within the
        threshold changed, as shown; NaN where it may not be shown. `because` names the services or parts of the pack
        that explain it.
    not_compared
        ``subject, kind, baseline, why, before, after``: `kind` ``figure``, ``reach`` or ``areas``; `why` what differs,
        or ``new``, ``gone``.
    parts
        Which of ``streets``, ``homes`` and ``counts`` (of the people whose reach is given) were renewed.
    """

    before: PackSummary
    after: PackSummary
    sources: pd.DataFrame
    places: pd.DataFrame
    figures: pd.DataFrame
    reach: pd.DataFrame
    not_compared: pd.DataFrame
    parts: tuple[str, ...]

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        """Every table by its name."""
        return {name: getattr(self, name) for name in ("sources", "places", "figures", "reach", "not_compared")}

    @property
    def nothing(self) -> bool:
        """Whether nothing that is compared changed."""
        return all(frame.empty for frame in self.frames.values())

    def count(self, kind: str) -> int:
        """Count the services with that kind of change, one of `KINDS`."""
        return int((self.places["change"] == kind).sum())


def pack_changes(before: PackSummary, after: PackSummary) -> PackChanges:
    """Compare two packs of one area.

    Raises
    ------
    InputError
        When they are of different areas.
    """
    if before.area != after.area:
        raise InputError(
            f"these are packs of two areas, {before.area} and {after.area}: give an earlier pack of {after.area}"
        )
    services, same = _services(before, after)
    files = [{item.file: item.sha256 for item in summary.files} for summary in (before, after)]
    renewed = [part for file, part in _PARTS.items() if files[0].get(file) != files[1].get(file)]
    renewed += ["counts"] if before.people_digest != after.people_digest else []
    parts = tuple(dict.fromkeys(renewed))
    areas, apart = _areas(before, after)
    figures, figures_apart = _figures(before, after, areas)
    reach, reach_apart = _reach(before, after, areas, services, same, parts)
    return PackChanges(
        before=before,
        after=after,
        sources=pd.DataFrame(_sources(before, after), columns=_SOURCES),
        places=services,
        figures=pd.DataFrame(figures, columns=_FIGURES),
        reach=pd.DataFrame(reach, columns=_REACH),
        not_compared=pd.DataFrame([*apart, *figures_apart, *reach_apart], columns=_NOT_COMPARED),
        parts=parts,
    )


def _sources(before: PackSummary, after: PackSummary) -> Iterator[tuple[str, ...]]:
    then, now = ({source.key: source for source in summary.sources} for summary in (before, after))
    for key, told in {**now, **{key: source for key, source in then.items() if key not in now}}.items():
        old, new = then.get(key), now.get(key)
        if old is None or new is None:
            change = "added" if old is None else "dropped"
        elif old.sha256 != new.sha256:
            change = "renewed"
        elif old.vintage != new.vintage:
            change = "relabelled"
        else:
            continue
        vintages = (old.vintage if old else "", new.vintage if new else "")
        yield (key, told.title, told.publisher, change, *vintages)


def _areas(before: PackSummary, after: PackSummary) -> tuple[list[str], list[tuple[str, ...]]]:
    """Codes of the areas that are the same in both, and rows that say which are not."""
    then, now = ({area.code: area for area in summary.areas} for summary in (before, after))
    apart: list[tuple[str, ...]] = []
    for code, area in {**then, **now}.items():
        if code not in then or code not in now:
            apart.append((area.name, "areas", "", "new" if code in now else "gone", "", ""))

    def wards(areas: Mapping[str, Area], group: str) -> set[str]:
        return {code for code, area in areas.items() if code not in GROUPS and _in_group(area, group)}

    same = []
    for code, area in now.items():
        if code in GROUPS and wards(then, code) != wards(now, code):
            counts = (f"{len(wards(then, code))} wards", f"{len(wards(now, code))} wards")
            apart.append((area.name, "areas", "", "its wards", *counts))
        elif code in then:
            same.append(code)
    return same, apart


def _figures(
    before: PackSummary, after: PackSummary, areas: list[str]
) -> tuple[list[tuple[object, ...]], list[tuple[str, ...]]]:
    then, now = ({(row.measure, row.baseline): row for row in summary.figures} for summary in (before, after))
    names = {area.code: area.name for area in after.areas}
    changed: list[tuple[object, ...]] = []
    apart: list[tuple[str, ...]] = []
    for key, told in {**now, **{key: row for key, row in then.items() if key not in now}}.items():
        old, new = then.get(key), now.get(key)
        if old is None or new is None:
            apart.append((told.label, "figure", told.baseline, "new" if old is None else "gone", "", ""))
            continue
        made = _made_otherwise(old, new)
        apart += [(new.label, "figure", new.baseline, *row) for row in made]
        if made:
            continue
        values = _by_area(before, old.values), _by_area(after, new.values)
        for code in areas:
            one, other = values[0][code], values[1][code]
            if one != other:
                shown = float("nan") if one is None else float(one), float("nan") if other is None else float(other)
                less = shown[1] - shown[0]
                changed.append((new.measure, new.label, new.baseline, code, names[code], *shown, less))
    return changed, apart


def _made_otherwise(old: Figure, new: Figure) -> list[tuple[str, str, str]]:
    """List how two figures were made differently: what differs, then, now."""
    pairs = ((name, str(getattr(old, name)), str(getattr(new, name))) for name in _MAKING)
    return [pair for pair in pairs if pair[1] != pair[2]]


def _by_area(summary: PackSummary, values: tuple[float | None, ...]) -> dict[str, float | None]:
    return dict(zip((area.code for area in summary.areas), values, strict=True))


def _services(before: PackSummary, after: PackSummary) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return every change of a service; and, for each earlier service that still exists, its id now."""
    then, now = (
        {service.id: service for service in summary.places if service.status == _OPEN} for summary in (before, after)
    )
    same = {key: key for key in then if key in now} | _renumbered(then, now)
    back = {new: old for old, new in same.items()}
    wards = {area.code: area.name for area in (*before.areas, *after.areas)}
    known = [{source.key for source in summary.sources} for summary in (before, after)]
    rows: list[tuple[object, ...]] = []

    def row(service: PackService, change: str, one: str = "", other: str = "", moved_m: float = float("nan")) -> None:
        where = wards.get(service.ward, service.ward)
        rows.append((service.id, change, service.category, service.name, where, one, other, moved_m))

    for key in sorted({*then, *now}):
        if key in then and key not in same:
            row(then[key], "closed" if then[key].source in known[1] else "unlisted")
        if key not in now:
            continue
        new = now[key]
        if key not in back:
            row(new, "opened" if new.source in known[0] else "listed")
            continue
        old = then[back[key]]
        metres = _apart_m(old, new)
        if old.id != new.id:
            row(new, "renumbered", old.id, new.id)
        if metres >= _SAME_SPOT_M:
            between = wards.get(old.ward, old.ward), wards.get(new.ward, new.ward)
            row(new, "moved" if metres >= MOVED_M else "placed", *between, round(metres))
        if _plain(old.name) != _plain(new.name):
            row(new, "renamed", old.name, new.name)
        if old.category != new.category:
            row(new, "recategorised", old.category, new.category)
    table = pd.DataFrame(rows, columns=_COLUMNS)
    order = table["change"].map({kind: at for at, kind in enumerate(KINDS)})
    return table.assign(order=order).sort_values(["order", "category", "name", "id"], ignore_index=True)[_COLUMNS], same


def _renumbered(then: Mapping[str, PackService], now: Mapping[str, PackService]) -> dict[str, str]:
    """Pair services that left the list with those that came to it, where category, name and position agree."""
    come: dict[tuple[str, str], list[PackService]] = {}
    for key, new in now.items():
        if key not in then:
            come.setdefault((new.category, _plain(new.name)), []).append(new)
    pairs = []
    for key, old in then.items():
        name = _plain(old.name)
        if key not in now and name:
            pairs += [(_apart_m(old, new), old.id, new.id) for new in come.get((old.category, name), ())]
    found: dict[str, str] = {}
    taken: set[str] = set()
    # The nearest pair first; equal distances are ordered the same way whichever of the two packs is the earlier.
    for apart_m, old_id, new_id in sorted(pairs, key=lambda pair: (pair[0], sorted(pair[1:]))):
        if apart_m <= NEAR_M and old_id not in found and new_id not in taken:
            found[old_id] = new_id
            taken.add(new_id)
    return found


def _apart_m(one: PackService, other: PackService) -> float:
    return math.hypot(one.easting - other.easting, one.northing - other.northing)


def _plain(name: str) -> str:
    return re.sub(r"\W+", " ", name.casefold()).strip()


def _reach(
    before: PackSummary,
    after: PackSummary,
    areas: list[str],
    services: pd.DataFrame,
    same: Mapping[str, str],
    parts: tuple[str, ...],
) -> tuple[list[tuple[object, ...]], list[tuple[str, ...]]]:
    then, now = ({row.service: row for row in summary.reach} for summary in (before, after))
    names = {area.code: area.name for area in after.areas}
    counted = _counted_otherwise(before, after)
    culprits = _culprits(services, same)
    changed: list[tuple[object, ...]] = []
    apart: list[tuple[str, ...]] = []
    for service in dict.fromkeys([*now, *then]):
        old, new = then.get(service), now.get(service)
        if old is None or new is None:
            apart.append((service, "reach", after.baseline, "new" if old is None else "gone", "", ""))
            continue
        asked = [pair for pair in _asked_otherwise(old, new) if pair[1] != pair[2]] + counted
        apart += [(service, "reach", after.baseline, *row) for row in asked]
        if asked:
            continue
        shares = _by_area(before, old.shares), _by_area(after, new.shares)
        serves = _serves(before, old), _serves(after, new)
        for code in areas:
            one, other = shares[0][code], shares[1][code]
            if one == other:
                continue
            shown = float("nan") if one is None else one, float("nan") if other is None else other
            unsure = one is None or other is None
            lost = culprits[0] if unsure or shown[1] < shown[0] else {}
            gained = culprits[1] if unsure or shown[1] > shown[0] else {}
            found = [lost[key] for key in serves[0][code] if key in lost]
            found += [gained[key] for key in serves[1][code] if key in gained]
            # A service whose position only became more exact is a cause only where there is no other.
            firm = [done for done in found if done[1] != "placed"]
            named = [f"{name} {_DONE[change]}" for name, change in firm or found]
            because = [*dict.fromkeys(named), *(_RENEWED[part] for part in parts)]
            less = float(share_change(shown[1], shown[0]))
            changed.append((service, new.threshold_min, code, names[code], *shown, less, "; ".join(because)))
    return changed, apart


def _serves(summary: PackSummary, row: Reached) -> dict[str, list[str]]:
    """List the services that serve each area; those of its wards for a group of wards."""
    found = {area.code: list(ids) for area, ids in zip(summary.areas, row.serves, strict=True)}
    for group in GROUPS:
        inside = [area.code for area in summary.areas if area.code not in GROUPS and _in_group(area, group)]
        found[group] = sorted({key for code in inside for key in found[code]})
    return found


def _in_group(ward: Area, group: str) -> bool:
    return group == "borough" or ward.target == (group == "target")


def _asked_otherwise(old: Reached, new: Reached) -> list[tuple[str, str, str]]:
    names = ("threshold_min", "mode", "speed_kmh")
    return [(name, str(getattr(old, name)), str(getattr(new, name))) for name in names]


def _counted_otherwise(before: PackSummary, after: PackSummary) -> list[tuple[str, str, str]]:
    """List the differences in the people whose reach is given: what differs, then, now."""
    if (before.people, before.baseline) != (after.people, after.baseline):
        return [("who is counted", f"{before.people}, {before.baseline}", f"{after.people}, {after.baseline}")]
    made = [
        row
        for summary in (before, after)
        for row in summary.figures
        if (row.measure, row.baseline) == (summary.people, summary.baseline)
    ]
    return _made_otherwise(made[0], made[1]) if len(made) == 2 else []


_Culprits = dict[str, tuple[str, str]]


def _culprits(services: pd.DataFrame, same: Mapping[str, str]) -> tuple[_Culprits, _Culprits]:
    """Return name and change of each service that may explain a fall (by its earlier id) or a rise (by its id now)."""
    back = {new: old for old, new in same.items()}
    fall: _Culprits = {}
    rise: _Culprits = {}
    for key, name, change in services[["id", "name", "change"]].astype(str).itertuples(index=False, name=None):
        if change in ("closed", "unlisted"):
            fall[key] = (name, change)
        elif change in ("opened", "listed"):
            rise[key] = (name, change)
        elif change in _DONE:
            fall[back[key]] = rise[key] = (name, change)
    return fall, rise


_DONE = {
    "opened": "opened",
    "closed": "closed",
    "listed": "is listed for the first time",
    "unlisted": "is no longer listed",
    "moved": "moved",
    "placed": "was placed more exactly",
    "recategorised": "changed category",
}
_RENEWED = {
    "streets": "the streets were renewed",
    "homes": "where people live was worked out anew",
    "counts": "the counts were renewed",
}
