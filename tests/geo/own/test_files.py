"""A user's file of any kind is read as the table that it is; what could do harm is refused before it is opened."""

import csv
import io
import json
import re
import struct
import zipfile

import geopandas as gpd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from geo.errors import InputError
from geo.own.files import read_bytes
from geo.own.table import MOST_BYTES, MOST_ROWS

ROWS = [["Hub A", "0.71", "51.54"], ["Zoë’s “Café”, no; 1", "0.72", "51.55"]]
HEADER = ["name", "lon", "lat"]


def written(rows, delimiter=",", *, encoding="utf-8", start="", end="\r\n"):
    made = io.StringIO()
    made.write(start)
    # With old Macintosh's end of a line, Python's writer would not put quotes around another one inside a cell.
    quoting = csv.QUOTE_ALL if end == "\r" else csv.QUOTE_MINIMAL
    csv.writer(made, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    return made.getvalue().encode(encoding)


def cells(table):
    return table.cells.to_numpy().tolist()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_csv_is_read_in_every_dialect_and_encoding(delimiter, encoding):
    found = read_bytes(written([HEADER, *ROWS], delimiter, encoding=encoding), "a.csv")
    assert found.header == ("name", "lon", "lat")
    assert cells(found) == ROWS
    assert found.lines.tolist() == [2, 3]
    assert found.unit == "line"


# What a person may type into a cell: any letters, quotes, delimiters and ends of lines, no blanks at its ends.
CELLS = st.text(st.sampled_from("abcÉß0159 ,;|\t\"'€\n.:=-"), max_size=8).map(str.strip)
TABLES = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width).filter(any), min_size=1, max_size=6)
)


@given(
    rows=TABLES,
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    said=st.booleans(),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_what_was_written_is_read_back(rows, delimiter, encoding, said, end):
    header = ["name", "postcode", "lon", "lat"][: len(rows[0])]
    start = f"sep={delimiter}{end}" if said else ""
    found = read_bytes(written([header, *rows], delimiter, encoding=encoding, start=start, end=end), "a.csv")
    assert found.header == tuple(header)
    assert cells(found) == rows


def test_lines_are_counted_as_an_editor_does():
    content = b'sep=;\n\nname;lon\n"two\nlines";1\n\nb;2\n'
    assert read_bytes(content, "a.csv").lines.tolist() == [4, 7]


def book(rows, **sheets):
    made = Workbook()
    made.active.title = "Notes"
    sheet = made.create_sheet("Sites")
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_a_workbook_is_read_from_its_first_sheet_with_rows_and_a_formula_is_its_text():
    found = read_bytes(book([[], ["name", "lon", "open"], ["A", 0.5, True], [None], ["B", 3, "=1+1"]]), "a.xlsx")
    assert found.header == ("name", "lon", "open")
    assert cells(found) == [["A", "0.5", "TRUE"], ["B", "3", "=1+1"]]
    assert found.lines.tolist() == [3, 5]
    assert (found.unit, found.kind) == ("row", "workbook, sheet “Sites”")


@pytest.fixture
def points():
    return gpd.GeoDataFrame(
        {"name": ["A", "B"], "places": [3, 4]},
        geometry=gpd.points_from_xy([588000, 589000], [186000, 187000], crs=27700),
    )


@pytest.mark.parametrize("crs", [27700, 4326, 3857])
def test_maps_are_read_with_their_positions_in_degrees(points, tmp_path, crs):
    degrees = points.to_crs(4326).geometry
    drawn = points.to_crs(crs)
    drawn.to_file(tmp_path / "a.gpkg")
    drawn.to_file(tmp_path / "a.shp")
    points.to_crs(4326).to_file(tmp_path / "a.geojson")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        for path in sorted(tmp_path.glob("a.*")):
            if path.suffix in (".shp", ".shx", ".dbf", ".prj"):
                made.write(path, f"../folder/{path.name}")
    for name, content in (
        ("a.gpkg", (tmp_path / "a.gpkg").read_bytes()),
        ("a.zip", packed.getvalue()),
        ("a.geojson", (tmp_path / "a.geojson").read_bytes()),
    ):
        found = read_bytes(content, name)
        assert found.header == ("name", "places", "lon", "lat"), name
        assert found.unit == "feature"
        for row, point, place in zip(cells(found), degrees, ["3", "4"], strict=True):
            assert row[1] == place
            assert float(row[2]) == pytest.approx(point.x, abs=2e-5)
            assert float(row[3]) == pytest.approx(point.y, abs=2e-5)


def test_geojson_of_polygons_and_of_nothing():
    square = {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]}
    features = [
        {"type": "Feature", "properties": {"name": "in", "lat": "x"}, "geometry": square},
        {"type": "Feature", "properties": None, "geometry": None},
        {"type": "Feature", "properties": {"name": "odd"}, "geometry": {"type": "Point", "coordinates": ["a", 1]}},
    ]
    found = read_bytes(json.dumps({"type": "FeatureCollection", "features": features}).encode(), "a.geojson")
    assert cells(found) == [["in", "1", "1"], ["", "", ""], ["odd", "", ""]]


