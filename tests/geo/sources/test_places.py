"""Hospitals, children's centres, libraries, stops, trains and OpenStreetMap's places."""

import pandas as pd
import pytest

from geo.errors import SourceError
from geo.services import COLUMNS
from geo.sources.gias import read_childrens_centres
from geo.sources.hospitals import read_hospitals
from geo.sources.libraries import read_libraries
from geo.sources.naptan import read_naptan
from geo.sources.osm_places import read_osm_libraries, read_osm_places
from geo.sources.rail_patterns import read_rail_patterns, station_key

KEY = {"source": "key", "vintage": "2023"}


def csv(*rows):
    return pd.DataFrame(rows).to_csv(index=False)


HOSPITAL = {
    "OrganisationCode": "RAJ01",
    "Sector": "NHS Sector",
    "OrganisationStatus": "Visible",
    "OrganisationName": "Southend Hospital",
    "Address1": "",
    "Address2": "Prittlewell Chase",
    "Address3": "",
    "City": "Westcliff-on-Sea",
    "County": "Essex",
    "Postcode": "SS0 0RY",
    "Latitude": 51.5538,
    "Longitude": 0.6891,
    "ParentName": "Southend University Hospital NHS Foundation Trust",
}


def test_hospitals(write):
    path = write(
        "Hospital.csv",
        csv(
            HOSPITAL,
            HOSPITAL | {"OrganisationCode": "NT313", "Sector": "Independent Sector", "OrganisationName": "Spire"},
            HOSPITAL | {"OrganisationCode": "NYY01", "OrganisationName": "Chartwell Private Hospital"},
            HOSPITAL | {"OrganisationCode": "RWN10", "ParentName": "South Essex Partnership University NHS Trust"},
            HOSPITAL | {"OrganisationCode": "GONE1", "OrganisationStatus": "Hidden"},
        ),
    )
    hospitals = read_hospitals(path, **KEY, crs="EPSG:27700").set_index("id")
    assert hospitals["category"].to_dict() == {
        "hosp-NT313": "private_hospital",
        "hosp-NYY01": "private_hospital",
        "hosp-RAJ01": "hospital",
    }
    assert hospitals.loc["hosp-RAJ01", "address"] == "Prittlewell Chase, Westcliff-on-Sea, Essex"
    assert hospitals.loc["hosp-RAJ01", "easting"] == pytest.approx(586525, abs=5)
    assert set(hospitals["precision"]) == {"geocode"}


def test_hospital_in_the_wrong_place(write):
    with pytest.raises(SourceError, match=r"line 2, column Latitude: 0.6891 is less than 49"):
        read_hospitals(write("Hospital.csv", csv(HOSPITAL | {"Latitude": 0.6891})), **KEY, crs="EPSG:27700")


CENTRE = {
    "urn": "20338",
    "name": "Blenheim Children's Centre",
    "address": "Blenheim Primary School, School Way, Leigh on Sea",
    "postcode": "SS9 4HX",
    "la": "Southend-on-Sea",
    "easting": 584534.0,
    "northing": 187384.0,
}
HUB = CENTRE | {"urn": "", "name": "Roc5 the Oak Tree Family Hub (Essex CC; outside boundary)", "la": "Essex"}


def test_childrens_centres(write):
    centres = read_childrens_centres(write("gias.csv", csv(CENTRE, HUB)), **KEY, core=["blenheim"])
    assert tuple(centres.columns) == tuple(COLUMNS)
    assert centres["id"].tolist() == ["gias-20338", "gias-the-oak-tree-family-hub"]
    assert centres["name"].tolist() == ["Blenheim Children's Centre", "The Oak Tree Family Hub"]
    assert centres["subtype"].tolist() == ["children's centre", "family hub (Essex)"]
    assert centres["tags"].tolist() == ["core", ""]
    assert centres.loc[0, ["easting", "northing", "precision"]].tolist() == [584534, 187384, "postcode"]


def test_childrens_centre_faults(write):
    path = write("gias.csv", csv(CENTRE, HUB))
    with pytest.raises(SourceError, match=r"gias\.csv: column name: no children's centre begins with 'Friars'"):
        read_childrens_centres(path, **KEY, core=["Friars"])
    with pytest.raises(SourceError, match="line 2, column urn: '20338' stands for more than one centre"):
        read_childrens_centres(write("gias.csv", csv(CENTRE, CENTRE)), **KEY)
    with pytest.raises(SourceError, match="line 2, column easting: 'west' is not a number"):
        read_childrens_centres(write("gias.csv", csv(CENTRE | {"easting": "west"})), **KEY)


