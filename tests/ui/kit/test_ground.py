"""A click anywhere takes the nearest postcode of a street."""

import numpy as np
import pytest
import shapely

from geo.packs import open_pack
from geo.places import place_at
from geo.postcodes import Postcodes
from ui.kit.ground import nearest_cells


@pytest.fixture(scope="module")
def pack():
    return open_pack("southend")


@pytest.mark.slow
def test_wherever_one_clicks_the_nearest_postcode_of_a_street_is_taken(pack):
    """Against the distance to every postcode."""
    cells = nearest_cells(pack)
    known = Postcodes.of(pack)
    homes = pack.demand.set_index("postcode").loc[[p for p in pack.demand["postcode"] if not known.note(p)]]
    land = pack.wards.geometry.union_all()
    rng = np.random.default_rng(3)
    west, south, east, north = land.bounds
    clicks = np.column_stack([rng.uniform(west, east, 300), rng.uniform(south, north, 300)])
    tree = shapely.STRtree(cells.geometry.to_numpy())
    met = 0
    for x, y in clicks:
        (hit, *_) = [*tree.query(shapely.Point(x, y), predicate="intersects"), -1]
        inside = bool(shapely.contains_xy(land, x, y))
        assert (hit >= 0) == inside
        if inside:
            away = np.hypot(homes["easting"] - x, homes["northing"] - y)
            row = cells.iloc[hit]
            assert away[row["id"]] == pytest.approx(away.min())
            assert row["title"] in place_at(pack, *homes.loc[row["id"], ["easting", "northing"]]).name
            met += 1
    assert met > 100
