"""Names of areas stand where they hide least: checked with shapely, not with the arithmetic that placed them."""

import numpy as np
import pytest
import shapely

from drawing.labels import label_points
from geo.packs import open_pack
from ui.kit.view import fit_view

SIZE_PX, DISC_PX = 14.0, 10.0


def boxes(names, points, m_per_px):
    """What each name covers: 0.54 of its size for a letter, 1.2 of its size high."""
    half_x = np.array([0.27 * SIZE_PX * len(name) for name in names]) * m_per_px
    half_y = 0.6 * SIZE_PX * m_per_px
    x, y = points.T
    return shapely.box(x - half_x, y - half_y, x + half_x, y + half_y)


def placed(names, areas, discs, m_per_px=10.0):
    discs = np.array(discs, dtype=float).reshape(-1, 2)
    return label_points(names, np.array(areas), discs, size_px=SIZE_PX, disc_px=DISC_PX, m_per_px=m_per_px)


def test_a_name_stands_in_the_middle_when_nothing_is_in_its_way():
    [point] = placed(["Kursaal"], [shapely.box(0, 0, 4000, 2000)], [])
    assert point[1] == pytest.approx(1000, abs=100)
    assert 1000 <= point[0] <= 3000


def test_a_name_makes_way_for_a_disc_and_for_another_name():
    area = shapely.box(0, 0, 4000, 2000)
    discs = [(1900.0, 1000.0), (2100.0, 1000.0)]
    [point] = placed(["Kursaal"], [area], discs)
    [name] = boxes(["Kursaal"], point[None, :], 10.0)
    assert not shapely.intersects(name, shapely.box(1800, 900, 2200, 1100)), "clear of both discs"
    assert shapely.contains(area, name), "there is room for all of it in its area"
    narrow = [shapely.box(0, 0, 600, 1500), shapely.box(600, 0, 1200, 1500)]
    names = ["Westborough", "Southchurch"]
    one, other = boxes(names, placed(names, narrow, []), 10.0)
    assert not shapely.intersects(one, other)


def test_a_name_is_not_cut_off_by_the_edge_of_the_map():
    edge, middle = shapely.box(0, 0, 500, 1000), shapely.box(500, 0, 9000, 1000)
    names = ["West Leigh", "Belfairs"]
    first, _ = boxes(names, placed(names, [edge, middle], []), 10.0)
    assert shapely.bounds(first)[0] >= -100, "ten pixels beyond the areas at most"


def test_the_order_of_rows_is_kept():
    areas = [shapely.box(0, 0, 9000, 9000), shapely.box(9000, 0, 10000, 1000), shapely.box(0, 9000, 3000, 12000)]
    points = placed(["big", "small", "between"], areas, [])
    assert shapely.contains_xy(np.array(areas), *points.T).all()


def test_no_areas_have_no_names():
    assert placed([], [], [(0.0, 0.0)]).shape == (0, 2)


@pytest.mark.parametrize("width_px", [740, 1100])
def test_the_wards_names_hide_no_other_name_and_hardly_a_service(width_px):
    pack = open_pack("southend")
    wards = pack.wards
    view = fit_view(tuple(wards.to_crs(4326).total_bounds), width_px=width_px, height_px=520)
    names, areas = wards["name"].tolist(), wards.geometry.to_numpy()
    shown = pack.services[pack.services["category"].isin(["childrens_centre", "gp_practice"])]
    discs = shown.loc[shown["status"] == "open", ["easting", "northing"]].to_numpy(float)
    points = label_points(names, areas, discs, size_px=SIZE_PX, disc_px=DISC_PX, m_per_px=view.m_per_px)
    assert shapely.contains_xy(areas, *points.T).all(), "each in its own ward"
    covers = boxes(names, points, view.m_per_px)
    pairs = shapely.STRtree(covers).query(covers, predicate="overlaps")
    assert not pairs.size, [(names[a], names[b]) for a, b in pairs.T]
    radius = DISC_PX * view.m_per_px
    circles = shapely.box(*(discs - radius).T, *(discs + radius).T)

    def hidden(at):
        return sum(shapely.area(shapely.intersection(name, circles)).sum() for name in boxes(names, at, view.m_per_px))

    middles = shapely.get_coordinates(shapely.get_point(shapely.maximum_inscribed_circle(areas, tolerance=50), 0))
    assert hidden(points) < 0.1 * hidden(middles), "names in the middle of their wards hide ten times as much"
