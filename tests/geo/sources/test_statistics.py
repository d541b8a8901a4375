"""The tables by LSOA, ward and output area."""

import pandas as pd
import pytest

from geo.errors import SourceError
from geo.sources import census
from geo.sources.census import read_census
from geo.sources.deprivation import read_deprivation
from geo.sources.low_income import read_low_income
from geo.sources.mid_year import read_mid_year
from geo.sources.output_areas import read_output_areas

KEY = {"source": "key", "vintage": "2011"}


def csv(rows):
    return pd.DataFrame(rows).to_csv(index=False)


def census_row(lsoa="E01000001", **changes):
    row = dict.fromkeys(census._SCHEMA.columns, "1")
    areas = {"LSOA11CD": lsoa, "LSOA11NM": "Place 001A", "WD15CD": "E05000001", "WD15NM": "Kursaal"}
    bands = {"age0_3_2011": 4, "age0_4_2011": 5, "age0_15_2011": 16, "age0_17_2011": 18, "pop_2011": 100, "hh_2011": 40}
    return row | areas | bands | changes


def test_census(write):
    table = read_census(write("census.csv", csv([census_row(), census_row("E01000002", hh_no_car=7)])), **KEY)
    assert table["lsoa"].tolist() == ["E01000001", "E01000002"]
    assert table.loc[1, "households_no_car"] == 7
    assert table.loc[0, ["children_0_3", "children_0_17", "population", "overcrowded"]].tolist() == [4, 18, 100, 2]
    assert table.attrs == KEY


def test_census_ages_that_do_not_add_up(write):
    rows = [census_row(), census_row("E01000002", age0_3_2011=5)]
    with pytest.raises(SourceError, match=r"line 3, column age0_3_2011: 5.0 is not the sum of age0_2011 to age3_2011"):
        read_census(write("census.csv", csv(rows)), **KEY)


def test_census_part_greater_than_the_whole(write):
    with pytest.raises(SourceError, match=r"line 2, column hh_no_car: 41.0 is more than hh_2011"):
        read_census(write("census.csv", csv([census_row(hh_no_car=41)])), **KEY)


def test_census_faults(write):
    rows = [census_row(), census_row(age2_2011="two"), census_row("W05")]
    with pytest.raises(SourceError) as caught:
        read_census(write("census.csv", csv(rows)), **KEY)
    assert "line 2, column LSOA11CD: 'E01000001' appears more than once" in str(caught.value)
    assert "line 3, column age2_2011: 'two' is not a number" in str(caught.value)
    assert "line 4, column LSOA11CD: 'W05' is not an LSOA code" in str(caught.value)


def test_census_missing_columns(write):
    row = census_row()
    del row["hh_no_car"], row["age7_2011"]
    with pytest.raises(SourceError, match=r"census\.csv: missing columns hh_no_car, age7_2011; the file has"):
        read_census(write("census.csv", csv([row])), **KEY)


def mid_year_row(**changes):
    row = {"LSOA11CD": "E01000001"}
    for year in (2020, 2017):
        ages = {f"age{age}_{year}": 10 for age in range(5)}
        bands = {f"age0_3_{year}": 40, f"age0_15_{year}": 90, f"age0_17_{year}": 99, f"pop_{year}": 500}
        row |= ages | bands
    return row | changes


def test_mid_year(write):
    table = read_mid_year(write("mid.csv", csv([mid_year_row(age0_15_2020=91)])), **KEY)
    assert table["year"].tolist() == [2017, 2020]
    assert table["children_0_15"].tolist() == [90, 91]
    assert table.columns.tolist() == [
        "lsoa", "year", "population", "age0", "children_0_3", "children_0_15", "children_0_17"
    ]  # fmt: skip
    assert table.attrs == KEY


