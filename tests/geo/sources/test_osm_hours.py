"""Opening hours of the services in an OpenStreetMap file."""

from geo.sources.osm_file import read_osm_services

WAY = '<way id="{}" version="1">{}{}</way>'
CORNERS = ((0, 0), (0, 1), (1, 1), (1, 0))


def node(ref, lat, lon, **tags):
    inside = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
    return f'<node id="{ref}" lat="{lat:.6f}" lon="{lon:.6f}" version="1">{inside}</node>'


def building(way, first, lat, lon, **tags):
    """Corners and outline of a square of about ten metres, south-west corner at a position."""
    corners = [node(first + n, lat + 1e-4 * dy, lon + 1e-4 * dx) for n, (dx, dy) in enumerate(CORNERS)]
    refs = "".join(f'<nd ref="{first + n}"/>' for n in (0, 1, 2, 3, 0))
    return corners, WAY.format(way, refs, "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items()))


def test_hours_are_taken_from_the_point_where_only_the_building_is_kept(tmp_path):
    one, first = building(1, 10, 51.5400, 0.7000, amenity="pharmacy", name="Bare")
    two, second = building(2, 20, 51.5600, 0.7000, amenity="pharmacy", name="Own", opening_hours="Mo 09:00-10:00")
    points = [
        node(31, 51.54005, 0.70005, amenity="pharmacy", name="Bare", opening_hours="Tu 09:00-10:00"),
        node(32, 51.56005, 0.70005, amenity="pharmacy", name="Own", opening_hours="We 09:00-10:00"),
        node(33, 51.5500, 0.7000, amenity="library", name="Point", opening_hours="at nine"),
        node(34, 51.5500, 0.7200, amenity="library", name="Nothing"),
    ]
    path = tmp_path / "map.osm"
    path.write_text('<osm version="0.6">' + "".join([*one, *two, *points, first, second]) + "</osm>", encoding="utf-8")
    found = read_osm_services(path, source="s", vintage="2024", crs="EPSG:27700")
    assert dict(zip(found["name"], found["opening_hours"], strict=True)) == {
        "Bare": "Tu 09:00-10:00",
        "Own": "Mo 09:00-10:00",
        "Point": "at nine",
        "Nothing": "",
    }
    assert found.set_index("name").loc[["Bare", "Own"], "id"].tolist() == ["osm-aw1", "osm-aw2"]
    assert found.attrs["rows_read"] == 6
