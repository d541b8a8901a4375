"""Files that are made to hurt: each is refused in a sentence, or read, within seconds of work and little memory."""

import io
import json
import sqlite3
import struct
import zipfile

import geopandas as gpd
import numpy as np
import pytest
import shapely
from openpyxl import Workbook

import geo.own.shapes  # noqa: F401  # what it loads takes memory of its own, before that is measured
from analysis.trends.earlier_pack import earlier_of_file
from analysis.trends.pack_changes import pack_changes
from analysis.trends.pack_summary import MAX_BYTES, from_json, summarise, to_json
from geo.own.files import read_bytes
from geo.own.table import MOST_BYTES
from geo.packs import open_pack
from tests.bounded import bounded

DEGREES = 'GEOGCS["WGS 84",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'  # fmt: skip # noqa: E501
SHARED_TYPE = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    b'spreadsheetml.sharedStrings+xml"/></Types>'
)
SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
STRINGS = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def workbook(rows, *, before=b"", strings=b""):
    """Return a workbook whose only sheet has these rows as they stand in its XML."""
    made, out = io.BytesIO(), io.BytesIO()
    book = Workbook()
    book.active.append(["name", "lon"])
    book.save(made)
    with zipfile.ZipFile(made) as whole, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        for part in whole.namelist():
            content = whole.read(part)
            if part.endswith("sheet1.xml"):
                content = before + SHEET + rows + b"</sheetData></worksheet>"
            if strings and part == "[Content_Types].xml":
                content = content.replace(b"</Types>", SHARED_TYPE)
            parts.writestr(part, content)
        if strings:
            parts.writestr("xl/sharedStrings.xml", strings)
    return out.getvalue()


def far_right():
    """Rows with one empty cell each, in the last column that a workbook has."""
    return workbook(b"".join(b'<row r="%d"><c r="XFD%d"/></row>' % (row, row) for row in range(1, 100_001)))


def entities():
    """A text that names itself thirty times, nine times over."""
    names = b'<!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa">'
    names += b"".join(b'<!ENTITY %c "%s">' % (98 + at, b"&%c;" % (97 + at) * 30) for at in range(9))
    cell = b'<row><c t="inlineStr"><is><t>&j;</t></is></c></row>'
    return workbook(cell * 2, before=b'<?xml version="1.0"?><!DOCTYPE x [' + names + b"]>")


def many_texts():
    texts = b"".join(b"<si><t>%d</t></si>" % (number * 7919 % 9_999_991) for number in range(1_500_000))
    return workbook(b'<row><c t="s"><v>1</v></c></row>' * 2, strings=STRINGS + texts + b"</sst>")


