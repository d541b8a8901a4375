"""A user's CSV of sites: every way to place a row, and every row at fault named by its line."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from geo.coordinates import to_grid, to_lonlat
from geo.errors import InputError
from geo.own.sites import MOST_SHOWN, read_sites
from geo.pack import AreaPack
from geo.packs import open_pack

Write = Callable[[str, str], Path]


@pytest.fixture(scope="module")
def pack() -> AreaPack:
    return open_pack("southend")


def fault_lines(path: Path, pack: AreaPack) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_sites(path, pack)
    return str(caught.value).splitlines()


def test_reads_every_way_of_placing_a_row(write: Write, pack: AreaPack) -> None:
    text = (
        "\ufeffNotes, NAME ,Longitude,LAT,Post Code,Easting,northing\r\n"
        "x,By degrees,0.7117,51.5379,,,\r\n"
        "\r\n"
        ",By postcode,,,ss12qa\r\n"
        ",By metres,,,,588000,185000\r\n"
        ',"Degrees, though a postcode stands too",0.7117,51.5379,SS1 2QA,,\r\n'
    )
    sites = read_sites(write("sites.csv", text), pack)
    assert list(sites.columns) == ["name", "easting", "northing", "line", "postcode"]
    assert sites["name"].tolist() == [
        "By degrees",
        "By postcode",
        "By metres",
        "Degrees, though a postcode stands too",
    ]
    assert sites["line"].tolist() == [2, 4, 5, 6]
    by_degrees = np.column_stack(to_grid(0.7117, 51.5379, pack.crs))[0]
    by_postcode = pack.postcodes.set_index("postcode").loc["SS1 2QA", ["easting", "northing"]].to_numpy(float)
    expected = [by_degrees, by_postcode, (588000.0, 185000.0), by_degrees]
    np.testing.assert_allclose(sites[["easting", "northing"]].to_numpy(), expected)


def test_degrees_come_back_as_the_metres_they_were_made_from(write: Write, pack: AreaPack) -> None:
    some = pack.demand.iloc[::200]
    lon, lat = to_lonlat(some["easting"], some["northing"], pack.crs)
    rows = [f"{name},{x:.7f},{y:.7f}" for name, x, y in zip(some["postcode"], lon, lat, strict=True)]
    sites = read_sites(write("sites.csv", "\n".join(["name,lon,lat", *rows])), pack)
    np.testing.assert_allclose(sites["easting"], some["easting"], atol=0.05)
    np.testing.assert_allclose(sites["northing"], some["northing"], atol=0.05)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (",0.71,51.54,,,", "name is missing"),
        ("a,x1,51.54,,,", "lon 'x1' is not a number"),
        ("a,nan,51.54,,,", "lon 'nan' is not a number"),
        ("a,1_0,51.54,,,", "lon '1_0' is not a number"),
        ('a,"0,7,1",51.54,,,', "lon '0,7,1' is not a number"),
        ("=1+1,0.71,51.54,,,", "the name looks like a formula: write the text itself"),
        ("a,=A1,51.54,,,", "the lon looks like a formula: write the text itself"),
        ("a,0,71,51,54,SS1 2QA,,x", "has 8 values where the header has 6 (decimals need a point)"),
        ("a,0.71,,,,", "lat is missing"),
        ("a,,,,588000,", "northing is missing"),
        ("a,,,,,", "lon and lat or easting and northing or postcode is missing"),
        ("a", "lon and lat or easting and northing or postcode is missing"),
        ("a,181,51.54,,,", "lon 181 is out of range: at most 180 degrees either way"),
        ("a,1e999,51.54,,,", "lon 1e999 is out of range: at most 180 degrees either way"),
        ("a,51.54,0.71,,,", "lon and lat look swapped: lon 51.54, lat 0.71"),
        ("a,,,,185000,588000", "easting and northing look swapped: easting 185000, northing 588000"),
        ("a,-0.12,51.5,,,", "lon -0.12, lat 51.5 is outside the area of Southend-on-Sea (lon 0.5"),
        ("a,,,,530000,180000", "easting 530000, northing 180000 is outside the area of Southend-on-Sea (easting 57"),
        ("a,,,SS99 9ZZ,,", "postcode SS99 9ZZ is unknown in and near Southend-on-Sea"),
        ("a,,,SS,,", "'SS' is not a whole postcode"),
        ("GOOD,0.71,51.54,,,", "the name 'GOOD' stands on line 2 already"),
    ],
)
def test_names_a_row_at_fault_by_its_line(write: Write, pack: AreaPack, row: str, fault: str) -> None:
    path = write("sites.csv", f"name,lon,lat,postcode,easting,northing\nGood,0.71,51.54\n\n{row}\n")
    first, line = fault_lines(path, pack)
    assert first == "sites.csv: 1 row cannot be used"
    assert line.startswith(f"  line 4: {fault}")


def test_a_row_may_have_several_faults_and_a_name_several_lines(write: Write, pack: AreaPack) -> None:
    path = write("sites.csv", 'name,lon,lat\n"two\nlines",x,y\n,0.71,51.54\n')
    assert fault_lines(path, pack)[1:] == [
        "  line 2: lon 'x' is not a number; lat 'y' is not a number",
        "  line 4: name is missing",
    ]


def test_lists_no_more_than_twenty_rows(write: Write, pack: AreaPack) -> None:
    path = write("sites.csv", "name,postcode\n" + "".join(f"n{i},nowhere\n" for i in range(MOST_SHOWN + 7)))
    lines = fault_lines(path, pack)
    assert lines[0] == "sites.csv: 27 rows cannot be used"
    assert len(lines) == MOST_SHOWN + 2
    assert lines[-1] == "  and 7 more"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "has no rows below a header"),
        ("name,lon,lat\n\n", "has no rows below a header"),
        ("lon,lat\n0.7,51.5\n", "the header needs name, and lon with lat, easting with northing, or postcode"),
        ("name,lon\na,0.7\n", "it has name, lon"),
        ("name,lon,lat,LON\na,0.7,51.5,1\n", "the column lon stands twice"),
        ('name,postcode\n"a,SS1 2QA\n', "line 2: is not CSV"),
    ],
)
def test_says_what_is_wrong_with_the_file(write: Write, pack: AreaPack, text: str, fault: str) -> None:
    with pytest.raises(InputError, match=f"^sites.csv: .*{fault}"):
        read_sites(write("sites.csv", text), pack)


def test_says_when_a_file_cannot_be_read(tmp_path: Path, pack: AreaPack) -> None:
    with pytest.raises(InputError, match=r"none\.csv: there is no such file"):
        read_sites(tmp_path / "none.csv", pack)
    with pytest.raises(InputError, match="cannot be read"):
        read_sites(tmp_path, pack)
    other = tmp_path / "odd.csv"
    other.write_bytes(b"name,postcode\n\x81,SS1 2QA\n")
    with pytest.raises(InputError, match="is no text"):
        read_sites(other, pack)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("a,SS1 2PS,0.60,51.54,,", "lon 0.60, lat 51.54 and postcode SS1 2PS are 9.5"),
        ("a,,0.71,51.54,580000,186000", "lon 0.71, lat 51.54 and easting 580000, northing 186000 are 8"),
    ],
)
def test_a_row_that_gives_two_places_is_asked_about(write: Write, pack: AreaPack, row: str, words: str) -> None:
    text = "name,postcode,lon,lat,easting,northing\n" + row + "\nb,SS1 2PS,,,,\n"
    head, fault = fault_lines(write("sites.csv", text), pack)
    assert head == "sites.csv: 1 row cannot be used"
    assert fault.startswith(f"  line 2: {words}")
    assert fault.endswith("km apart: leave out the wrong one")


def test_two_places_that_agree_are_one(write: Write, pack: AreaPack) -> None:
    at = pack.postcodes.set_index("postcode").loc["SS1 2PS", ["easting", "northing"]].to_numpy(float)
    (lon,), (lat,) = to_lonlat(at[:1] + 300, at[1:], pack.crs)
    text = f"name,postcode,lon,lat,easting,northing\na,SS1 2PS,{lon:.6f},{lat:.6f},{at[0]:.0f},{at[1]:.0f}\n"
    assert len(read_sites(write("sites.csv", text), pack)) == 1


@pytest.mark.parametrize("name", ["\x1b]0;pwned\x07\x1b[31mred", "a\u202eb", "c\u0085d"])
def test_a_name_that_would_steer_a_terminal_is_refused_by_line(write: Write, pack: AreaPack, name: str) -> None:
    lines = fault_lines(write("sites.csv", f"name,lon,lat\n{name},0.75,51.525\n"), pack)
    assert lines[1] == "  line 2: the name holds control characters"
