"""A small made-up town: its recipe, its files in a folder, and its publishers' answers, all from the same facts."""

import csv
import gzip
import io
import json
import zipfile
from functools import cache

import geopandas as gpd
import shapely
from pyproj import Transformer

from tests.geo.live.server import Reply, as_json, files
from tests.samples import ORIGIN, _town, write_osm

DAY = "2026-11-26"
MODIFIED = {"Last-Modified": "Thu, 26 Nov 2026 05:00:00 GMT"}
LAD = "E06900001"
WARDS = {"E05900001": "Westgate", "E05900002": "Eastgate"}
TO_DEGREES = Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)
TO_GRID = Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)
BOUNDS = (0.69, 51.53, 0.73, 51.56)
CILIF = "str:field:CILIF:WARD"

RECIPE = f"""
code = "smalltown"
name = "Smalltown"
lad_code = "{LAD}"
crs = "EPSG:27700"
network_margin_m = 1000
services_margin_m = 1000
base_map = {{source = "osm_basemap"}}
town_centre = {{name = "Smalltown"}}

[homes]
source = "code_point_open"
weight_source = "oa_lookup"
weight_code = "OA11CD"
weight = "households_2021"

[[levels]]
name = "oa"
label = "output area"
plural = "output areas"
source = "oas"
code = "OA11CD"
in_next = {{source = "oa_lookup", code = "OA11CD", next = "LSOA11CD"}}

[[levels]]
name = "lsoa"
label = "small area"
plural = "small areas"
source = "lsoas"
code = "LSOA11CD"
title = "LSOA11NM"
in_next = {{source = "oa_lookup", code = "LSOA11CD", next = "WD15CD"}}

[[levels]]
name = "ward"
label = "ward"
plural = "wards"
source = "wards"
code = "WD13CD"
title = "WD13NM"

[[baselines]]
name = "census_2011"
label = "Census 2011"
kind = "census"
year = "2011"
source = "census_2011"
series = "census_2011"
series_label = "Census 2011"
definition = "Counted"

[[baselines.tables]]
source = "census_2011"
code = "LSOA11CD"
measures = {{children_0_3 = "age0_3_2011", population = "pop_2011", households = "hh_2011"}}

[[baselines]]
name = "mid_2020"
label = "Mid-2020 estimate"
kind = "estimate"
year = "2020"
source = "mid_year"
series = "mid_year"
series_label = "Estimates"
definition = "Estimated"

[[baselines.tables]]
source = "mid_year"
code = "LSOA11CD"
measures = {{children_0_3 = "age0_3_2020", population = "pop_2020"}}
sums = {{age0_3_2020 = ["age0_2020", "age1_2020", "age2_2020", "age3_2020"]}}

[[indices]]
name = "imd2019"
family = "imd"
label = "Deprivation"
year = "2019"
source = "deprivation"
code = "LSOA11CD"
score = "imd2019_score"
decile = "imd2019_decile"
people_of = "census_2011.population"
main = true

[[ward_series]]
name = "children_low_income"
label = "Children in low-income families"
short = "Low income"
definition = "Children"
source = "low_income"
code = "WD11CD"
title = "WD11NM"
"""
READERS = {
    "gias": "childrens_centres",
    "ods_gp_2025": "gp_practices",
    "food_hygiene": "food_hygiene",
    "osm_places": "osm_places",
    "naptan_bus": "naptan",
}
RECIPE += "".join(f'\n[[services]]\nsource = "{key}"\nreader = "{reader}"\n' for key, reader in READERS.items())

