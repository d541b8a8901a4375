"""What buses and trains add to walking across an area, in words for paper."""

from collections.abc import Mapping

from analysis.reach.added import Added
from analysis.shown import row_of
from analysis.travel.transit import timing_of
from geo.measures import MEASURES
from geo.pack import AreaPack
from geo.services import category_named
from wording.gaps import kind_of
from wording.groups import group_names
from wording.languages import english
from wording.numbers import listed, people, signed
from wording.rounding import minutes_cell, shortest
from wording.scenario import mode_words
from wording.transit import counted_vehicles, leaving, limits_words, status_notes


def rides_title(pack: AreaPack, added: Added) -> str:
    """Return the heading: ``"What trains add to walking"``."""
    return english().say("reports.rides.title", vehicles=_vehicles(pack, added))


def rides_message(pack: AreaPack, added: Added, measure: str) -> str:
    """Say for how many more of the whole area a service is near enough with bus and train, as one sentence."""
    row = row_of(added.table, "borough")
    return english().say(
        f"reports.rides.{'more' if row['more'] > 0 else 'same'}",
        vehicles=_vehicles(pack, added),
        more=people(row["more"]),
        who=MEASURES[measure].counted,
        area=pack.name,
        place=kind_of(added.item.service),
        within=shortest(added.item.threshold_min),
        after=people(row["riding"]),
        total=people(row["total"]),
        before=people(row["on_foot"]),
        walking=mode_words(added.item.mode),
    )


def rides_when(added: Added) -> str:
    """Say when one leaves, and in how many of the minutes that is enough."""
    return english().say("reports.rides.when", when=leaving(timing_of(added.mode)))


def rides_words(every: Mapping[str, Added], first: Added) -> list[str]:
    """Say when one leaves, and for which other services bus and train make a difference to how many reach them.

    Parameters
    ----------
    every
        All services.
    first
        The one that :func:`rides_message` is about.
    """
    say, others = english().say, [added for added in every.values() if added is not first]
    gaining = sorted((added for added in others if added.more > 0), key=lambda added: -added.more)
    same = [category_named(added.item.service).plural for added in others if not added.more > 0]
    said = [rides_when(first)]
    if gaining:
        named = [
            say(
                "reports.rides.other",
                place=kind_of(added.item.service),
                within=shortest(added.item.threshold_min),
                more=people(added.more),
            )
            for added in gaining
        ]
        said.append(say("reports.rides.others", places=listed(named)))
    return said + ([say("reports.rides.none", services=listed(same))] if same else [])


def rides_notes(pack: AreaPack, added: Added) -> list[str]:
    """Say what limits a journey has, and which times are published, modelled or assumed."""
    timing = timing_of(added.mode)
    limits = english().say("reports.rides.limits", vehicles=_vehicles(pack, added), limits=limits_words(timing))
    return [limits, *status_notes(pack, timing)]


def rides_heads(pack: AreaPack, added: Added) -> list[str]:
    """Name the two ways of travelling, for the heads of columns: walking, and with bus and train."""
    say = english().say
    return [say("reports.rides.walking"), say("reports.rides.with", vehicles=_vehicles(pack, added))]


def rides_rows(pack: AreaPack, added: Added) -> tuple[list[list[str]], list[list[str]]]:
    """Return the rows of the table: those of the wards, the greatest difference first, and those of the groups.

    Returns
    -------
    Each: name, how many there are, within the limit on foot and with bus and train, the difference, and the minutes
    within which half of them live on foot and with bus and train.
    """
    groups = {code: name for code, name in group_names(pack).items() if code in added.table.index}
    wards = {code: str(pack.wards["name"][code]) for code in added.wards_by_more.index}
    return _rows(added, wards), _rows(added, groups)


def _rows(added: Added, names: Mapping[str, str]) -> list[list[str]]:
    rows = []
    for code, name in names.items():
        row = row_of(added.table, code)
        rows.append(
            [
                name,
                *(people(row[key]) for key in ("total", "on_foot", "riding")),
                signed(row["more"]),
                *(minutes_cell(float(row[key]), 1) for key in ("on_foot_min", "riding_min")),
            ]
        )
    return rows


def rides_number(added: Added, measure: str) -> tuple[str, str]:
    """Write how many more of the whole area are within the limit, ``"+2,450"``, and what that number is."""
    means = english().say(
        "reports.rides.means",
        who=MEASURES[measure].counted,
        within=shortest(added.item.threshold_min),
        place=kind_of(added.item.service),
    )
    return signed(added.more), means


def _vehicles(pack: AreaPack, added: Added) -> str:
    return counted_vehicles(pack, timing_of(added.mode))
