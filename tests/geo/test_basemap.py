import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.basemap import LAYERS, compile_basemap
from geo.boundaries.load import read_boundaries
from geo.errors import InputError, SourceError
from geo.sources.basemap import LAYERS as SOURCE_LAYERS
from geo.sources.basemap import read_basemap

X, Y = 588_000.0, 185_000.0
# A square of 2 km whose south side is the sea.
BOROUGH = shapely.box(X, Y, X + 2000, Y + 2000)


def layer(*rows):
    """Rows of (cls, sub, name, geometry), each geometry given from the borough's south-west corner."""
    cls, sub, name, shapes = ([list(column) for column in zip(*rows, strict=True)]) if rows else ([], [], [], [])
    moved = shapely.transform(np.array(shapes, dtype=object), lambda xy: xy + np.array([X, Y]))
    frame = gpd.GeoDataFrame({"cls": cls, "sub": sub, "name": name}, geometry=list(moved), crs="EPSG:27700")
    return frame.astype({"cls": "str", "sub": "str", "name": "str"})


def layers(**given):
    return {name: given.get(name, layer()) for name in SOURCE_LAYERS}


def coast():
    """Fields to the north, flats to the south, a channel between the flats."""
    return layers(
        landcover=layer(
            ("farmland", "farmland", "", shapely.box(-1500, 2000, 3500, 3500)),
            ("wetland", "tidalflat", "", shapely.box(-1500, -900, 900, 10)),
            ("wetland", "tidalflat", "", shapely.box(1000, -900, 3500, 10)),
            ("wetland", "marsh", "", shapely.box(2010, 0, 2300, 300)),
            ("sand", "sand", "", shapely.box(500, 900, 530, 930)),
        ),
        pier=layer(("pier", "", "", shapely.LineString([(1500, 0), (1500, -800)]))),
        waterway=layer(("river", "", "River Thames", shapely.LineString([(-1500, -1200), (3500, -1200)]))),
    )


def of(frame, name, kind=None):
    chosen = frame[(frame["layer"] == name) & ((frame["kind"] == kind) if kind else True)]
    return shapely.union_all(chosen.geometry.to_numpy())


def at(x, y):
    return shapely.Point(X + x, Y + y)


def test_columns_layers_and_order():
    result = compile_basemap(coast(), BOROUGH, None, 1000)
    assert list(result.columns) == ["layer", "kind", "name", "rank", "geometry"]
    assert result.crs.to_epsg() == 27700
    at_layer = [LAYERS.index(name) for name in result["layer"]]
    assert at_layer == sorted(at_layer)
    assert result.geometry.is_valid.all()
    assert not result.geometry.is_empty.any()
    xy = shapely.get_coordinates(result.geometry.to_numpy())
    assert (xy * 2 == np.round(xy * 2)).all()


def test_same_input_same_rows_whatever_its_order():
    given = coast()
    turned = {name: frame.iloc[::-1].reset_index(drop=True) for name, frame in given.items()}
    one, other = (compile_basemap(source, BOROUGH, None, 1000) for source in (given, turned))
    assert one.drop(columns="geometry").equals(other.drop(columns="geometry"))
    assert shapely.equals_exact(one.geometry.to_numpy(), other.geometry.to_numpy()).all()


def test_the_sea_is_not_filled():
    result = compile_basemap(coast(), BOROUGH, None, 1000)
    land = of(result, "land")
    assert land.intersection(BOROUGH).area == pytest.approx(BOROUGH.area, rel=1e-6)
    for x, y in ((950, -300), (500, -300), (1500, -400), (1500, -950), (2500, -100)):
        assert not land.intersects(at(x, y))
    assert land.intersects(at(-500, 2500))
    assert of(result, "tidal", "mudflat").intersects(at(500, -300))
    assert of(result, "tidal", "saltmarsh").intersects(at(2200, 150))


def test_the_fairway_of_a_river_at_sea_is_not_drawn():
    assert "waterway" not in set(compile_basemap(coast(), BOROUGH, None, 1000)["layer"])


def test_gaps_between_streets_are_land_and_a_path_over_the_sands_is_not():
    across = [shapely.LineString([(X - 900, Y + y), (X, Y + y)]) for y in range(600, 1400, 100)]
    sands = shapely.LineString([(X + 500, Y), (X + 500, Y - 800)])
    pier = shapely.LineString([(X + 1500, Y), (X + 1500, Y - 850)])
    result = compile_basemap(coast(), BOROUGH, gpd.GeoSeries([*across, sands, pier], crs="EPSG:27700"), 1000)
    land = of(result, "land")
    assert land.intersects(at(-450, 1050))
    assert not land.intersects(at(500, -400))
    assert not land.intersects(at(1500, -400))