# Key, file, vintage, and the live table.
SOURCES = {
    "osm_streets": ("osm/streets.osm.gz", DAY, f'publisher = "overpass", what = "streets", bounds = {list(BOUNDS)}'),
    "osm_basemap": ("osm/basemap.gpkg", "2026", ""),
    "wards": (
        "boundaries/wards.geojson",
        "2013",
        'publisher = "arcgis", layer = "Wards/FeatureServer/0", where = "1=1", '
        'fields = {WD22CD = "WD13CD", WD22NM = "WD13NM"}',
    ),
    "lsoas": (
        "boundaries/lsoa.geojson",
        "2011",
        'publisher = "arcgis", layer = "LSOA/FeatureServer/0", where = "1=1", '
        'fields = {LSOA11CD = "LSOA11CD", LSOA11NM = "LSOA11NM"}',
    ),
    "oas": (
        "boundaries/oa.geojson",
        "2011",
        'publisher = "arcgis", layer = "OA/FeatureServer/0", where = "1=1", fields = {OA11CD = "OA11CD"}',
    ),
    "oa_lookup": ("statistics/lookup.csv", "2021", ""),
    "census_2011": ("statistics/census.csv", "2011-03-27", ""),
    "mid_year": (
        "statistics/mid_year.csv",
        "2019, 2020",
        'publisher = "nomis", dataset = "NM_2014_1", query = {geography = "E06900001TYPE298", gender = "0", '
        'measures = "20100"}, by = "c_age", code = "LSOA11CD", dates = ["2019", "2020"], columns = {pop = ["200"], '
        'age0 = ["101"], age1 = ["102"], age2 = ["103"], age3 = ["104"], age0_3 = ["101", "102", "103", "104"], '
        'age0_15 = ["201"], age0_17 = ["201", "117", "118"]}',
    ),
    "deprivation": ("statistics/deprivation.csv", "2019", ""),
    "low_income": (
        "statistics/low_income.csv",
        "2020/21 to 2021/22 (provisional)",
        f'publisher = "stat_xplore", database = "CILIF", measure = "count", period_field = "str:field:CILIF:YEAR", '
        f'areas = {{field = "{CILIF}", begin = "str:value:CILIF:WARD:", codes = {list(WARDS)}}}, '
        'added = [{field = "str:field:CILIF:AGE", begin = "str:value:CILIF:AGE:", codes = ["0", "1", "15"]}]',
    ),
    "code_point_open": (
        "publishers/code_point.csv",
        "2026-11",
        'publisher = "os_downloads", postcode_areas = ["ZY", "ZZ"]',
    ),
    "gias": (
        "publishers/gias.csv",
        DAY,
        'publisher = "gias", extract = "childrens_centres", authority = "999"',
    ),
    "ods_gp_2025": (
        "publishers/epraccur.csv",
        DAY,
        'publisher = "ods", report = "epraccur", postcode_areas = ["ZZ", "ZY"]',
    ),
    "food_hygiene": ("publishers/fhrs.xml", DAY, 'publisher = "fsa", authority = "899"'),
    "osm_places": ("publishers/places.csv", DAY, f'publisher = "overpass", what = "places", bounds = {list(BOUNDS)}'),
    "naptan_bus": ("publishers/stops.csv", DAY, 'publisher = "naptan", area = "999"'),
}
LIVE = [key for key, (_, _, live) in SOURCES.items() if live]


def recipe():
    """The recipe as a file."""
    text = RECIPE
    for key, (file, vintage, live) in SOURCES.items():
        text += f"""
[sources.{key}]
file = "{file}"
publisher = "Publisher of {key}"
title = "Title of {key}"
vintage = "{vintage}"
licence = "OGL-UK-3.0"
attribution = "Attribution of {key}"
"""
        text += f"live = {{{live}}}\n" if live else ""
    return text


def lay_out(folder, content=None):
    """Write the files of the town into a folder, as somebody who has them would."""
    for key, data in (content or on_disk()).items():
        path = folder / SOURCES[key][0]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


# The areas: two wards side by side, two small areas in each, two output areas in each of those.


def _box(column, columns, row, rows):
    x, y, width, height = ORIGIN[0] - 250, ORIGIN[1] - 150, 1100, 900
    return shapely.box(
        x + width * column / columns, y + height * row / rows, x + width * (column + 1) / columns,
        y + height * (row + 1) / rows,
    )  # fmt: skip


