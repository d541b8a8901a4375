"""Where the names of areas stand on a map, so that they hide neither each other nor the services.

deck.gl can leave a name out that runs into something (its collision filter), but not move it, and a map of wards needs
all its names. So each name takes, of the points of a grid inside its area, the one that costs least: it should be on
the map, on no other name, on no disc and in its own area, and near the area's middle, in that order. Worked out for
the scale at which the map opens; whoever looks closer has more room.
"""

import numpy as np
import numpy.typing as npt
import shapely

Floats = npt.NDArray[np.float64]

# Of its type's size: half a capital's height with the white edge, and the mean width of a letter.
_HALF_HEIGHT, _LETTER = 0.6, 0.54
_GRID_PX, _EDGE_PX, _APART_PX = 5.0, 6.0, 4.0
_OFF_MAP, _ON_NAME, _ON_DISC, _OUTSIDE, _OFF_MIDDLE = 16.0, 8.0, 4.0, 4.0, 0.5
_SAMPLES = np.linspace(-1.0, 1.0, 9)


def label_points(
    names: list[str], areas: npt.NDArray[np.object_], discs: Floats, *, size_px: float, disc_px: float, m_per_px: float
) -> Floats:
    """Find a point for the middle of each name.

    Parameters
    ----------
    names
        What is written, ``n`` of them.
    areas
        ``(n,)`` polygons, metres; each name's point lies in its own.
    discs
        ``(m, 2)`` middles of what must stay in sight, metres.
    size_px, disc_px
        Size of the type, and radius of a disc.
    m_per_px
        Metres on the ground for one pixel.

    Returns
    -------
    ``(n, 2)`` metres.
    """
    if not names:
        return np.empty((0, 2))
    half = np.array([[_LETTER * len(name) / 2, _HALF_HEIGHT] for name in names]) * size_px * m_per_px
    # A map shows little beyond its areas.
    west, _, east, _ = shapely.total_bounds(areas) + np.array([-1, 0, 1, 0]) * _EDGE_PX * m_per_px
    found = np.zeros((len(names), 2))
    placed: list[int] = []
    # Those with the least room choose first.
    for row in np.argsort(shapely.area(areas), kind="stable").tolist():
        spots, middle = _spots(areas[row], _GRID_PX * m_per_px)
        cost = _ON_DISC * _covered(spots, half[row], discs, np.full(2, disc_px * m_per_px))
        beyond = np.maximum(spots[:, 0] + half[row, 0] - east, west + half[row, 0] - spots[:, 0])
        cost += _OFF_MAP * np.clip(beyond, 0.0, None) / (2 * half[row, 0])
        for other in placed:
            cost += _ON_NAME * _covered(spots, half[row] + _APART_PX * m_per_px, found[[other]], half[other])
        cost += _OUTSIDE * _outside(spots, half[row], areas[row])
        cost += _OFF_MIDDLE * np.hypot(*(spots - middle).T) / np.sqrt(shapely.area(areas[row]))
        found[row] = spots[np.argmin(cost)]
        placed.append(row)
    return found


def _spots(area: shapely.Geometry, step_m: float) -> tuple[Floats, Floats]:
    """Points of a grid inside an area, its middle first; and that middle, where most room is around it."""
    middle = shapely.get_coordinates(shapely.maximum_inscribed_circle(area, tolerance=step_m))[0]
    west, south, east, north = shapely.bounds(area)
    x, y = np.meshgrid(np.arange(west, east, step_m), np.arange(south, north, step_m))
    grid = np.column_stack([x.ravel(), y.ravel()])
    return np.vstack([middle, grid[shapely.contains_xy(area, grid)]]), middle


def _covered(spots: Floats, half: Floats, others: Floats, half_other: Floats) -> Floats:
    """Sum over `others` of the share of each that a name would cover at each spot."""
    apart = np.abs(spots[:, None, :] - others[None, :, :])
    over = np.clip(half + half_other - apart, 0.0, 2 * np.minimum(half, half_other))
    share: Floats = (over[..., 0] * over[..., 1] / (4 * half_other[0] * half_other[1])).sum(axis=1)
    return share


def _outside(spots: Floats, half: Floats, area: shapely.Geometry) -> Floats:
    """Share of a name that lies outside its area, at nine points along its line."""
    x = spots[:, :1] + half[0] * _SAMPLES
    inside = shapely.contains_xy(area, x, np.broadcast_to(spots[:, 1:], x.shape))
    share: Floats = 1.0 - inside.mean(axis=1)
    return share
