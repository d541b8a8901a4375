"""Demand points (origins): small-area counts, calibrated, and spread over postcodes by dasymetric mapping.

Counts stay with their LSOA; a postcode has a **share** of the LSOA. The share follows dasymetric practice
(Eicher and Brewer 2001, https://doi.org/10.1559/152304001782173727): output areas by their households, postcodes
within one output area equally. So any measure at the postcodes is its LSOA column times the share, and every sum up
to LSOA, ward or borough equals the published count.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import SourceError

Floats = npt.NDArray[np.float64]


def postcode_shares(postcodes: pd.DataFrame, output_areas: pd.DataFrame) -> Floats:
    """Return the share of its LSOA's people that each postcode (demand point, origin) has.

    Parameters
    ----------
    postcodes
        One row a postcode, with ``oa`` and ``lsoa``.
    output_areas
        One row an output area, with ``oa``, ``lsoa`` and ``households`` (NaN where the census has none: it counts as
        the mean of its LSOA).

    Returns
    -------
    ``(n_postcodes,)`` shares that sum to 1 within each LSOA. The households of an output area without a postcode go
    to the other output areas of its LSOA.

    Raises
    ------
    SourceError
        When an LSOA has no postcode at all, or a postcode lies in an output area that is not in the look-up.
    """
    unknown = sorted(set(postcodes["oa"]) - set(output_areas["oa"]))
    if unknown:
        raise SourceError(f"postcodes lie in output areas that the look-up lacks: {', '.join(unknown[:5])}")
    empty = sorted(set(output_areas["lsoa"]) - set(postcodes["lsoa"]))
    if empty:
        raise SourceError(f"LSOAs without any postcode, so their people have no home: {', '.join(empty[:5])}")
    areas = output_areas.set_index("oa")
    mean = areas.groupby("lsoa")["households"].transform("mean")
    households = areas["households"].fillna(mean).fillna(1.0)
    weight = (postcodes["oa"].map(households) / postcodes.groupby("oa")["oa"].transform("size")).to_numpy(np.float64)
    by_lsoa = pd.Series(weight).groupby(postcodes["lsoa"].to_numpy())
    total = by_lsoa.transform("sum").to_numpy(np.float64)
    # Where all postcodes of an LSOA lie in output areas without a household, they have equal shares.
    empty = total == 0
    weight = np.where(empty, 1.0, weight)
    total = np.where(empty, by_lsoa.transform("size").to_numpy(np.float64), total)
    return np.asarray(weight / total, dtype=np.float64)


def calibrate(counts: pd.Series, in_target: pd.Series, target_total: float) -> pd.Series:
    """Scale counts so that those of the target areas sum to a stated total (calibration), all by the same factor.

    Parameters
    ----------
    counts
        Count of each LSOA.
    in_target
        Whether each LSOA lies in a target ward.
    target_total
        The stated total.

    Raises
    ------
    SourceError
        When the target areas count nobody.
    """
    base = float(counts[in_target].sum())
    if base <= 0:
        raise SourceError(f"{counts.name}: the target wards count nobody, so there is nothing to calibrate")
    return counts * (target_total / base)


def child_poverty(
    areas: pd.DataFrame,
    *,
    target_total: float,
    ward_totals: Mapping[str, float],
    borough_rate_under_16: float,
) -> pd.Series:
    """Estimate children 0–17 in poverty by LSOA, from the strategy's ward figures and the pattern of IDACI.

    Parameters
    ----------
    areas
        One row an LSOA: ``ward``, ``target`` (bool), ``idaci_children`` (IDACI score × children), ``children_0_15``
        and ``children_0_17`` under the baseline of the result.
    target_total
        Children in poverty in the target wards together.
    ward_totals
        Wards whose own figure is published, by code.
    borough_rate_under_16
        Share of the borough's children under 16 in poverty. Within a ward the rate is assumed to be the same at 16 and
        17 as below, so ``Σ rate(ward) × children_0_15(ward)`` is this share of the borough's children under 16.

    Returns
    -------
    Series over the index of `areas`. Wards with a published figure have that figure, the other target wards share the
    rest of `target_total` by IDACI children, and the remaining wards follow IDACI so that the borough has its rate.

    Raises
    ------
    SourceError
        When the stated figures contradict each other (nothing would be left for the other wards).
    """
    wards = areas.groupby("ward").agg(
        target=("target", "first"),
        idaci=("idaci_children", "sum"),
        under_16=("children_0_15", "sum"),
        under_18=("children_0_17", "sum"),
    )
    stated = pd.Series(dict(ward_totals), dtype=float)
    others = wards.index[wards["target"] & ~wards.index.isin(stated.index)]
    left = target_total - stated.sum()
    figure = pd.Series(0.0, index=wards.index)
    figure[stated.index] = stated
    figure[others] = left * wards.loc[others, "idaci"] / wards.loc[others, "idaci"].sum()
    rest = wards.index[~wards["target"]]
    under_16_share = wards["under_16"] / wards["under_18"]
    wanted = borough_rate_under_16 * wards["under_16"].sum() - (figure * under_16_share).sum()
    if left < 0 or (len(rest) and wanted < 0):
        raise SourceError("the stated child poverty figures leave less than nothing for the wards without one")
    if len(rest):
        pattern = wards.loc[rest, "idaci"]
        figure[rest] = wanted * pattern / (pattern * under_16_share[rest]).sum()
    of_ward = areas["idaci_children"] / areas.groupby("ward")["idaci_children"].transform("sum")
    result = of_ward * areas["ward"].map(figure)
    return result.rename("children_in_poverty")