LIBRARY = {
    "name": "Kent Elms",
    "address1": "1 Rayleigh Road",
    "address2": "Leigh-on-Sea",
    "address3": "Essex",
    "postcode": "SS9 5UU",
    "type": "Static Library",
    "operation_23": "LA",
    "closed": "",
}


def test_libraries(write):
    path = write(
        "libraries.csv",
        csv(
            LIBRARY,
            LIBRARY | {"name": "Leigh Library"},
            LIBRARY | {"name": "Friars", "operation_23": "Closed", "closed": "2015"},
        ),
    )
    libraries = read_libraries(path, **KEY).set_index("id")
    assert libraries["name"].to_dict() == {
        "lib-friars-library": "Friars Library",
        "lib-kent-elms-library": "Kent Elms Library",
        "lib-leigh-library": "Leigh Library",
    }
    assert libraries["status"].tolist() == ["closed", "open", "open"]
    assert libraries["tags"].tolist() == ["closed 2015", "", ""]
    assert libraries["easting"].isna().all()


def test_library_faults(write):
    with pytest.raises(SourceError, match="line 3, column name: 'Kent Elms Library' stands for more than one library"):
        read_libraries(write("l.csv", csv(LIBRARY, LIBRARY | {"name": "Kent Elms Library"})), **KEY)
    with pytest.raises(SourceError, match="line 2, column closed: 'soon' is not a year"):
        read_libraries(write("l.csv", csv(LIBRARY | {"closed": "soon"})), **KEY)


STOP = {
    "ATCOCode": "15800001",
    "CommonName": "East Beach",
    "Indicator": "SW-bound",
    "Street": "Rampart Terrace",
    "LocalityName": "Shoeburyness",
    "Easting": "594125",
    "Northing": "184768",
    "Longitude": "0.7971940770",
    "Latitude": "51.5284447058",
    "StopType": "BCT",
    "BusStopType": "MKD",
    "Status": "active",
}
STATION = STOP | {
    "ATCOCode": "9100CHLKWEL",
    "CommonName": "Chalkwell Rail Station",
    "Indicator": "",
    "Street": "-",
    "LocalityName": "Chalkwell",
    "StopType": "RLY",
    "BusStopType": "",
}


def test_naptan(write):
    path = write(
        "Stops.csv",
        csv(
            STOP,
            STATION,
            STOP | {"ATCOCode": "15800002", "Easting": "", "Northing": "", "BusStopType": "CUS"},
            STOP | {"ATCOCode": "15800003", "Status": "inactive"},
            STOP | {"ATCOCode": "15800004", "StopType": "RSE"},
        ),
    )
    stops = read_naptan(path, **KEY, crs="EPSG:27700").set_index("id")
    assert stops["name"].to_dict() == {
        "naptan-15800001": "East Beach (SW-bound)",
        "naptan-15800002": "East Beach (SW-bound)",
        "naptan-9100CHLKWEL": "Chalkwell station",
    }
    assert stops["category"].tolist() == ["bus_stop", "bus_stop", "rail_station"]
    assert stops["subtype"].tolist() == ["marked bus stop", "customary bus stop", "railway station"]
    assert stops["address"].tolist()[1:] == ["Rampart Terrace, Shoeburyness", "Chalkwell"]
    # without a grid reference the longitude and latitude place it, to a few metres
    assert stops["easting"].tolist() == pytest.approx([594125, 594125, 594125], abs=5)


def test_naptan_faults(write):
    nowhere = STOP | {"ATCOCode": "15800009", "Easting": "", "Longitude": ""}
    with pytest.raises(SourceError, match="line 3, column Easting: nan is blank, and so is the longitude or latitude"):
        read_naptan(write("Stops.csv", csv(STOP, nowhere)), **KEY, crs="EPSG:27700")
    with pytest.raises(SourceError, match="line 3, column ATCOCode: '15800001' appears more than once"):
        read_naptan(write("Stops.csv", csv(STOP, STOP)), **KEY, crs="EPSG:27700")
    with pytest.raises(SourceError, match=r"Stops\.csv: missing column Status"):
        read_naptan(write("Stops.csv", csv({k: v for k, v in STOP.items() if k != "Status"})), **KEY, crs="EPSG:27700")