def feature(properties, place=(0.71, 51.54)):
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": place}}


def test_geojson_of_a_thousand_kinds_of_property_is_refused_before_a_table_is_made_of_it():
    features = [feature({f"p{number}": 1}) for number in range(2_000)]
    with pytest.raises(InputError, match="has 2000 columns"):
        read_bytes(json.dumps({"type": "FeatureCollection", "features": features}).encode(), "a.geojson")


def test_half_a_character_costs_its_row_and_odd_grids_are_named():
    content = {"type": "FeatureCollection", "features": [feature({"name": "a\ud800", "\ud801": "b"})]}
    assert cells(read_bytes(json.dumps(content).encode(), "a.geojson"))[0][0] == "a\ufffe"
    for crs in ("x", {"properties": []}, {"properties": {"name": ""}}):
        assert len(read_bytes(json.dumps(content | {"crs": crs}).encode(), "a.geojson")) == 1
    with pytest.raises(InputError, match="does not say in which grid"):
        read_bytes(json.dumps(content | {"crs": {"properties": {"name": "nonsense"}}}).encode(), "a.geojson")


def sheet(rows):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book([["name"], ["a"]]))) as whole, zipfile.ZipFile(out, "w") as made:
        for part in whole.infolist():
            content = whole.read(part)
            if part.filename.endswith("sheet2.xml"):
                content = re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData>" + rows + b"</sheetData>", content)
            made.writestr(part, content)
    return out.getvalue()


def test_a_workbook_that_claims_endless_rows_or_columns_is_not_waited_for():
    cell = b'<row r="%d"><c r="%s%d" t="inlineStr"><is><t>x</t></is></c></row>'
    with pytest.raises(InputError, match="which no workbook has"):
        read_bytes(sheet(cell % (1, b"A", 1) + cell % (10**12, b"A", 10**12)), "a.xlsx")
    wide = read_bytes(sheet(cell % (1, b"A", 1) + cell % (2, b"A", 2) + cell % (3, b"XFD", 3)), "a.xlsx")
    assert wide.cells.shape == (1, 1)


def bomb(size):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/workbook.xml", b" " * size)
    return out.getvalue()


def opened(self, *_, **__):
    raise AssertionError("it was unpacked")


def test_a_zip_bomb_is_refused_by_what_its_directory_says(monkeypatch):
    content, small = bomb(60_000_000), bytearray(bomb(10_000))
    monkeypatch.setattr(zipfile.ZipFile, "open", opened)
    monkeypatch.setattr(zipfile.ZipFile, "read", opened)
    with pytest.raises(InputError, match=r"a\.xlsx: unpacks to 60 MB .* so it was not unpacked"):
        read_bytes(content, "a.xlsx")
    # A directory that claims more than there is.
    at = small.rindex(b"PK\x01\x02") + 24
    small[at : at + 4] = struct.pack("<I", 400_000_000)
    with pytest.raises(InputError, match="unpacks to 400 MB"):
        read_bytes(bytes(small), "a.xlsx")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b" \r\n ", "is empty"),
        (b"name,lon\n", "has no rows below a header"),
        (b"name,lon\n\x00\x01\x02\x03,1\n", "is no text"),
        (b"\xff\xfename", "no rows below a header"),
        (b"%PDF-1.7 ...", "is a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an old or a locked workbook"),
        (b"PK\x03\x04 cut off", "is damaged or cut off"),
        (b"SQLite format 3\x00 cut off", "is no GeoPackage that can be read"),
        (b"{", "is no GeoJSON"),
        (b'{"type": "FeatureCollection"}', "is no GeoJSON with features"),
        (b'{"type": "FeatureCollection", "features": [1]}', "is no GeoJSON with features"),
        (b'name,lon\n"a,1\n', "line 2: is not CSV"),
        (b"x" * (MOST_BYTES + 1), "has 25 MB; at most 25 MB can be read"),
        (b"name,lon\n" + b"a,1\n" * (MOST_ROWS + 1), "has more than 50,000 rows"),
        (b"a," * 201 + b"a\n1\n", "has 202 columns"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_refused_with_what_to_do(content, words):
    with pytest.raises(InputError, match=words) as caught:
        read_bytes(content, "\x1b[31mred.csv")
    assert "\x1b" not in str(caught.value)


def test_a_zip_of_something_else_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("a.csv", "name,lon\n")
    with pytest.raises(InputError, match="holds neither a workbook nor a shapefile"):
        read_bytes(out.getvalue(), "a.zip")


def test_progress_only_grows():
    told = []
    read_bytes(b"name,lon\n" + b"a,1\n" * 20_000, "a.csv", progress=told.append)
    assert len(told) >= 3
    assert told == sorted(told)
    assert told[-1] <= 1