def test_polygons_cut_at_tile_edges_become_one_and_slivers_go():
    given = layers(
        landcover=layer(
            ("grass", "park", "", shapely.box(100, 100, 300, 300)),
            ("grass", "park", "", shapely.box(300.6, 100, 500, 300)),
            ("grass", "park", "", shapely.box(1000, 1000, 1005, 1200)),
            ("wood", "wood", "", shapely.box(800, 800, 1000, 1000)),
        )
    )
    result = compile_basemap(given, BOROUGH, None, 0)
    park = of(result, "green", "park")
    assert park.geom_type == "Polygon"
    assert park.area == pytest.approx(80_000, rel=0.01)
    assert of(result, "green", "wood").area == pytest.approx(40_000, rel=0.01)


def test_nothing_reaches_past_the_margin():
    west, south, east, north = compile_basemap(coast(), BOROUGH, None, 500).total_bounds
    assert (west, south) >= (X - 500, Y - 500)
    assert east <= X + 2500
    assert north <= Y + 2500


def test_labels_are_kept_but_not_a_cluster_of_rides():
    given = layers(
        place=layer(
            ("town", "", "Town", shapely.Point(1000, 1000)),
            ("suburb", "", "Suburb", shapely.Point(1100, 1000)),
            ("village", "", "Far away", shapely.Point(9000, 9000)),
            ("locality", "", "The Ness", shapely.Point(100, 100)),
            ("locality", "", "Snake Hill", shapely.Point(1500, 1500)),
            ("locality", "", "Rabbit Hole", shapely.Point(1600, 1500)),
            ("square", "", "Square", shapely.Point(1000, 900)),
            ("suburb", "", "", shapely.Point(500, 900)),
        )
    )
    result = compile_basemap(given, BOROUGH, None, 500)
    places = result[result["layer"] == "place"]
    assert list(zip(places["name"], places["kind"], places["rank"], strict=True)) == [
        ("Town", "town", 1), ("Suburb", "suburb", 2), ("The Ness", "locality", 5),
    ]  # fmt: skip
    assert (places.geometry.geom_type == "Point").all()


def test_a_double_track_is_drawn_once_and_sidings_go():
    up, down = ([(0, y), (900, y), (2000, y)] for y in (1000.0, 1004.0))
    siding = [(900, 1000.0), (1000, 1040.0), (1100, 1042.0)]
    branch = [(900, 1000.0), (1300, 600.0), (1300, 100.0)]
    given = layers(railway=layer(*(("rail", "", "", shapely.LineString(xy)) for xy in (up, down, siding, branch))))
    rail = of(compile_basemap(given, BOROUGH, None, 0), "railway")
    assert rail.length == pytest.approx(2000 + shapely.LineString(branch).length, abs=60)
    # The branch still leaves from the main line, to within the width that it is drawn.
    parts = shapely.get_parts(shapely.line_merge(rail))
    assert max(part.distance(other) for part in parts for other in parts) < 15


def test_runways_are_as_wide_as_runways_are():
    given = layers(
        landcover=layer(("grass", "grass", "", shapely.box(0, 0, 2000, 1000))),
        aeroway=layer(
            ("runway", "", "", shapely.LineString([(100, 500), (1000, 500)])),
            ("runway", "", "", shapely.LineString([(1000, 500), (1600, 500)])),
            ("runway", "", "", shapely.LineString([(100, 1500), (300, 1500)])),  # a farmer's strip
            ("apron", "", "", shapely.box(500, 600, 700, 700)),
        ),
    )
    result = compile_basemap(given, BOROUGH, None, 0)
    assert of(result, "runway", "runway").area == pytest.approx(1500 * 40, rel=0.01)
    assert of(result, "runway", "apron").area == pytest.approx(20_000, rel=0.01)


def test_inputs_are_checked():
    with pytest.raises(InputError, match=r"no layer 'aeroway'; it needs: .*landcover"):
        compile_basemap({}, BOROUGH, None, 0)
    with pytest.raises(InputError, match="'water' is not in the grid of layer 'aeroway'"):
        compile_basemap({**layers(), "water": layer().set_crs(4326, allow_override=True)}, BOROUGH, None, 0)
    with pytest.raises(InputError, match="no area"):
        compile_basemap(layers(), shapely.Polygon(), None, 0)
    with pytest.raises(InputError, match="margin"):
        compile_basemap(layers(), BOROUGH, None, -1)


