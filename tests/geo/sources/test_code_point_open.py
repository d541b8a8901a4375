import pytest

from geo.errors import SourceError
from geo.sources.code_point_open import read_code_point_open

GOOD = (
    '"SS0 0AA",10,585746,187079,"E92000001","E19000001","E18000006","","E06000033","E05002213"\n'
    '"SS101AA",50,585619,187415,"E92000001","E19000001","E18000006","","",""\n'
)


def read(path):
    return read_code_point_open(path, source="code_point_open", vintage="2025-10")


def test_reads_postcodes(write):
    postcodes = read(write("ss.csv", GOOD))
    assert postcodes.columns.tolist() == ["postcode", "quality", "easting", "northing", "district", "ward"]
    assert postcodes["postcode"].tolist() == ["SS0 0AA", "SS10 1AA"]
    assert postcodes.loc[0, ["quality", "easting", "northing"]].tolist() == [10, 585746.0, 187079.0]
    assert postcodes["ward"].tolist() == ["E05002213", ""]
    assert postcodes.attrs == {"source": "code_point_open", "vintage": "2025-10", "dropped": 0, "rows_read": 2}


def test_postcodes_without_a_position_are_counted(write):
    extra = '"SS9 9ZZ",90,0,0,"E92000001","","","","",""\n"SS9 9ZY",60,0,0,"E92000001","","","","",""\n'
    postcodes = read(write("ss.csv", GOOD + extra))
    assert len(postcodes) == 2
    assert postcodes.attrs["dropped"] == 2


def test_names_what_is_wrong(write):
    bad = GOOD + '"SS0 0AA",x,585746,187079,"","","","","E06","E05002213"\n'
    with pytest.raises(SourceError) as caught:
        read(write("ss.csv", bad))
    assert str(caught.value).splitlines() == [
        "ss.csv: 4 values cannot be used",
        "  line 1, column postcode: 'SS0 0AA' appears more than once",
        "  line 3, column postcode: 'SS0 0AA' appears more than once",
        "  line 3, column positional_quality: 'x' is not a number",
        "  line 3, column admin_district_code: 'E06' is not a district code",
    ]


def test_another_width_of_row(write):
    with pytest.raises(SourceError, match=r"ss\.csv: line 1: 3 columns where 10 are expected"):
        read(write("ss.csv", '"SS0 0AA",10,585746\n'))
