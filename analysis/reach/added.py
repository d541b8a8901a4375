"""What buses and trains add to walking, service by service."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analysis.reach.basket import BasketItem
from analysis.reach.reach import Reach, reach
from analysis.reach.survey import Survey
from analysis.shown import ShownCount, ShownFrame, as_shown, made_of_shown, row_of, shown_change
from analysis.travel.access import Access
from geo.errors import InputError
from geo.network.modes import Mode, riding_mode


@dataclass(frozen=True, eq=False)
class Added:
    """Who can reach a service on foot, and who by bus and train too.

    Attributes
    ----------
    item
        The service, with its limit and the mode of walking.
    mode
        The mode that rides, with the same walks, on the usual day and hours.
    on_foot, riding
        Reach within the limit, as shown.
    """

    item: BasketItem
    mode: Mode
    on_foot: Reach
    riding: Reach

    @cached_property
    def table(self) -> ShownFrame:
        """Both side by side, in shown figures.

        Returns
        -------
        Index ward codes, then groups; ``total, on_foot, riding, more`` (people), ``on_foot_min, riding_min`` (minutes
        within which half of them live).
        """
        walked, ridden = (pd.concat([one.rows, one.groups]) for one in (self.on_foot, self.riding))
        return made_of_shown(
            pd.DataFrame(
                {
                    "total": walked["total"],
                    "on_foot": walked["reached"],
                    "riding": ridden["reached"],
                    "more": shown_change(ridden["reached"], walked["reached"]),
                    "on_foot_min": walked["median_min"],
                    "riding_min": ridden["median_min"],
                }
            )
        )

    @cached_property
    def wards_by_more(self) -> ShownFrame:
        """The wards of `table`, those with the greatest difference first, in their own order where it is the same."""
        wards = self.table.loc[self.on_foot.rows.index]
        return made_of_shown(wards.sort_values("more", ascending=False, kind="stable"))

    @property
    def more(self) -> ShownCount:
        """How many more of the whole area are within the limit with bus and train."""
        return as_shown(float(row_of(self.table, "borough")["more"]))


def most(added: Iterable[Added]) -> Added | None:
    """Return the service of which most more people come within the limit, the first of equals; None without any."""
    return max(added, key=lambda one: one.more, default=None)


def added_by_service(survey: Survey, *, measure: str, baseline: str) -> dict[str, Added]:
    """Set walking beside bus and train for every service of the basket that families walk to.

    Parameters
    ----------
    survey
        The walking times.
    measure, baseline
        Who is counted.

    Returns
    -------
    By service, in the order of the basket; empty where no timetable speaks of the usual day, or where all routes are
    assumed, which count only where one asks for them.
    """
    pack, found = survey.pack, dict[str, Added]()
    if all(route.status == "assumed" for route in pack.timetable.routes):
        return found
    for item in survey.basket:
        mode = riding_mode(item.mode)
        if mode is None:
            continue
        try:
            ridden_s = Access.of(pack, mode).to_category(item.service).nearest_s
        except InputError:  # the timetable does not speak of that day
            return {}
        on_foot, riding = (
            reach(pack, seconds, measure=measure, baseline=baseline, within_min=item.threshold_min)
            for seconds in (survey.seconds[survey.row(item.service)], ridden_s)
        )
        found[item.service] = Added(item, mode, on_foot, riding)
    return found