REQUIRED = ("landcover", "landuse", "water", "waterway", "railway", "place")


def geopackage(tmp_path, **given):
    path = tmp_path / "basemap.gpkg"
    spot = {"place": shapely.Point(0, 0)}
    line = shapely.LineString([(0, 0), (10, 10)])
    for name in REQUIRED:
        shape = spot.get(name, line if name in ("waterway", "railway") else shapely.box(0, 0, 10, 10))
        frame = given.get(name, layer(("x", "", "", shape)))
        if frame is not None:
            frame.to_file(path, layer=name, driver="GPKG")
    return path


def test_reads_single_parts_of_the_right_kind(tmp_path):
    mixed = shapely.GeometryCollection(
        [shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)]), shapely.LineString([(0, 0), (5, 5)])]
    )
    wood = layer(("wood", None, None, mixed), ("grass", "park", "Green", shapely.box(5, 5, 9, 9)))
    wood["sub"] = [None, "park"]
    wood["name"] = [None, "Green"]
    read = read_basemap(geopackage(tmp_path, landcover=wood), "EPSG:27700")
    assert tuple(read) == SOURCE_LAYERS
    cover = read["landcover"]
    assert list(cover["cls"]) == ["wood", "wood", "grass"]
    assert list(cover["sub"]) == ["", "", "park"]
    assert list(cover["name"]) == ["", "", "Green"]
    assert set(cover.geometry.geom_type) == {"Polygon"}
    assert len(read["pier"]) == 0
    assert read["pier"].crs.to_epsg() == 27700


def test_an_unfinished_geopackage_is_named(tmp_path):
    with pytest.raises(SourceError, match=r"none\.gpkg: no such file"):
        read_basemap(tmp_path / "none.gpkg", "EPSG:27700")
    bad = tmp_path / "bad.gpkg"
    bad.write_text("not a database")
    with pytest.raises(SourceError, match=r"bad\.gpkg: is not a GeoPackage"):
        read_basemap(bad, "EPSG:27700")


@pytest.mark.parametrize(
    ("water", "said"),
    [
        (None, "has no layer water"),
        (layer(("lake", "", "", shapely.box(0, 0, 1, 1))).drop(columns="sub"), "layer water: has no column sub"),
        (layer(("", "", "", shapely.box(0, 0, 1, 1))), "layer water: row 1: column cls is blank"),
    ],
)
def test_a_faulty_layer_is_named(tmp_path, water, said):
    with pytest.raises(SourceError, match=said):
        read_basemap(geopackage(tmp_path, water=water), "EPSG:27700")


@pytest.mark.sources
def test_southend(sources_dir):
    folder = sources_dir / "southend"
    read = read_basemap(folder / "osm" / "basemap.gpkg", "EPSG:27700")
    areas = read_boundaries(folder / "boundaries" / "oa_2011.geojson", "OA11CD", grid="EPSG:27700")
    borough = shapely.coverage_union_all(areas.geometry.to_numpy())
    result = compile_basemap(read, borough, None, 4000)
    assert len(result) < 300
    assert shapely.get_num_coordinates(result.geometry.to_numpy()).sum() < 60_000
    land = of(result, "land")
    shapely.prepare(land)
    dry = {"Priory Park": (587_550, 187_300), "runway": (586_700, 189_100), "Belfairs": (582_800, 187_600)}
    wet = {
        "Thames": (588_000, 182_500),
        "beside the pier": (588_300, 184_500),
        "Leigh creek": (583_300, 185_480),
        "Hadleigh Ray": (581_500, 184_600),
        "Maplin Sands": (597_000, 185_500),
        "Roach": (593_766, 191_093),
    }
    assert [name for name, xy in dry.items() if not land.intersects(shapely.Point(xy))] == []
    assert [name for name, xy in wet.items() if land.intersects(shapely.Point(xy))] == []
    assert shapely.difference(borough, land.buffer(0.5)).area < 1
    assert of(result, "pier").length > 2000
    assert {"Southend-on-Sea", "Shoeburyness", "Leigh on Sea", "Prittlewell"} <= set(result["name"])


def test_a_layer_in_another_system_is_brought_to_the_grid(tmp_path):
    lake = layer(("lake", "", "", shapely.box(0, 0, 100, 100)))
    read = read_basemap(geopackage(tmp_path, water=lake.to_crs(4326)), "EPSG:27700")
    assert read["water"].crs.to_epsg() == 27700
    assert read["water"].total_bounds.tolist() == pytest.approx(lake.total_bounds.tolist(), abs=0.1)
