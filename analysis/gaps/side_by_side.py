"""Comparison of wards: every indicator of a few wards beside the groups, and the widest difference."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.gaps.gaps import shown, totals_by_area, ward_services
from analysis.reach.need import Indicator, group_values, indicators_of, ranks, status_of, ward_values
from analysis.reach.reach import group_labels, groups_of
from analysis.reach.survey import Survey
from geo.errors import UnknownNameError
from geo.pack import AreaPack


def preferred_baseline(pack: AreaPack, indicator: Indicator, baseline: str) -> str:
    """Return `baseline` where the indicator has it, else its first; empty for an index, which has none."""
    known = indicator.baselines(pack)
    return baseline if baseline in known else next(iter(known), "")


def indicator_figures(pack: AreaPack, wards: Sequence[str], baseline: str) -> pd.DataFrame:
    """Every indicator of some wards and of the groups of wards.

    Parameters
    ----------
    pack
        The area.
    wards
        Ward codes, in the order wanted.
    baseline
        Which figures are preferred where an indicator has several.

    Returns
    -------
    One row an indicator and area (the wards, then ``target``, ``rest``, ``borough``): ``indicator, label, kind,
    baseline, code, name, value, rank`` (1 is the highest of all wards; NaN for groups), ``spread`` (standard deviation
    over all wards of the area, of the value's unit), ``status``.

    Raises
    ------
    UnknownNameError
        When there is no such ward.
    """
    _known(pack, wards)
    names = area_names(pack, wards)
    parts = []
    for indicator in indicators_of(pack).values():
        base = preferred_baseline(pack, indicator, baseline)
        by_ward = ward_values(pack, indicator, base)
        values = pd.concat([by_ward.reindex(list(wards)), group_values(pack, indicator, base)])
        parts.append(
            pd.DataFrame(
                {
                    "indicator": indicator.name,
                    "label": indicator.label,
                    "kind": indicator.kind,
                    "baseline": base,
                    "code": list(names),
                    "name": list(names.values()),
                    "value": values.to_numpy(np.float64),
                    "rank": ranks(by_ward).reindex(list(names)).to_numpy(np.float64),
                    "spread": float(by_ward.std(ddof=0)),
                    "status": [status_of(pack, indicator, base, code) for code in names],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def service_minutes(survey: Survey, wards: Sequence[str], *, measure: str, baseline: str) -> pd.DataFrame:
    """Return minutes to every service of a basket for some wards and the groups, the same as in the table of gaps.

    Parameters
    ----------
    survey
        Times from every home.
    wards
        Ward codes, in the order wanted.
    measure, baseline
        Who is counted.

    Returns
    -------
    Rows of :func:`analysis.gaps.gaps.ward_services` as shown: ``service, code, name, median_min, rank`` (1
    is the ward with the longest), services in the order of the basket, the wards before ``target, rest, borough``.

    Raises
    ------
    UnknownNameError
        When a ward, the measure or the baseline is unknown.
    """
    _known(survey.pack, wards)
    names = area_names(survey.pack, wards)
    true = ward_services(survey, measure=measure, baseline=baseline)
    table = shown(true, totals_by_area(survey.pack, measure=measure, baseline=baseline))
    index = pd.MultiIndex.from_product([survey.basket.services, list(names)], names=["service", "code"])
    rows = table[["median_min", "rank"]].swaplevel().reindex(index).reset_index()
    rows.insert(2, "name", rows["code"].map(names))
    return rows


def area_names(pack: AreaPack, wards: Sequence[str]) -> dict[str, str]:
    """Name the wards and then the groups, by code."""
    labels = group_labels(pack)
    return {
        **{code: str(pack.wards.loc[code, "name"]) for code in wards},
        **{group: labels[group] for group in groups_of(pack)},
    }


def widest_indicator(figures: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the indicator in which the wards differ most, highest first.

    Only rates and scores count: counts differ because wards differ in size. The difference between the highest and the
    lowest is divided by the standard deviation over all wards, so that indicators in different units can be compared.

    Parameters
    ----------
    figures
        From :func:`indicator_figures`.

    Returns
    -------
    Its rows of wards; none where no indicator differs.
    """
    wards = figures[figures["rank"].notna() & (figures["kind"] != "count")]
    ends = wards.groupby("indicator", sort=False).agg(
        high=("value", "max"), low=("value", "min"), spread=("spread", "first")
    )
    apart = ((ends["high"] - ends["low"]) / ends["spread"].where(ends["spread"] > 0)).dropna()
    if apart.empty or apart.max() <= 0:
        return wards.head(0)
    return wards[wards["indicator"] == apart.idxmax()].sort_values("value", ascending=False, kind="stable")


def widest_minutes(minutes: pd.DataFrame, services: Sequence[str]) -> pd.DataFrame:
    """Return the rows of that one of `services` for which the wards differ most in minutes, longest first.

    Parameters
    ----------
    minutes
        From :func:`service_minutes`.
    services
        Which to choose from.

    Returns
    -------
    Its rows of wards; none where all wards have the same minutes, or one ward reaches no site.
    """
    wards = minutes[minutes["rank"].notna() & minutes["service"].isin(services)]
    ends = wards.groupby("service", sort=False)["median_min"].agg(["max", "min"])
    with np.errstate(invalid="ignore"):
        apart = (ends["max"] - ends["min"]).replace(np.inf, np.nan).dropna()
    if apart.empty or apart.max() <= 0:
        return wards.head(0)
    return wards[wards["service"] == apart.idxmax()].sort_values("median_min", ascending=False, kind="stable")


def _known(pack: AreaPack, wards: Sequence[str]) -> None:
    for code in wards:
        if code not in pack.wards.index:
            raise UnknownNameError("ward", code, pack.wards["name"].tolist())
