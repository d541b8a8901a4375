r"""Supply (enhanced two-step floating catchment area, E2SFCA): capacity of a service within reach, per child.

The enhanced two-step floating catchment area method (Luo and Qi 2009,
https://doi.org/10.1016/j.healthplace.2009.06.002).
Step 1 divides the capacity of each site by the children around it, with a greater weight for nearer children; step 2
adds up what a home can reach, with a greater weight for nearer sites:

.. math::
    R_j = \frac{S_j}{\sum_i P_i \, f(t_{ij})}, \qquad A_i = \sum_j R_j \, f(t_{ij})

:math:`S_j` is the capacity of site *j*, :math:`P_i` the children at home *i*, :math:`t_{ij}` minutes, and *f* a weight
that falls in steps with time and is 0 beyond the last zone. The mean of :math:`A_i` over the children is the capacity
that anybody can reach divided by all children, whatever the weights. Families just outside the borough use the sites
too, but the pack does not count them, so sites near its edge look less crowded than they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.reach.rollup import Roll
from analysis.travel.access import Access
from geo.errors import InputError

Floats = npt.NDArray[np.float64]
DEFAULT_CAPACITY = 1.0


@dataclass(frozen=True)
class Decay:
    """Weights that fall in steps with time.

    Attributes
    ----------
    until_min
        Ends of the zones in minutes, rising; beyond the last the weight is 0. A time equal to an end is inside.
    weights
        Weight of each zone, not rising, from 1 down to 0. The default zones are the ten, twenty and thirty minutes of
        Luo and Qi 2009, with their weights 1, 0.68 and 0.22. Theirs are minutes of driving to a doctor; no source gives
        such weights for families on foot, so these are used by analogy.
    """

    until_min: tuple[float, ...] = (10.0, 20.0, 30.0)
    weights: tuple[float, ...] = (1.0, 0.68, 0.22)

    def __post_init__(self) -> None:
        ends, weights = np.array(self.until_min), np.array(self.weights)
        if len(ends) != len(weights) or not len(ends) or (np.diff(ends) <= 0).any() or ends[0] <= 0:
            raise InputError("zones must rise from more than 0 minutes, with one weight each")
        if (np.diff(weights) > 0).any() or weights.max() > 1 or weights.min() < 0:
            raise InputError("weights of zones must not rise with time and lie between 0 and 1")

    def at(self, seconds: npt.ArrayLike) -> Floats:
        """Weight at each time, same shape."""
        zone = np.searchsorted(np.array(self.until_min) * 60.0, np.asarray(seconds, dtype=np.float64), side="left")
        return np.array([*self.weights, 0.0])[zone]


def two_step(people: Floats, capacity: Floats, matrix_s: npt.ArrayLike, decay: Decay) -> Floats:
    """Capacity within reach per person at each home.

    Parameters
    ----------
    people
        ``(n_demand,)``.
    capacity
        ``(n_sites,)``, 0 or more.
    matrix_s
        ``(n_demand, n_sites)`` seconds.
    decay
        How weights fall with time.

    Returns
    -------
    ``(n_demand,)``. A site that nobody can reach adds nothing.

    Raises
    ------
    InputError
        When the shapes do not fit or a capacity is negative or not a number.
    """
    seconds = np.asarray(matrix_s)
    if seconds.shape != (len(people), len(capacity)):
        raise InputError(f"times of shape {seconds.shape} do not fit {len(people)} homes and {len(capacity)} sites")
    if not (np.isfinite(capacity) & (capacity >= 0)).all():
        raise InputError("a capacity must be a number, 0 or more")
    weight = decay.at(seconds)
    competing = people @ weight
    ratio = np.divide(capacity, competing, out=np.zeros_like(competing), where=competing > 0)
    supply: Floats = weight @ ratio
    return supply


@dataclass(frozen=True, eq=False)
class Supply:
    """Supply of one service.

    Attributes
    ----------
    per_1000
        ``(n_demand,)`` capacity within reach per 1,000 people at each home.
    areas
        Index ``code`` (wards, then groups): ``name, per_1000`` (mean over people), ``none_share`` (share of people who
        reach nothing within the last zone), ``to_borough`` (over the borough's mean).
    assumed
        Ids of the sites whose capacity is not known and was taken to be the default.
    """

    per_1000: Floats
    areas: pd.DataFrame
    assumed: list[str]


def supply(
    access: Access,
    sites: pd.DataFrame,
    *,
    measure: str,
    baseline: str,
    capacity: Mapping[str, float] | None = None,
    default_capacity: float = DEFAULT_CAPACITY,
    decay: Decay | None = None,
) -> Supply:
    """Work out supply by home, ward and group.

    Parameters
    ----------
    access
        Area and mode.
    sites
        The sites, with ``easting, northing``, index id.
    measure, baseline
        Who is counted, and so competes for the capacity.
    capacity
        Capacity by id, in any unit (children, staff, sessions a week).
    default_capacity
        For sites that are not in `capacity`. With no capacity known every site counts as 1, and the figure means "sites
        per 1,000 children": say so wherever it is shown (`Supply.assumed`).
    decay
        How weights fall with time; Luo and Qi's when left out.

    Raises
    ------
    InputError
        When a capacity makes no sense.
    UnknownNameError
        When the measure or baseline is unknown.
    """
    decay = decay or Decay()
    known = capacity or {}
    ids = [str(name) for name in sites.index]
    offered = np.array([float(known.get(name, default_capacity)) for name in ids])
    times = access.to_sites(sites, limit_s=decay.until_min[-1] * 60.0, matrix=True)
    roll = Roll.of(access.pack, measure, baseline)
    matrix_s = times.matrix_s if times.matrix_s is not None else np.empty((len(roll.people), 0))
    per_1000 = 1000.0 * two_step(roll.people, offered, matrix_s, decay)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (roll.inside * roll.people) @ per_1000 / roll.totals
        none = (roll.inside * roll.people) @ (per_1000 == 0) / roll.totals
        relative = mean / mean[-1]
    areas = pd.DataFrame(
        {"name": roll.names, "per_1000": mean, "none_share": none, "to_borough": relative},
        index=pd.Index(roll.keys, name="code"),
    )
    return Supply(per_1000, areas, [name for name in ids if name not in known])
