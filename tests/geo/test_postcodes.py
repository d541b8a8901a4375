"""Postcodes of streets and those of PO boxes, at the limit that tells them apart."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geo.postcodes import Postcodes, street_postcodes

LETTERS = "ABDEFGHJLN"


@pytest.mark.parametrize(("at_one_point", "homes"), [(8, True), (9, False)])
def test_eight_postcodes_at_one_point_are_a_street_and_nine_are_not(pack, at_one_point, homes):
    crowd = [f"SS1 9A{letter}" for letter in LETTERS[:at_one_point]]
    alone = [f"SS1 2A{letter}" for letter in LETTERS]
    postcodes = pd.Series([*crowd, *alone])
    xy = np.array([(0.0, 0.0)] * len(crowd) + [(100.0 * n, 50.0) for n in range(len(alone))])
    assert street_postcodes(postcodes, xy).tolist() == [homes] * len(crowd) + [True] * len(alone)
    rows = pd.DataFrame({"postcode": postcodes, "easting": xy[:, 0], "northing": xy[:, 1]})
    known = Postcodes.of(replace(pack, postcodes=rows, demand=pack.demand.head(len(rows)).assign(postcode=postcodes)))
    assert ("not homes" in known.note(crowd[0])) is not homes
