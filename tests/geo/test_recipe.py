"""The recipe of an area pack."""

import re
from dataclasses import fields, is_dataclass

import pytest

import geo.recipe
import geo.recipe_counts
from geo.errors import SourceError, UnknownNameError
from geo.packs import packs_folder
from geo.recipe import read_recipe

RECIPES = sorted(path.stem for path in (packs_folder() / "recipes").glob("*.toml"))

SOURCES = """
[sources.streets]
file = "town/streets.osm"
publisher = "Somebody"
title = "Streets"
vintage = "2021"
licence = "ODbL-1.0"
attribution = "© Somebody"
"""
RECIPE = (
    """
code = "town"
name = "A Town"
lad_code = "E06000000"
crs = "EPSG:32631"
credit = "© Somebody"
network_margin_m = 3000
streets = "streets"
homes = {}

[[levels]]
name = "lsoa"
label = "quarter"
plural = "quarters"
source = "streets"
code = "id"

[[levels]]
name = "ward"
label = "district"
plural = "districts"
source = "streets"
code = "id"

[[baselines]]
name = "census"
label = "Census"
kind = "census"
year = "2021"
source = "streets"
series = "census"
series_label = "Census"
definition = "Counted"
tables = [{source = "streets", code = "id", measures = {population = "all"}}]

[[services]]
source = "streets"
reader = "table"
"""
    + SOURCES
    + """
[[controls]]
baseline = "census"
measure = "population"
group = "borough"
value = 10
stated_by = "Census"
"""
)


@pytest.fixture
def write_recipe(tmp_path):
    (tmp_path / "recipes").mkdir()

    def write(text, name="town"):
        (tmp_path / "recipes" / f"{name}.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_recipe_is_read(write_recipe):
    recipe = read_recipe("town", write_recipe(RECIPE))
    assert (recipe.code, recipe.name, recipe.lad_code, recipe.crs) == ("town", "A Town", "E06000000", "EPSG:32631")
    assert (recipe.network_margin_m, recipe.services_margin_m, recipe.currency) == (3000.0, 3500.0, "GBP")
    assert recipe.credit == "© Somebody"
    assert [control["value"] for control in recipe.controls] == [10]
    assert (recipe.strategy, recipe.groups, recipe.base_map) == ("", (), None)
    source = recipe.sources["streets"]
    assert (source.key, source.file, source.note) == ("streets", "town/streets.osm", "")


def test_unknown_recipe_lists_the_others(write_recipe):
    root = write_recipe(RECIPE)
    write_recipe(RECIPE, name="village")
    with pytest.raises(UnknownNameError, match="unknown area to build 'city'; valid: town, village"):
        read_recipe("city", root)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('code = "town"', "code = town", "not TOML"),
        ('name = "A Town"', "", "name is missing"),
        ('licence = "ODbL-1.0"', "", "licence is missing"),
        ('licence = "ODbL-1.0"', 'licence = "ODbL-1.0"\ncolour = "red"', "colour"),
        ("network_margin_m = 3000", 'network_margin_m = "wide"', "network_margin_m must be a number"),
        ('code = "town"', 'code = "city"', "must be the name of the file, 'town'"),
        ("EPSG:32631", "EPSG:4326", "is not a grid in metres"),
        ("EPSG:32631", "EPSG:1", "is not a coordinate system"),
        ('name = "lsoa"', 'name = "oa"', "levels are oa, ward"),
        ('streets = "streets"', 'streets = "roads"', "streets names the source 'roads'.* it has: streets"),
        ('kind = "census"', 'kind = "stated"', "is stated: it needs pattern and calibrated"),
        ('tables = [{source = "streets", code = "id", measures = {population = "all"}}]', "", "at least one table"),
        ('code = "id", measures', 'code = "id", level = "ward", measures', "need spread_by"),
        ('code = "id", measures', 'code = "id", fill = true, measures', "fill is for the finest level"),
    ],
)
def test_faulty_recipe_is_named_with_its_fault(write_recipe, old, new, words):
    with pytest.raises(SourceError, match=r"town\.toml") as caught:
        read_recipe("town", write_recipe(RECIPE.replace(old, new)))
    assert re.search(words, str(caught.value))


@pytest.mark.parametrize("name", RECIPES)
def test_recipes_credit_everybody(name):
    recipe = read_recipe(name)
    assert recipe.network_margin_m >= 2000
    for source in recipe.sources.values():
        assert source.publisher
        assert source.title
        assert source.vintage
        assert source.licence
        assert source.attribution
        assert not source.file.startswith("/")


@pytest.mark.sources
@pytest.mark.parametrize("name", RECIPES)
def test_every_file_of_a_recipe_is_there(sources_dir, name):
    asked = [source.file for source in read_recipe(name).sources.values() if not source.optional]
    missing = [file for file in asked if not (sources_dir / file).is_file()]
    assert not missing


def test_every_key_of_a_recipe_stands_in_the_table_for_newcomers():
    """CONTRIBUTING tells what each key means."""
    told = (packs_folder().parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    modules = (geo.recipe, geo.recipe_counts)
    kinds = {
        value
        for module in modules
        for value in vars(module).values()
        if is_dataclass(value) and value.__module__ == module.__name__
    }
    keys = {field.name for kind in kinds for field in fields(kind)} - {"key"}
    assert len(keys) > 60
    assert not sorted(key for key in keys if f"`{key}`" not in told)
