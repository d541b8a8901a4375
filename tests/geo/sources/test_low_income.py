"""Children in low-income families, by ward and year."""

import pytest

from geo.errors import SourceError
from geo.sources.low_income import read_low_income

KEY = {"source": "key", "vintage": "2011"}


def test_low_income(write):
    path = write("low.csv", "WD11CD,WD11NM,cilif_rel_2014_15,cilif_rel_2021_22p\nE05000001,Kursaal,572,556\n")
    table = read_low_income(path, **KEY)
    assert table.to_dict("records") == [
        {"ward": "E05000001", "ward_name": "Kursaal", "period": "2014/15", "value": 572.0, "provisional": False},
        {"ward": "E05000001", "ward_name": "Kursaal", "period": "2021/22", "value": 556.0, "provisional": True},
    ]
    assert table.attrs["source"] == "key"


def test_low_income_as_dwp_names_its_columns(write):
    path = write("low.csv", "MSOA,2014/15,2021/22p,LAD\nBlackpool 001,229,246,Blackpool\n")
    table = read_low_income(path, **KEY, code_column="MSOA", name_column="LAD")
    assert table["period"].tolist() == ["2014/15", "2021/22"]


def test_low_income_faults(write):
    with pytest.raises(SourceError, match="line 2, column 2014/15: '-' is not a number"):
        read_low_income(write("low.csv", "WD11CD,WD11NM,2014/15\nE05000001,Kursaal,-\n"), **KEY)
    with pytest.raises(SourceError, match=r"low\.csv: no column is named by a financial year"):
        read_low_income(write("low.csv", "WD11CD,WD11NM,2014\nE05000001,Kursaal,3\n"), **KEY)
    with pytest.raises(SourceError, match="a year stands in two columns: 2014/15, 2014/15p"):
        read_low_income(write("low.csv", "WD11CD,WD11NM,2014/15,2014/15p\nE05000001,Kursaal,3,4\n"), **KEY)
    with pytest.raises(SourceError, match="missing column WD11NM"):
        read_low_income(write("low.csv", "WD11CD,2014/15\nE05000001,3\n"), **KEY)