PATTERNS = (
    "operator,services_per_weekday,directional_flag_d,calling_points\n"
    "c2c,76.0,,Shoeburyness > Westcliff-on-Sea > London Fenchurch Street\n"
    "c2c,8.0,1.0,London Fenchurch Street > Westcliff-on-Sea\n"
    "Greater Anglia,0.4,1.0,London Liverpool Street > Southend Victoria\n"
)


def test_rail_patterns(write):
    trains = read_rail_patterns(write("rail.csv", PATTERNS), **KEY).set_index("station")
    # the blank flag marks the sum of both directions, so that nothing is doubled
    assert trains.loc["Westcliff-on-Sea", "trains_per_weekday"] == 84
    assert trains.loc["Shoeburyness", "trains_per_weekday"] == 76
    assert trains.loc["Southend Victoria", ["key", "operators", "trains_per_weekday"]].tolist() == [
        "southend victoria", "Greater Anglia", 0.4
    ]  # fmt: skip


def test_rail_pattern_faults(write):
    bad = PATTERNS + "c2c,-1,2,Shoeburyness\n"
    with pytest.raises(SourceError) as caught:
        read_rail_patterns(write("rail.csv", bad), **KEY)
    message = str(caught.value)
    assert "line 5, column services_per_weekday: -1.0 is less than 0" in message
    assert "line 5, column directional_flag_d: '2' is neither blank nor 1" in message
    assert "line 5, column calling_points: 'Shoeburyness' is not a list of stations" in message


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Westcliff-on-Sea", "Westcliff station"),
        ("Leigh-on-Sea", "Leigh-on-Sea Rail Station"),
        ("Southend Central", "southend central railway station"),
    ],
)
def test_station_key(ours, theirs):
    assert station_key(ours) == station_key(theirs)


PLACES = (
    "osm_id,name,category,lat,lon,note\n"
    "n1,Southend Pier Museum,museum,51.53239,0.71594,\n"
    "w2,Southend Pier Museum,museum,51.53242,0.71595,duplicate of n1\n"
    "n3,Toilets with baby change (The Shrubbery),baby_change,51.53318,0.71207,24/7\n"
    "w4,Southend Leisure & Tennis Centre,leisure_centre_pool,51.55421,0.73475,Eastern Avenue\n"
    "w5,Cherry Orchard Country Park (Rochford side),park,51.57568,0.66553,\n"
    "n6,Monkey Bizness (Purdeys Way; Rochford side),soft_play,51.57517,0.7184,\n"
    "w7,Leigh Library,library,51.54206,0.65195,\n"
    "w8,Thorpedene Library (OSM name),library,51.53588,0.76923,check: closed 2015\n"
)


def test_osm_places(write):
    places = read_osm_places(write("osm.csv", PLACES), **KEY, crs="EPSG:27700").set_index("id")
    assert places["category"].to_dict() == {
        "osm-n1": "museum",
        "osm-n3": "baby_change",
        "osm-n6": "soft_play",
        "osm-w4": "leisure_centre",
        "osm-w5": "park",
    }
    assert places.loc["osm-n3", ["name", "address", "tags"]].tolist() == [
        "Toilets with baby change", "The Shrubbery", "open 24/7"
    ]  # fmt: skip
    assert places["opening_hours"].drop("osm-n3").eq("").all()
    assert places.loc["osm-n3", "opening_hours"] == "24/7"
    assert places["address"].tolist()[2:] == ["Purdeys Way", "Eastern Avenue", ""]
    assert places.loc["osm-w5", ["name", "precision"]].tolist() == ["Cherry Orchard Country Park", "geocode"]
    assert places.loc["osm-n1", "precision"] == "building"


def test_osm_libraries_stand_apart(write):
    libraries = read_osm_libraries(write("osm.csv", PLACES), **KEY, crs="EPSG:27700")
    assert libraries["name"].tolist() == ["Leigh Library", "Thorpedene Library"]
    assert libraries["tags"].tolist() == ["", "check"]


def test_osm_faults(write):
    bad = PLACES + "n1,,cinema,north,0.7,\n"
    with pytest.raises(SourceError) as caught:
        read_osm_places(write("osm.csv", bad), **KEY, crs="EPSG:27700")
    message = str(caught.value)
    assert "line 2, column osm_id: 'n1' appears more than once" in message
    assert "line 10, column name: '' is blank" in message
    assert "line 10, column category: 'cinema' is not one of baby_change" in message
    assert "line 10, column lat: 'north' is not a number" in message
