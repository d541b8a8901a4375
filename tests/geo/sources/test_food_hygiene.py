import pytest

from geo.errors import SourceError
from geo.services import COLUMNS
from geo.sources.food_hygiene import read_food_hygiene

KEY = {"source": "fhrs", "vintage": "2020-11"}
CARE, OTHER, SCHOOL = "Hospitals/Childcare/Caring Premises", "Other catering premises", "School/college/university"


def establishment(number, kind, name, business_type=CARE, *, line="1 High Street", postcode="SS1 2AB", point=True):
    geocode = "<Longitude>0.71</Longitude><Latitude>51.54</Latitude>" if point else ""
    return (
        f"<EstablishmentDetail><FHRSID>{number}</FHRSID>"
        f"<LocalAuthorityBusinessID>12/00{number}/{kind}</LocalAuthorityBusinessID>"
        f"<BusinessName>{name}</BusinessName><BusinessType>{business_type}</BusinessType>"
        f"<AddressLine1>{line}</AddressLine1><AddressLine2>Southend-On-Sea</AddressLine2>"
        f"<PostCode>{postcode}</PostCode><Scores /><Geocode>{geocode}</Geocode></EstablishmentDetail>\n"
    )


def file(*establishments):
    rows = "".join(establishments)
    return (
        "<?xml version='1.0' encoding='utf-8'?>\n<FHRSEstablishment>\n<Header><ItemCount>9</ItemCount></Header>\n"
        f"<EstablishmentCollection>\n{rows}</EstablishmentCollection></FHRSEstablishment>"
    )


def read(path):
    return read_food_hygiene(path, **KEY, crs="EPSG:27700")


def test_sorts_establishments_into_categories(write):
    path = write(
        "fhrs.xml",
        file(
            establishment(1, "NURSY", "Bo-Peep Day Nursery"),
            establishment(2, "CHILD", "Avenue Playgroup"),
            establishment(3, "DAYCEN", "Snaps Nursery"),
            establishment(4, "DAYCEN", "Marigold Respite Centre"),
            establishment(5, "RESHO", "Delaware House"),
            establishment(6, "RESHO", "Westcliff Community Centre"),
            establishment(7, "CHURC", "St Luke&apos;s Church Hall", OTHER),
            establishment(8, "COMM", "Thorpedene Community Hall", OTHER),
            establishment(9, "HOMEC", "A Scoop Of Joy", OTHER),
            establishment(10, "CANSCH", "Leigh Primary School", SCHOOL),
            establishment(11, "CANSCH", "Chill - South Essex College", SCHOOL),
            establishment(12, "CAFESN", "Breakfast Club", SCHOOL),
            establishment(13, "NURSY", "West Leigh After School Club"),
            establishment(14, "NURSY", "Temple Sutton Children's Centre"),
        ),
    )
    services = read(path)
    assert tuple(services.columns) == tuple(COLUMNS)
    found = services.set_index("id")["category"].to_dict()
    assert found == {
        **{f"fhrs-{number}": "nursery" for number in (1, 2, 3, 13, 14)},
        **{f"fhrs-{number}": "community_hall" for number in (6, 7, 8)},
        "fhrs-10": "school",
    }
    by_id = services.set_index("id")
    assert by_id.loc["fhrs-7", "name"] == "St Luke's Church Hall"
    assert by_id.loc["fhrs-7", "address"] == "1 High Street, Southend-on-Sea"
    assert by_id["subtype"].to_dict()["fhrs-2"] == "pre-school or playgroup"
    assert by_id.loc[["fhrs-13", "fhrs-14"], "subtype"].tolist() == ["after-school club", "children's centre nursery"]
    assert set(services["precision"]) == {"postcode"}


def test_a_school_is_not_named_after_its_caterer(write):
    path = write(
        "fhrs.xml",
        file(
            establishment(1, "CANSCH", "Harrison Catering", SCHOOL, line="Edwards Hall Primary School"),
            establishment(2, "CANSCH", "Hamstel Infants School - Pabulum Ltd", SCHOOL),
            establishment(3, "CANSCH", "Westcliff High Schools Canteen &amp; Cafe", SCHOOL),
        ),
    )
    services = read(path)
    assert services["name"].tolist() == [
        "Edwards Hall Primary School",
        "Hamstel Infants School",
        "Westcliff High Schools",
    ]
    assert services.loc[0, "address"] == "Southend-on-Sea"


def test_one_school_under_two_names_is_given_once(write):
    path = write(
        "fhrs.xml",
        file(
            establishment(1, "CANSCH", "Pabulum Ltd", SCHOOL, line="Bournemouth Park Academy"),
            establishment(2, "CANSCH", "Bournemouth Park Academy", SCHOOL),
            establishment(3, "CANSCH", "Bournemouth Park Academy", SCHOOL, postcode="SS9 9ZZ"),
        ),
    )
    assert read(path)["id"].tolist() == ["fhrs-1", "fhrs-3"]


def test_without_a_geocode(write):
    path = write(
        "fhrs.xml",
        file(
            establishment(1, "NURSY", "Placed By A Neighbour", point=False),
            establishment(2, "RESHO", "Neighbour"),
            establishment(3, "NURSY", "Placed By The Builder", point=False, postcode="SS3 9NS"),
            establishment(4, "NURSY", "No Postcode", point=False, postcode=""),
            establishment(5, "HOMEC", "No Postcode Either", OTHER, postcode=""),
        ),
    )
    services = read(path)
    assert services["easting"].isna().tolist() == [False, True, True]
    assert services["postcode"].tolist() == ["SS1 2AB", "SS3 9NS", ""]


def test_malformed_xml(write):
    with pytest.raises(SourceError, match=r"fhrs\.xml: line 3, character \d+: not well-formed XML: mismatched tag"):
        read(write("fhrs.xml", "<a>\n<b>\n</a>\n"))


def test_other_xml(write):
    with pytest.raises(SourceError, match=r"fhrs\.xml: the file has no element named EstablishmentDetail"):
        read(write("fhrs.xml", "<a><b/></a>"))


def test_faults(write):
    path = write(
        "fhrs.xml",
        file(
            establishment(1, "NURSY", "A").replace("0.71", "east"),
            establishment(2, "NURSY", "", postcode="Southend"),
            establishment(2, "NURSY", "C"),
        ),
    )
    with pytest.raises(SourceError) as caught:
        read(path)
    message = str(caught.value)
    assert "line 5, FHRSID 1, column Longitude: 'east' is not a number" in message
    assert "line 6, FHRSID 2, column BusinessName: '' is blank" in message
    assert "line 6, FHRSID 2, column PostCode: 'Southend' is not a postcode" in message
    assert "line 7, FHRSID 2, column FHRSID: '2' appears more than once" in message