@cache
def areas():
    """Each level: code, name, code of the next level, and shape in degrees."""
    degrees = {}
    for level, columns, rows, prefix in (("ward", 2, 1, "E0590"), ("lsoa", 2, 2, "E0190"), ("oa", 4, 2, "E0090")):
        rows_of = []
        for column in range(columns):
            for row in range(rows):
                number = column * rows + row + 1
                ward = list(WARDS)[column * 2 // columns]
                shape = shapely.transform(_box(column, columns, row, rows), TO_DEGREES.transform, interleaved=False)
                rows_of.append((f"{prefix}{number:04d}", ward, shape, column * 2 // columns, row))
        degrees[level] = rows_of
    return degrees


def lsoa_of(column, row):
    return f"E0190{column * 2 + row + 1:04d}"


def feature(properties, shape):
    return {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(shape))}


def features(level, code, name=None):
    rows = []
    for own, _, shape, _, _ in areas()[level]:
        named = {name: WARDS[own] if level == "ward" else f"Smalltown {own[-2:]}"} if name else {}
        rows.append(feature({code: own, **named}, shape))
    return rows


def lsoas():
    return [row[0] for row in areas()["lsoa"]]


def table(header, rows, **options):
    text = io.StringIO()
    written = csv.writer(text, lineterminator="\n", **options)
    if header:
        written.writerow(header)
    written.writerows(rows)
    return text.getvalue().encode()


def lookup():
    rows = [
        (code, lsoa_of(column, row), ward, WARDS[ward], 100 + 10 * number)
        for number, (code, ward, _, column, row) in enumerate(areas()["oa"])
    ]
    return table(["OA11CD", "LSOA11CD", "WD15CD", "WD15NM", "households_2021"], rows)


def census():
    ages = [f"age{age}_2011" for age in range(18)]
    header = ["LSOA11CD", "LSOA11NM", "WD15CD", "WD15NM", *ages, "age0_3_2011", "age0_15_2011", "age0_17_2011"]
    header += ["pop_2011", "hh_2011", "hh_no_car", "hh_lone_parent_depchild"]
    header += ["hh_overcrowded_bed_m1", "hh_overcrowded_bed_m2"]
    rows = []
    for number, (code, ward, *_) in enumerate(areas()["lsoa"]):
        counts = [10 + number + age for age in range(18)]
        sums = [sum(counts[:4]), sum(counts[:16]), sum(counts)]
        rows.append([code, f"Smalltown {number}", ward, WARDS[ward], *counts, *sums, 1500, 600, 90, 40, 12, 3])
    return table(header, rows)


AGES = {"200": 1500, "101": 11, "102": 12, "103": 13, "104": 14, "201": 250, "117": 15, "118": 16}


def cells():
    """Every cell of the estimates: area, year, age, count."""
    return [
        (code, year, age, count + number + int(year) - 2019)
        for number, code in enumerate(lsoas())
        for year in ("2019", "2020")
        for age, count in AGES.items()
    ]


def mid_year():
    count = {(code, year, age): float(value) for code, year, age, value in cells()}
    columns = {"pop": ["200"], "age0": ["101"], "age1": ["102"], "age2": ["103"], "age3": ["104"]}
    columns |= {"age0_3": ["101", "102", "103", "104"], "age0_15": ["201"], "age0_17": ["201", "117", "118"]}
    years = ("2019", "2020")
    header = ["LSOA11CD", *(f"{name}_{year}" for year in years for name in columns)]
    return table(
        header,
        [
            [code, *(sum(count[code, year, age] for age in ages) for year in years for ages in columns.values())]
            for code in lsoas()
        ],
    )


def deprivation():
    header = ["LSOA11CD"]
    header += [f"imd{year}_{part}" for year in (2010, 2015, 2019) for part in ("score", "decile")]
    header += ["idaci2019_score", "idaci2019_decile", "children0_15_mid2015", "pop_mid2015_exprison"]
    rows = [[code, 20, 5, 21, 5, 22, 4, 0.2 + n / 100, 4, 250, 1500] for n, code in enumerate(lsoas())]
    return table(header, rows)


def low_income():
    rows = [[code, name, 80.0 + n, 90.0 + n] for n, (code, name) in enumerate(WARDS.items())]
    return table(["WD11CD", "WD11NM", "2020/21", "2021/22p"], rows)


@cache
def postcodes():
    """Postcode, and the place of each: three in every output area."""
    rows = []
    for number, (_, ward, shape, _, _) in enumerate(areas()["oa"]):
        west, south, east, north = shapely.transform(shape, TO_GRID.transform, interleaved=False).bounds
        for part in range(3):
            x, y = west + (east - west) * (part + 1) / 4, south + (north - south) * (part + 2) / 6
            area = "ZY" if number < 4 else "ZZ"
            rows.append((f"{area}{number + 1} {part + 1}AA", 10, round(x), round(y), ward))
    return rows


def code_point(area):
    rows = [
        (code, quality, x, y, "E92000001", "E19000001", "E18000006", "", LAD, ward)
        for code, quality, x, y, ward in postcodes()
        if code.startswith(area)
    ]
    return table(None, rows)


CENTRES = [("20001", "Westgate Children's Centre", "1 Low Street", 0), ("20002", "Eastgate Hub", "2 High Street", 13)]


def gias():
    rows = []
    for urn, name, street, number in CENTRES:
        code, _, x, y, _ = postcodes()[number]
        rows.append([urn, name, f"{street}, Smalltown", code, "Smalltown", x, y])
    return table(["urn", "name", "address", "postcode", "la", "easting", "northing"], rows)


def gias_native():
    """The publisher's extract of all England, in its own columns and code page, with rows that are not ours."""
    header = ["URN", "LA (code)", "LA (name)", "EstablishmentNumber", "EstablishmentName"]
    header += [
        "EstablishmentStatus (name)",
        "Street",
        "Locality",
        "Address3",
        "Town",
        "Postcode",
        "Easting",
        "Northing",
    ]
    rows = [["30001", "998", "Elsewhere", "1", "Café Centre", "Open", "A", "", "", "B", "AB1 2CD", "400000", "400000"]]
    for urn, name, street, number in reversed(CENTRES):
        code, _, x, y, _ = postcodes()[number]
        rows.append([urn, "999", "Smalltown", "2", name, "Open", street, "", "", "Smalltown", code, str(x), str(y)])
    rows.append(["20003", "999", "Smalltown", "3", "Gone Centre", "Closed", *[""] * 7])
    return table(header, rows).decode().encode("cp1252")


def practice(code, name, postcode, status="A", setting="4"):
    row = [""] * 27
    row[0], row[1], row[4], row[9], row[12], row[13], row[25] = code, name, "1 ROAD", postcode, status, "B", setting
    return row


def practices():
    return [practice("F90001", "WESTGATE SURGERY", "ZY2 1AA"), practice("F90002", "EASTGATE SURGERY", "ZZ6 2AA")]


def epraccur():
    return table(None, practices())


def fhrs():
    code, _, x, y, _ = postcodes()[7]
    lon, lat = TO_DEGREES.transform(x, y)
    return (
        f"<?xml version='1.0' encoding='utf-8'?>\n<FHRSEstablishment><Header><ExtractDate>{DAY}</ExtractDate></Header>"
        "<EstablishmentCollection><EstablishmentDetail><FHRSID>77</FHRSID>"
        "<LocalAuthorityBusinessID>1/NURSY</LocalAuthorityBusinessID><BusinessName>Little Nursery</BusinessName>"
        f"<BusinessType>Caring premises</BusinessType><AddressLine1>Row 1</AddressLine1><PostCode>{code}</PostCode>"
        f"<Geocode><Longitude>{lon:.6f}</Longitude><Latitude>{lat:.6f}</Latitude></Geocode>"
        "</EstablishmentDetail></EstablishmentCollection></FHRSEstablishment>"
    ).encode()


STOPS = [
    "ATCOCode",
    "CommonName",
    "Indicator",
    "Street",
    "LocalityName",
    "Easting",
    "Northing",
    "Longitude",
    "Latitude",
    "StopType",
    "BusStopType",
    "Status",
]


def stops():
    rows = [
        (f"9990000{n}", f"Stop {n}", "opp", "High Street", "Smalltown", x, y, "", "", "BCT", "MKD", "active")
        for n, (_, _, x, y, _) in enumerate(postcodes()[::6])
    ]
    return table(STOPS, rows)


PLACES = {901: ("Low Park Playground", (120.0, 210.0), "playground"), 902: ("", (420.0, 220.0), "playground")}


def place_degrees(ref):
    x, y = PLACES[ref][1]
    lon, lat = TO_DEGREES.transform(ORIGIN[0] + x, ORIGIN[1] + y)
    return round(lon, 7), round(lat, 7)


def places():
    rows = []
    for ref, (name, _, category) in PLACES.items():
        lon, lat = place_degrees(ref)
        rows.append([f"n{ref}", name or "Playground", category, f"{lat:.5f}", f"{lon:.5f}", ""])
    return table(["osm_id", "name", "category", "lat", "lon", "note"], rows)


@cache
def basemap(path):
    """A base map of one field, one street of houses, and the name of the town."""
    west, south = ORIGIN[0] - 900, ORIGIN[1] - 900
    shapes = {
        "landcover": ("farmland", shapely.box(west, south, west + 3000, south + 3000)),
        "landuse": ("residential", shapely.box(*ORIGIN, ORIGIN[0] + 600, ORIGIN[1] + 450)),
        "water": ("lake", shapely.box(west, south, west + 200, south + 200)),
        "waterway": ("stream", shapely.LineString([(west, south), (west + 900, south + 500)])),
        "railway": ("rail", shapely.LineString([(west, south + 700), (west + 2500, south + 800)])),
        "place": ("town", shapely.Point(ORIGIN[0] + 300, ORIGIN[1] + 200)),
    }
    for layer, (theme, shape) in shapes.items():
        frame = gpd.GeoDataFrame(
            {"cls": [theme], "sub": [theme], "name": ["Smalltown" if layer == "place" else ""]},
            geometry=[shape],
            crs="EPSG:27700",
        )
        frame.to_file(path, layer=layer, driver="GPKG")
    return path.read_bytes()


_DISK: dict[str, bytes] = {}


def on_disk(scratch=None):
    """The bytes of every source, as the adapters read them; made once, into `scratch`."""
    if not _DISK:
        _DISK.update(
            osm_streets=gzip.compress(write_osm(scratch / "town.osm", *_town()).read_bytes(), mtime=0),
            osm_basemap=basemap(scratch / "basemap.gpkg"),
            wards=_collection(features("ward", "WD13CD", "WD13NM")),
            lsoas=_collection(features("lsoa", "LSOA11CD", "LSOA11NM")),
            oas=_collection(features("oa", "OA11CD")),
            oa_lookup=lookup(),
            census_2011=census(),
            mid_year=mid_year(),
            deprivation=deprivation(),
            low_income=low_income(),
            code_point_open=code_point("ZY") + code_point("ZZ"),
            gias=gias(),
            ods_gp_2025=epraccur(),
            food_hygiene=fhrs(),
            osm_places=places(),
            naptan_bus=stops(),
        )
    return dict(_DISK)


def _collection(rows):
    whole = {"type": "FeatureCollection", "features": rows}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


# The publishers' answers.


def arcgis(path, query, _body):
    layers = {
        "Wards": ("ward", "WD22CD", "WD22NM"),
        "LSOA": ("lsoa", "LSOA11CD", "LSOA11NM"),
        "OA": ("oa", "OA11CD", None),
    }
    rows = features(*layers[path.split("/")[0]])
    if query.get("returnCountOnly"):
        return as_json({"count": len(rows)})
    # In no order, as a portal that does not know the field to order by would.
    start, size = int(query["resultOffset"]), min(int(query["resultRecordCount"]), 3)
    page = {"type": "FeatureCollection", "features": rows[::-1][start : start + size]}
    if start + size < len(rows):
        # Older servers say it beside the features, newer ones in the properties.
        page |= {"exceededTransferLimit": True} if start == 0 else {"properties": {"exceededTransferLimit": True}}
    return as_json(page)


def nomis(path, query, _body):
    assert path == "dataset/NM_2014_1.data.csv"
    wanted = [row for row in cells() if row[1] in query["date"].split(",") and row[2] in query["c_age"].split(",")]
    start = int(query["recordoffset"])
    page = wanted[start : start + min(int(query["recordlimit"]), 25)]
    header = ["DATE", "GEOGRAPHY_CODE", "C_AGE", "OBS_VALUE", "RECORD_COUNT"]
    rows = [(year, code, age, value, len(wanted)) for code, year, age, value in page]
    return Reply(table(header, rows), "text/csv")


def stat_xplore(path, _query, body):
    asked = json.loads(body)
    areas_asked = [values[0] for values in asked["recodes"][CILIF]["map"]]
    items = [
        {"labels": [WARDS[uri.rsplit(":", 1)[-1]]], "uris": [uri], "type": "RecodeItem"} for uri in areas_asked[::-1]
    ]
    years = [{"labels": ["2020/21"], "uris": ["y20"]}, {"labels": ["2021/22 (p)"], "uris": ["y21"]}]
    order = [list(WARDS).index(item["uris"][0].rsplit(":", 1)[-1]) for item in items]
    values = [[[80.0 + n], [90.0 + n]] for n in order]
    return as_json({"fields": [{"items": items}, {"items": years}], "cubes": {"count": {"values": values}}})


def ods(_path, query, _body):
    rows = [practice("A10001", "FAR AWAY", "AB1 2CD"), *practices()]
    return Reply(table(None, rows, quoting=csv.QUOTE_ALL), "text/csv", headers=MODIFIED)


def os_downloads(server):
    def route(path, _query, _body):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
            for area in ("ab", "zy", "zz"):
                entry = zipfile.ZipInfo(f"Data/CSV/{area}.csv", (2026, 11, 1, 0, 0, 0))
                out.writestr(entry, code_point(area.upper()) or b"\n")
        content = archive.getvalue()
        if path == "products/CodePointOpen":
            return as_json({"id": "CodePointOpen", "version": "2026-11"})
        if path == "products/CodePointOpen/downloads":
            url = f"{server.address}/os_downloads/codepo_gb.zip"
            return as_json(
                [
                    {"format": "GeoPackage", "area": "GB", "url": "x"},
                    {"format": "CSV", "area": "GB", "url": url, "size": len(content), "fileName": "codepo_gb.zip"},
                ]
            )
        return Reply(content, "application/zip") if path == "codepo_gb.zip" else None

    return route


def map_elements():
    """What a base map and services are made of: a park, a lake with an island, the town's name and a pharmacy."""
    boxes = {5001: (0, 0, 90, 90), 5002: (150, 150, 290, 290), 5003: (200, 200, 240, 240)}
    elements = []
    for way, (west, south, east, north) in boxes.items():
        corners = [(west, south), (east, south), (east, north), (west, north)]
        refs = [way * 10 + corner for corner in range(4)]
        for ref, (x, y) in zip(refs, corners, strict=True):
            lon, lat = TO_DEGREES.transform(ORIGIN[0] + x, ORIGIN[1] + y)
            elements.append({"type": "node", "id": ref, "lon": round(lon, 7), "lat": round(lat, 7)})
        tags = {"leisure": "park", "name": "The Park"} if way == 5001 else {}
        elements.append({"type": "way", "id": way, "nodes": [*refs, refs[0]], "tags": tags})
    members = [{"type": "way", "ref": 5002, "role": "outer"}, {"type": "way", "ref": 5003, "role": "inner"}]
    lake = {"type": "multipolygon", "natural": "water", "name": "The Lake"}
    elements.append({"type": "relation", "id": 6001, "members": members, "tags": lake})
    for ref, x, tags in (
        (7001, 300, {"place": "town", "name": "Smalltown"}),
        (7002, 320, {"amenity": "pharmacy", "name": "The Pharmacy"}),
    ):
        lon, lat = TO_DEGREES.transform(ORIGIN[0] + x, ORIGIN[1] + 200)
        elements.append({"type": "node", "id": ref, "lon": round(lon, 7), "lat": round(lat, 7), "tags": tags})
    return elements


def overpass(path, _query, body):
    nodes, ways = _town()
    if path != "interpreter":
        return None
    if b"landuse" in body:
        elements = map_elements()
    elif b"leisure" in body:
        elements = [
            {
                "type": "node", "id": ref, "lon": place_degrees(ref)[0], "lat": place_degrees(ref)[1],
                "tags": {"leisure": category, **({"name": name} if name else {})},
            }
            for ref, (name, _, category) in PLACES.items()
        ]  # fmt: skip
    else:
        elements = [
            {"type": "node", "id": ref, "lon": float(f"{lon:.10f}"), "lat": float(f"{lat:.10f}")}
            for ref, xy in nodes.items()
            for lon, lat in [TO_DEGREES.transform(*xy)]
        ]
        elements += [
            {"type": "way", "id": number, "nodes": refs, "tags": tags}
            for number, (refs, tags) in enumerate(ways, start=1)
        ]
    return as_json({"version": 0.6, "generator": "Overpass API", "elements": elements[::-1]})


def nominatim(_path, query, _body):
    if "nowhere" in query["q"]:
        return as_json([])
    shape = _box(0, 1, 0, 1)
    outline = shapely.transform(shape, TO_DEGREES.transform, interleaved=False)
    west, south, east, north = outline.bounds
    return as_json(
        [
            {
                "place_id": 1, "osm_type": "relation", "osm_id": 5, "lat": str((south + north) / 2),
                "lon": str((west + east) / 2), "class": "boundary", "type": "administrative", "place_rank": 12,
                "importance": 0.5, "addresstype": "city", "name": "Smalltown", "display_name": "Smalltown, England",
                "boundingbox": [str(south), str(north), str(west), str(east)],
                "geojson": json.loads(shapely.to_geojson(outline)),
            }
        ]
    )  # fmt: skip


def bods(_path, _query, _body):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        for name in ("stops.txt", "routes.txt", "trips.txt", "stop_times.txt"):
            out.writestr(zipfile.ZipInfo(name), "a,b\n1,2\n" * 400)
    return Reply(archive.getvalue(), "application/zip")


def answer_as_publishers(server):
    """Let the server answer as every publisher of the town."""
    server.routes |= {
        "arcgis": arcgis,
        "bods": bods,
        "fsa": files({"FHRS899en-GB.xml": Reply(fhrs(), "text/xml")}),
        "gias": files({"edubaseallchildrencentre20261126.csv": Reply(gias_native(), "text/csv")}),
        "naptan": lambda path, query, body: (
            Reply(stops(), "text/csv", headers=MODIFIED) if query.get("atcoAreaCodes") == "999" else None
        ),
        "nominatim": nominatim,
        "nomis": nomis,
        "ods": ods,
        "os_downloads": os_downloads(server),
        "overpass": overpass,
        "stat_xplore": stat_xplore,
    }
