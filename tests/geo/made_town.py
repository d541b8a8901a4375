"""A town that nobody tuned for: a recipe, and files of its own in another grid, all made from the same few facts."""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.coordinates import to_grid
from tests.samples import ORIGIN, write_town

# Universal Transverse Mercator, zone 31 north: a grid that the national one of the other packs has nothing to do with.
GRID = "EPSG:32631"
_BRITISH = "EPSG:27700"
_BOX = (-150.0, -150.0, 900.0, 750.0)

RECIPE = """
code = "madetown"
name = "Made Town"
lad_code = "X01"
crs = "EPSG:32631"
currency = "EUR"
credit = "© The register"
network_margin_m = 600
services_margin_m = 600
streets = "streets"

[[levels]]
name = "lsoa"
label = "quarter"
plural = "quarters"
source = "quarters"
code = "id"
nesting = "exact"

[[levels]]
name = "ward"
label = "district"
plural = "districts"
source = "districts"
code = "id"
title = "called"

[homes]
source = "addresses"
reader = "table"
columns = {postcode = "pc", easting = "x", northing = "y", authority = "town"}

[[baselines]]
name = "register_2024"
label = "Register of 2024"
kind = "census"
year = "2024"
source = "counts"
series = "register"
series_label = "Register"
definition = "People on the register"

[[baselines.tables]]
source = "counts"
code = "area"
layout = "long"

[baselines.tables.measures]
children_0_3 = ["babies", "toddlers"]
population = "all"

[[indices]]
name = "hardship"
family = "hardship"
label = "Hardship"
year = "2024"
source = "hardship"
code = "id"
score = "score"
people_of = "register_2024.population"
main = true

[[services]]
source = "services"
reader = "table"
"""

SOURCES = {
    "streets": "streets.osm",
    "quarters": "quarters.geojson",
    "districts": "districts.geojson",
    "addresses": "addresses.csv",
    "counts": "counts.csv",
    "hardship": "hardship.csv",
    "services": "services.csv",
}
_ABOUT = 'publisher = "Made up"\ntitle = "{0}"\nvintage = "2024"\nlicence = "CC0-1.0"\nattribution = "Made up: {0}"\n'


@dataclass(frozen=True)
class MadeTown:
    """A folder of packs with the recipe in it, and the folder of its sources."""

    root: Path
    sources: Path

    def file(self, key: str) -> Path:
        """The file of a source."""
        return self.sources / SOURCES[key]

    def text(self, key: str) -> str:
        """The text of a source."""
        return self.file(key).read_text(encoding="utf-8")

    def rewrite(self, key: str, text: str) -> None:
        """Change the text of a source."""
        self.file(key).write_text(text, encoding="utf-8")

    @property
    def recipe(self) -> Path:
        """The recipe."""
        return self.root / "recipes" / "madetown.toml"


def make_town(folder: Path) -> MadeTown:
    """Write the recipe and the files of the town."""
    town = MadeTown(folder / "packs", folder / "sources")
    (town.root / "recipes").mkdir(parents=True)
    town.sources.mkdir()
    parts = [f'[sources.{key}]\nfile = "{file}"\n{_ABOUT.format(key)}' for key, file in SOURCES.items()]
    town.recipe.write_text(RECIPE + "\n" + "\n".join(parts), encoding="utf-8")
    write_town(town.file("streets"))
    west, south, east, north = _BOX
    half_x, half_y = (west + east) / 2, (south + north) / 2
    quarters = {
        "Q1": shapely.box(west, south, half_x, half_y),
        "Q2": shapely.box(half_x, south, east, half_y),
        "Q3": shapely.box(west, half_y, half_x, north),
        "Q4": shapely.box(half_x, half_y, east, north),
    }
    districts = {
        "D1": shapely.union(quarters["Q1"], quarters["Q2"]),
        "D2": shapely.union(quarters["Q3"], quarters["Q4"]),
    }
    _write_areas(town.file("quarters"), quarters, {})
    _write_areas(town.file("districts"), districts, {"D1": "Lower District", "D2": "Upper District"})
    rng = np.random.default_rng(7)
    xy = rng.uniform((west + 120, south + 120), (east - 120, north - 120), (60, 2)) + ORIGIN
    x, y = _in_grid(xy)
    pd.DataFrame({"pc": [f"MT{n // 10 + 1} {n % 10}AA" for n in range(60)], "x": x, "y": y, "town": "X01"}).to_csv(
        town.file("addresses"), index=False
    )
    rows = [
        (quarter, measure, value)
        for quarter, people in zip(quarters, (100, 200, 300, 400), strict=True)
        for measure, value in (("babies", people / 50), ("toddlers", people / 25), ("all", people))
    ]
    pd.DataFrame(rows, columns=["area", "measure", "value"]).to_csv(town.file("counts"), index=False)
    pd.DataFrame({"id": list(quarters), "score": [10, 20, 30, 40]}).to_csv(town.file("hardship"), index=False)
    sx, sy = _in_grid(np.array([(105.0, 95.0), (495.0, 360.0)]) + ORIGIN)
    pd.DataFrame(
        {
            "category": ["library", "gp_practice", "pharmacy"],
            "name": ["Old Library", "Dr Who", "Pills"],
            "postcode": ["", "", "MT1 3AA"],
            "easting": [*sx, np.nan],
            "northing": [*sy, np.nan],
            "date": ["", "2023", ""],
        }
    ).to_csv(town.file("services"), index=False)
    return town


def _in_grid(xy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """From the grid in which the town is drawn to its own."""
    shapes = gpd.GeoSeries(shapely.points(xy), crs=_BRITISH).to_crs(4326)
    x, y = to_grid(shapes.x, shapes.y, GRID)
    return x.round(2), y.round(2)


def _write_areas(path: Path, areas: dict[str, shapely.Polygon], names: dict[str, str]) -> None:
    # Many points along each edge, so that neighbours still share it in the other grid.
    shapes = [shapely.segmentize(shapely.transform(area, lambda xy: xy + ORIGIN), 50.0) for area in areas.values()]
    columns = {"id": list(areas)} | ({"called": list(names.values())} if names else {})
    gpd.GeoDataFrame(columns, geometry=shapes, crs=_BRITISH).to_crs(4326).to_file(path, driver="GeoJSON")
