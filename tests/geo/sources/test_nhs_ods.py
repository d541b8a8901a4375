import pytest

from geo.errors import SourceError
from geo.services import COLUMNS
from geo.sources.nhs_ods import (
    read_dentists,
    read_gp_branches,
    read_gp_practices,
    read_health_clinics,
    read_pharmacies,
)

KEY = {"source": "ods", "vintage": "2025-09"}


def row(code, name, *, lines=("1 HIGH STREET", "", "", "SOUTHEND", "ESSEX"), **given):
    cells = [""] * 27
    cells[0], cells[1], cells[4:9], cells[9] = code, name, lines, given.get("postcode", "SS1 2AB")
    cells[11], cells[12] = given.get("closed", ""), given.get("status", "A")
    cells[13], cells[25] = given.get("sub_type", "B"), given.get("setting", "")
    return ",".join(f'"{cell}"' for cell in cells) + "\n"


def test_gp_practices(write):
    path = write(
        "epraccur.csv",
        row("F81081", "THE QUEENSWAY SURGERY", lines=["QUEENSWAY SURGERY", "75 QUEENSWAY", "", "", ""], setting="4")
        + row("F81684", "NORTH SHOEBURY SURGERY", setting="4", status="C", closed="20250228")
        + row("Y06389", "SAS MID AND SOUTH ESSEX STP", setting="4")
        + row("Y00171", "SPECIAL ALLOCATION SCHEME 2", setting="4")
        + row("Y07511", "SOUTHEND EAST PCN HUB", setting="26"),
    )
    practices = read_gp_practices(path, **KEY)
    assert tuple(practices.columns) == tuple(COLUMNS)
    assert practices["id"].tolist() == ["ods-F81081"]
    practice = practices.iloc[0]
    assert practice["name"] == "The Queensway Surgery"
    assert practice["address"] == "Queensway Surgery, 75 Queensway"
    assert (practice["category"], practice["postcode"], practice["status"]) == ("gp_practice", "SS1 2AB", "open")
    assert (practice["precision"], practice["source"], practice["vintage"]) == ("postcode", "ods", "2025-09")
    assert practices["easting"].isna().all()


def test_past_practices_have_ids_of_their_own(write):
    path = write("epraccur.csv", row("F81081", "QUEENSWAY MEDICAL CENTRE", setting="4"))
    past = read_gp_practices(path, source="ods", vintage="2019-03", category="gp_practice_2019", status="past")
    assert past["id"].tolist() == ["ods2019-F81081"]
    assert past["status"].tolist() == ["past"]


def test_branches_without_close_date(write):
    path = write(
        "ebranchs.csv",
        row("F81003001", "VERGHESE G", status="") + row("F81003002", "GONE", status="", closed="20160101"),
    )
    branches = read_gp_branches(path, source="ods", vintage="2017")
    assert branches["name"].tolist() == ["Verghese G"]
    assert branches.loc[0, ["id", "category", "status"]].tolist() == ["ods2017-F81003001", "gp_branch_before", "past"]


def test_health_clinics(write):
    path = write(
        "epraccur.csv",
        row("Y07304", "THE LIGHTHOUSE CENTRE - EPUT", setting="9")
        + row("Y03831", "NON MEDICAL PRESCRIBING SOUTHEND CCG", setting="9")
        + row("Y07278", "SOUTHEND TREATMENT AND RECOVERY SERVICE", setting="9")
        + row("Y02465", "FORTIS ENT CLINIC", setting="9", status="C"),
    )
    assert read_health_clinics(path, **KEY)["name"].tolist() == ["The Lighthouse Centre - EPUT"]


def test_pharmacies(write):
    path = write(
        "edispensary.csv",
        row("FAN08", "KALSONS CHEMIST", sub_type="1")
        + row("FD135", "FIDDLEWORTH MEDICAL LIMITED", sub_type="2")
        + row("FAQ68", "LEIGH PHARMACY", sub_type="1", status="C"),
    )
    pharmacies = read_pharmacies(path, **KEY)
    assert pharmacies["category"].tolist() == ["pharmacy", "appliance_contractor"]
    assert pharmacies["subtype"].tolist() == ["community pharmacy", "appliance contractor"]


def test_a_dentist_named_by_a_house_number(write):
    path = write("egdpprac.csv", row("V46765", "286-288", lines=["LEIGH ROAD", "", "", "LEIGH-ON-SEA", ""]))
    assert read_dentists(path, **KEY)["name"].tolist() == ["286-288 Leigh Road"]


def test_no_row_of_the_wanted_kind_is_an_empty_frame(write):
    practices = read_gp_practices(write("epraccur.csv", row("Y07511", "A HUB", setting="26")), **KEY)
    assert practices.empty
    assert tuple(practices.columns) == tuple(COLUMNS)


def test_faults(write):
    path = write(
        "epraccur.csv",
        row("F81081", "A", setting="4")
        + row("F81081", "", setting="four")
        + row("f81", "B", postcode="SOUTHEND", status="X"),
    )
    with pytest.raises(SourceError) as caught:
        read_gp_practices(path, **KEY)
    message = str(caught.value)
    assert "line 1, column code: 'F81081' appears more than once" in message
    assert "line 2, column name: '' is blank" in message
    assert "line 2, column prescribing_setting: 'four' is not a prescribing setting" in message
    assert "line 3, column postcode: 'SOUTHEND' is not a postcode" in message
    assert "line 3, column status: 'X' is not one of" in message


def test_wrong_width(write):
    with pytest.raises(SourceError, match=r"epraccur\.csv: line 1: 3 columns where 27 are expected"):
        read_gp_practices(write("epraccur.csv", '"F81081","A","Y61"\n'), **KEY)
