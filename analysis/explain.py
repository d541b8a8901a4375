"""Say in plain sentences what the figures of a ward or a pocket mean.

Strings only: pages and the command line show them.
"""

import math
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from analysis.basket import Basket
from analysis.isolation import Isolation
from analysis.rounding import digits, per_cent, whole
from geo.services import category_named

_NEAR_MIN = 1.0
_WORTH_A_LINE = 0.15


def minutes(value: float) -> str:
    """Return "12 minutes", "1 minute", "less than a minute", or "no way there" for an unreached place."""
    if math.isnan(value):
        return "not known"
    if math.isinf(value):
        return "no way there on foot"
    number = whole(value)
    if number < 1:
        return "less than a minute"
    return f"{number} minute{'' if number == 1 else 's'}"


def percent(share: float) -> str:
    """Return "41%"."""
    return "no figure" if math.isnan(share) else per_cent(share)


def listed(words: list[str]) -> str:
    """Join words as people do: "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def gap_sentence(name: str, row: pd.Series, parts: pd.Series, service: str) -> str:
    """Explain one service of one ward.

    Parameters
    ----------
    name
        Of the ward.
    row
        Of :func:`analysis.gaps.ward_services` (or `shown`).
    parts
        Of :func:`analysis.severance.why`, the same ward and service.
    service
        Category.
    """
    label, gap = category_named(service).label, float(row["gap_to_borough"])
    start = f"From {name} the nearest {label} is {minutes(float(row['median_min']))} away for the middle child"
    if not math.isfinite(gap):
        return f"{start}."
    if abs(gap) < _NEAR_MIN:
        return f"{start}, about as far as in the borough as a whole."
    compared = f"{minutes(abs(gap))} {'more' if gap > 0 else 'less'} than in the borough as a whole"
    if gap < 0:
        return f"{start}, {compared}."
    return f"{start}, {compared}: {_reasons(parts)}."


def _reasons(parts: pd.Series) -> str:
    words = {
        "distance_min": "because there is none nearer",
        "detour_min": "because the way there is not straight",
        "speed_min": "because the streets are slower",
    }
    adds = [(float(parts[key]), text) for key, text in words.items() if float(parts[key]) >= _NEAR_MIN]
    saves = [key for key in words if float(parts[key]) <= -_NEAR_MIN]
    said = listed([f"{minutes(value)} {text}" for value, text in sorted(adds, reverse=True)])
    if not saves:
        return said or "a little of everything"
    gained = listed([minutes(-float(parts[key])) for key in saves])
    return f"{said}, less {gained} that {'straighter ways' if 'detour_min' in saves else 'nearness'} saves"


def barrier_sentence(barriers: pd.DataFrame, service: str) -> str:
    """Name the lines in the way to one service; empty when none matters.

    Parameters
    ----------
    barriers
        From :func:`analysis.severance.barriers_of`.
    service
        Category.
    """
    if service not in barriers.index:
        return ""
    rows = barriers.loc[[service]]
    rows = rows[rows["share"] >= _WORTH_A_LINE].head(2)
    if rows.empty:
        return ""
    said = listed([f"{row['name']} ({percent(float(row['share']))} of the children)" for _, row in rows.iterrows()])
    return (
        f"On a straight line to the {category_named(service).label} nearest as the crow flies, children who must go "
        f"half as far again would meet {said}."
    )


def isolation_sentence(found: Isolation, code: str, basket: Basket) -> str:
    """Explain the isolation of one ward, its rank, how firm that is, and what it is made of."""
    row, parts = found.areas.loc[[code]].iloc[0], found.parts.loc[[code]].iloc[0].sort_values(ascending=False)
    most = [category_named(str(service)).plural for service in parts.index[:3] if parts[service] > 0]
    n_wards = int(found.areas["rank"].notna().sum())
    text = (
        f"{digits(row['isolation'])}% of the basket of {len(basket)} services is beyond reach for the average child in "
        f"{row['name']} ({digits(row['low'])}% to {digits(row['high'])}% over the choices of speed and weights)"
    )
    if not math.isnan(row["rank"]):
        rank, low, high = (int(row[key]) for key in ("rank", "rank_low", "rank_high"))
        band = f"between {low} and {high}" if low != high else "and stays there"
        text += f": {ordinal(rank)} most isolated of {n_wards} wards, {band} in nine draws of ten"
    return f"{text}. {f'It is made up most of {listed(most)}.' if most else 'Nothing is beyond reach.'}"


def ordinal(number: int) -> str:
    """Return "1st", "2nd", "11th", …."""
    teens = 10 <= number % 100 <= 20
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def pocket_sentence(pocket: pd.Series, basket: Basket) -> str:
    """Explain one pocket: a row of :func:`analysis.pockets.pockets`."""
    who = f"{int(pocket['children'])} children" if not math.isnan(pocket["children"]) else "A few children"
    where = f"{pocket['name']} in {pocket['ward_name']}"
    poor = pocket["children_in_poverty"]
    after = "" if math.isnan(poor) else f" About {int(poor)} children of all ages here live in poverty."
    if pocket["service"] not in basket.services:
        return f"{who} {where} are beyond reach of at least half of the basket.{after}"
    item = basket.item(str(pocket["service"]))
    label = category_named(item.service).label
    return (
        f"{who} {where} live more than {minutes(item.threshold_min)} from a {label}: the nearest, "
        f"{pocket['nearest']}, is {minutes(float(pocket['median_min']))} away for the middle child.{after}"
    )


def closure_sentence(closure: pd.Series) -> str:
    """Explain what one closure cost: a row of :func:`analysis.change.closures`."""
    served = "a few" if math.isnan(closure["served"]) else f"{int(closure['served'])}"
    verb = "has moved" if closure["fate"] == "moved" else "is no longer on the list of practices"
    text = (
        f"{closure['name']} {verb}. It was the nearest for {served} children; the middle one of them had "
        f"{minutes(float(closure['before_min']))} to go and now has {minutes(float(closure['now_min']))}."
    )
    if math.isnan(closure["lost"]):
        return f"{text} A few of them have no practice within reach any more."
    if closure["lost"] > 0:
        return f"{text} {int(closure['lost'])} of them have no practice within reach any more."
    return text


def compare_sentence(table: pd.DataFrame, isolation_of: Mapping[str, float], one: str, other: str) -> str:
    """Set two wards against each other in one line, such as Kursaal against West Leigh.

    Parameters
    ----------
    table
        From :func:`analysis.gaps.ward_services`.
    isolation_of
        Isolation by ward code.
    one, other
        Ward codes.
    """
    rows = [table.xs(code, level="code") for code in (one, other)]
    names, medians = [str(row["name"].iloc[0]) for row in rows], [row["median_min"] for row in rows]
    with np.errstate(invalid="ignore"):
        gap = medians[0] - medians[1]
    nearer, further = int((gap < -_NEAR_MIN).sum()), int((gap > _NEAR_MIN).sum())
    widest = str(gap.abs().replace(np.inf, np.nan).idxmax())
    label = category_named(widest).label
    return (
        f"{names[0]} is nearer than {names[1]} to {nearer} of {len(gap)} services and further from {further}; "
        f"the widest gap is to the {label}: {minutes(float(medians[0][widest]))} against "
        f"{minutes(float(medians[1][widest]))}. "
        f"{digits(isolation_of[one])}% of the basket is beyond reach in {names[0]}, {digits(isolation_of[other])}% in "
        f"{names[1]}."
    )


def claim(table: pd.DataFrame, wards: list[str]) -> pd.DataFrame:
    """Check a claim that some wards have poorer access, service by service.

    Parameters
    ----------
    table
        From :func:`analysis.gaps.ward_services`.
    wards
        Codes of the wards of the claim.

    Returns
    -------
    Index ``service``; for each ward its ``gap`` in minutes to the borough; ``verdict``: "yes" where every one of the
    wards is at least a minute further than the borough, "no" where none is, "in part" otherwise.
    """
    gaps = pd.DataFrame({code: table.xs(code, level="code")["gap_to_borough"] for code in wards})
    worse = gaps >= _NEAR_MIN
    verdict = np.select([worse.all(axis=1), ~worse.any(axis=1)], ["yes", "no"], default="in part")
    return gaps.assign(verdict=verdict)


def left_out_sentence(missing: Iterable[str]) -> str:
    """Say which services are left out for want of a list; nothing when none is."""
    names = [category_named(name).plural for name in missing]
    if not names:
        return ""
    either = " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return f"No list of {either} is in this area's data, so they are left out."
