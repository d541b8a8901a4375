"""The pin that arrow keys move: the postcode that it chooses is the one that a click there chooses."""

import numpy as np
import pytest
import shapely

from geo.packs import open_pack
from ui.kit.ground import nearest_cells
from ui.kit.pin import pin_at


@pytest.fixture(scope="module")
def pack():
    return open_pack("southend")


@pytest.mark.slow
def test_the_pin_chooses_what_a_click_there_chooses(pack):
    cells = nearest_cells(pack)
    inside = shapely.point_on_surface(cells.geometry.to_numpy())
    for at in np.linspace(0, len(cells) - 1, 25).astype(int):
        pin = pin_at(pack, inside[at].x, inside[at].y)
        assert (pin.postcode, pin.street) == (cells["id"].iloc[at], cells["title"].iloc[at])
        home = pack.demand[pack.demand["postcode"] == pin.postcode].iloc[0]
        assert pin.off_m == pytest.approx(np.hypot(home["easting"] - pin.easting, home["northing"] - pin.northing))


def test_a_pin_in_the_sea_still_names_the_nearest_street(pack):
    west, south, east, _ = pack.wards.total_bounds
    pin = pin_at(pack, (west + east) / 2, south - 3000)
    assert pin.off_m > 3000
    assert pin.street
