import numpy as np
import pytest

from geo.coordinates import to_grid, to_lonlat


def test_a_known_point():
    # Chalkwell station, as NaPTAN gives it in both systems
    easting, northing = to_grid([0.67059269474], [51.53871912412], "EPSG:27700")
    assert easting == pytest.approx([585303], abs=5)
    assert northing == pytest.approx([185582], abs=5)


def test_there_and_back():
    lon, lat = to_lonlat(*to_grid([0.7, 0.8], [51.54, 51.55], "EPSG:27700"), "EPSG:27700")
    np.testing.assert_allclose(lon, [0.7, 0.8], atol=1e-6)
    np.testing.assert_allclose(lat, [51.54, 51.55], atol=1e-6)


def test_unknown_places_are_nan():
    easting, northing = to_grid([np.nan, 0.7], [51.5, 51.54], "EPSG:27700")
    assert np.isnan(easting).tolist() == [True, False]
    assert np.isnan(northing).tolist() == [True, False]


def test_no_points():
    easting, northing = to_grid([], [], "EPSG:27700")
    assert easting.shape == northing.shape == (0,)