def test_mid_year_faults(write):
    with pytest.raises(SourceError, match=r"mid\.csv: line 2, column|line 2, column age0_3_2017: 41.0 is not the sum"):
        read_mid_year(write("mid.csv", csv([mid_year_row(age0_3_2017=41)])), **KEY)
    with pytest.raises(SourceError, match=r"line 2, column age0_17_2020: 900.0 is more than pop_2020"):
        read_mid_year(write("mid.csv", csv([mid_year_row(age0_17_2020=900)])), **KEY)
    with pytest.raises(SourceError, match=r"mid\.csv: no column is named pop_ and a year"):
        read_mid_year(write("mid.csv", "LSOA11CD,population\nE01000001,5\n"), **KEY)
    row = mid_year_row()
    del row["age2_2020"]
    with pytest.raises(SourceError, match=r"missing column age2_2020"):
        read_mid_year(write("mid.csv", csv([row])), **KEY)


DEPRIVATION = {
    "LSOA11CD": "E01000001",
    "imd2010_score": 20.6,
    "imd2010_decile": 5.0,
    "imd2015_score": 19.1,
    "imd2015_decile": 5.0,
    "imd2019_score": 14.8,
    "imd2019_decile": 6.0,
    "idaci2019_score": 0.112,
    "idaci2019_decile": 6.0,
    "children0_15_mid2015": 265,
    "pop_mid2015_exprison": 1492,
}


def test_deprivation(write):
    table = read_deprivation(write("imd.csv", csv([DEPRIVATION])), **KEY)
    assert table.loc[0, ["lsoa", "idaci2019_score", "children_0_15_mid2015"]].tolist() == ["E01000001", 0.112, 265]
    assert table.loc[0, "population_mid2015"] == 1492


def test_deprivation_faults(write):
    rows = [DEPRIVATION, DEPRIVATION | {"LSOA11CD": "E01000002", "idaci2019_score": 11.2, "imd2019_decile": 0}]
    with pytest.raises(SourceError) as caught:
        read_deprivation(write("imd.csv", csv(rows)), **KEY)
    assert "line 3, column idaci2019_score: 11.2 is more than 1" in str(caught.value)
    assert "line 3, column imd2019_decile: 0.0 is less than 1" in str(caught.value)


def test_low_income(write):
    path = write("low.csv", "WD11CD,WD11NM,cilif_rel_2014_15,cilif_rel_2021_22p\nE05000001,Kursaal,572,556\n")
    table = read_low_income(path, **KEY)
    assert table.to_dict("records") == [
        {"ward": "E05000001", "ward_name": "Kursaal", "period": "2014/15", "value": 572.0, "provisional": False},
        {"ward": "E05000001", "ward_name": "Kursaal", "period": "2021/22", "value": 556.0, "provisional": True},
    ]
    assert table.attrs == KEY


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


LOOKUP = (
    "OA11CD,LSOA11CD,MSOA11CD,WD15CD,WD15NM,households_2021\nE00000001,E01000001,E02000001,E05000001,Belfairs,141.0\n"
)


def test_output_areas(write):
    table = read_output_areas(write("oa.csv", LOOKUP + "E00000002,E01000001,E02000001,E05000001,Belfairs,\n"), **KEY)
    assert table.columns.tolist() == ["oa", "lsoa", "ward", "ward_name", "households_2021"]
    assert table.loc[0, "households_2021"] == 141
    assert pd.isna(table.loc[1, "households_2021"])


def test_output_areas_faults(write):
    with pytest.raises(SourceError, match="line 3, column WD15CD: 'E05000002' is another ward"):
        read_output_areas(write("oa.csv", LOOKUP + "E00000002,E01000001,E02000001,E05000002,Leigh,9\n"), **KEY)
    with pytest.raises(SourceError, match="line 3, column OA11CD: 'E00000001' appears more than once"):
        read_output_areas(write("oa.csv", LOOKUP + "E00000001,E01000001,E02000001,E05000001,Leigh,9\n"), **KEY)