def shared_shape(rows=50_000, corners=20_000):
    """A shapefile whose rows all have the one shape that there is."""
    turn = np.linspace(0.0, 2 * np.pi, corners)
    turn[-1] = 0.0
    ring = np.column_stack([0.7 + 0.01 * np.cos(turn), 51.5 + 0.01 * np.sin(turn)])
    box = (*ring.min(axis=0), *ring.max(axis=0))
    shape = struct.pack("<i4diii", 5, *box, 1, corners, 0) + ring.astype("<f8").tobytes()
    words = len(shape) // 2

    def head(size):
        return struct.pack(">7i", 9994, 0, 0, 0, 0, 0, size // 2) + struct.pack("<2i8d", 1000, 5, *box, 0, 0, 0, 0)

    shp = head(108 + len(shape)) + struct.pack(">2i", 1, words) + shape
    shx = head(100 + 8 * rows) + struct.pack(">2i", 50, words) * rows
    column = b"name\0\0\0\0\0\0\0C" + b"\0" * 4 + bytes([2]) + b"\0" * 15
    dbf = struct.pack("<4BI2H20x", 3, 120, 1, 1, rows, 65, 3) + column + b"\r" + b" ab" * rows + b"\x1a"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        for ending, content in (("shp", shp), ("shx", shx), ("dbf", dbf), ("prj", DEGREES.encode())):
            parts.writestr(f"a.{ending}", content)
    return out.getvalue()


def endless_view(folder):
    """A GeoPackage whose layer is a question that counts for ever and finds nothing."""
    path = folder / "a.gpkg"
    places = gpd.GeoDataFrame({"name": ["A"]}, geometry=[shapely.Point(0.7, 51.5)], crs=4326)
    places.to_file(path, layer="places")
    base = sqlite3.connect(path)
    for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        base.execute(f'DROP TRIGGER "{name}"')
    base.execute("ALTER TABLE places RENAME TO kept")
    base.execute(
        "CREATE VIEW places AS WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n) "
        "SELECT n AS fid, (SELECT geom FROM kept) AS geom, 'A' AS name FROM n WHERE n < 0"
    )
    base.commit()
    base.close()
    return path.read_bytes()


def other_file(folder):
    """A GeoPackage that names another file, and calls it its layer."""
    path = folder / "b.gpkg"
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE places (name TEXT)")
    base.execute("PRAGMA writable_schema = 1")
    base.execute(
        "UPDATE sqlite_master SET sql = 'CREATE VIRTUAL TABLE places USING VirtualOGR(''/etc/passwd'')', rootpage = 0"
    )
    base.commit()
    base.close()
    return path.read_bytes()


def nested(levels):
    """GeoJSON of a collection in a collection in a collection …"""
    shape = '{"type":"Point","coordinates":[0,0]}'
    for _ in range(levels):
        shape = '{"type":"GeometryCollection","geometries":[' + shape + "]}"
    feature = '{"type":"Feature","properties":{"name":"A"},"geometry":' + shape + "}"
    return ('{"type":"FeatureCollection","features":[' + feature + "]}").encode()


WIDE = b"ab," * 199 + b"ab\n"
FILES = {
    "millions of empty lines": (lambda _: b"name,lon\nA,1\n" + b"\r\n" * 12_400_000, "leave out the empty", 5, 120),
    "millions of cells": (lambda _: WIDE * 40_000, "more than 2,000,000 cells", 6, 350),
    "a header of 200 columns over short rows": (lambda _: WIDE + b"a\n" * 49_000, "more than 2,000,000 cells", 3, 100),
    "one row": (lambda _: b"name,lon\n" + b"," * 24_900_000, "line 2 has more than 1,000,000 characters", 3, 120),
    "one header": (lambda _: b"," * 24_900_000 + b"\n1", "line 1 has more than 1,000,000 characters", 3, 120),
    "one text over a million lines": (lambda _: b'name,lon\n"' + b"\n" * 2_000_000, "is not CSV|leave out", 3, 200),
    "cells in the last column": (lambda _: far_right(), "no rows below a header", 8, 60),
    "entities in entities": (lambda _: entities(), "no workbook that can be read", 2, 60),
    "a workbook of texts that nothing shows": (lambda _: many_texts(), "MB of texts or styles beside its", 3, 99),
    "brackets": (lambda _: b'{"features":[' + b"[]," * 8_000_000 + b"[]]}", "more than 4,000,000 values", 2, 60),
    "fewer brackets": (lambda _: b'{"features":[' + b"[]," * 1_900_000 + b"[]]}", "no GeoJSON with features", 4, 300),
    "collections in collections": (lambda _: nested(480), "taken|no GeoJSON", 2, 60),
    "brackets in brackets": (lambda _: b'{"a":' + b"[" * 1_000_000, "no GeoJSON", 2, 60),
    "one shape for all rows": (lambda _: shared_shape(), "several rows of it share one shape", 2, 150),
    "a layer that is another file": (other_file, "holds “places”, which is no table", 2, 150),
    "a layer without end": (endless_view, "holds “places”, which is no table: save the layer itself", 2, 150),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_would_be_waited_for(name, tmp_path):
    make, words, cpu_s, mb = FILES[name]
    content = make(tmp_path)
    assert len(content) <= MOST_BYTES
    said = bounded(lambda: read_bytes(content, "a.file"), cpu_s=cpu_s, mb=mb)
    assert any(one in said for one in words.split("|")), said
    assert len(said) < 500


def test_a_shapefile_and_a_geopackage_of_places_are_still_read(tmp_path):
    places = gpd.GeoDataFrame(
        {"name": ["A", "B", "C"]},
        geometry=[shapely.box(0.7, 51.5, 0.71, 51.51), None, shapely.Point(0.7, 51.5).buffer(0.01)],
        crs=4326,
    )
    places.to_file(tmp_path / "a.shp")
    places.to_file(tmp_path / "a.gpkg", layer="places")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        for path in tmp_path.glob("a.*"):
            if path.suffix != ".gpkg":
                parts.write(path, path.name)
    for content in (out.getvalue(), (tmp_path / "a.gpkg").read_bytes()):
        assert read_bytes(content, "a").cells[0].tolist() == ["A", "B", "C"]


EMPTY = {
    "version": 2, "area": "x", "name": "x", "digest": "0" * 12, "people": "x", "baseline": "x", "people_digest": "x",
    **{part: [] for part in ("areas", "sources", "places", "figures", "reach", "files")},
}  # fmt: skip
REACHED = b'{"service":"x","threshold_min":1,"mode":"x","speed_kmh":1,"shares":[],"serves":['


def summary_with(part, rows):
    """Return a summary of a pack that has these rows in a part of it."""
    start = b'"%s": [' % part
    return json.dumps(EMPTY).encode().replace(start, start + rows)


def names(count):
    return b"{" + b",".join(b'"%d":0' % number for number in range(count)) + b"}"


SUMMARIES = {
    "more services than there may be values": (
        lambda: summary_with(b"places", b",".join([b"{}"] * 600_000)),
        "more than 300,000 values",
    ),
    "empty services": (lambda: summary_with(b"places", b",".join([b"{}"] * 149_000)), "entries where at most 20,000"),
    "numbers for services": (lambda: summary_with(b"places", b",".join([b"0"] * 290_000)), "at most 20,000"),
    "lists for the places of wards": (
        lambda: summary_with(b"reach", REACHED + b",".join([b"[]"] * 149_000) + b"]}"),
        "entries where at most 20,000",
    ),
    "names without end": (lambda: names(290_000), "290,000 names where at most 20"),
    "names without end in a service": (lambda: summary_with(b"places", names(290_000)), "names where at most 20"),
    "a long number for its form": (lambda: b'{"version":' + b"9" * 4_000 + b"}", "has form 99999999999999999999,"),
}


@pytest.mark.parametrize("name", SUMMARIES)
def test_a_summary_that_is_none(name):
    make, words = SUMMARIES[name]
    content = make()
    assert len(content) <= MAX_BYTES
    said = bounded(lambda: earlier_of_file("a.json", content), cpu_s=3, mb=100)
    assert words in said, said
    assert len(said) < 500


def test_a_summary_of_as_many_services_as_may_be_is_compared_in_seconds():
    """Each service could be each of those that came to the list, were they compared each with each."""
    now = summarise(open_pack("southend"))
    content = json.loads(to_json(now)) | {"digest": "0" * 12}
    rows = content["places"]
    content["places"] = [{**rows[number % len(rows)], "id": f"{number}"} for number in range(19_000)]
    said = bounded(lambda: pack_changes(from_json(json.dumps(content, separators=(",", ":"))), now), cpu_s=3, mb=150)
    assert said == "taken"
