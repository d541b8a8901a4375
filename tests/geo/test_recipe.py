"""The recipe of an area pack."""

import pytest

from geo.errors import SourceError, UnknownNameError
from geo.recipe import read_recipe

RECIPE = """
code = "town"
name = "A Town"
lad_code = "E06000000"
network_margin_m = 4000
services_margin_m = 3500

[sources.streets]
file = "town/streets.osm"
publisher = "Somebody"
title = "Streets"
vintage = "2021"
licence = "ODbL-1.0"
attribution = "© Somebody"

[[controls]]
baseline = "census_2011"
measure = "population"
group = "borough"
value = 10
stated_by = "Census"
"""


@pytest.fixture
def write_recipe(tmp_path):
    (tmp_path / "recipes").mkdir()

    def write(text, name="town"):
        (tmp_path / "recipes" / f"{name}.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_recipe_is_read(write_recipe):
    recipe = read_recipe("town", write_recipe(RECIPE))
    assert (recipe.code, recipe.name, recipe.lad_code) == ("town", "A Town", "E06000000")
    assert (recipe.network_margin_m, recipe.services_margin_m) == (4000.0, 3500.0)
    assert recipe.core_childrens_centres == ()
    assert [control["value"] for control in recipe.controls] == [10]
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
        ('name = "A Town"', "", "name"),
        ("network_margin_m = 4000", "", "network_margin_m"),
        ('licence = "ODbL-1.0"', "", "licence"),
        ('licence = "ODbL-1.0"', 'licence = "ODbL-1.0"\ncolour = "red"', "colour"),
        ("network_margin_m = 4000", 'network_margin_m = "wide"', "network_margin_m|wide"),
    ],
    ids=["not TOML", "no name", "no margin", "source lacks a key", "source has an unknown key", "not a number"],
)
def test_faulty_recipe_is_named_with_its_fault(write_recipe, old, new, words):
    with pytest.raises(SourceError, match=r"town\.toml") as caught:
        read_recipe("town", write_recipe(RECIPE.replace(old, new)))
    assert any(word in str(caught.value) for word in words.split("|"))


def test_recipe_of_southend_credits_everybody():
    recipe = read_recipe("southend")
    assert recipe.code == "southend"
    assert recipe.network_margin_m >= 2000
    for source in recipe.sources.values():
        assert source.publisher
        assert source.title
        assert source.vintage
        assert source.licence
        assert source.attribution
        assert not source.file.startswith("/")


@pytest.mark.sources
def test_every_file_of_the_recipe_is_there(sources_dir):
    missing = [s.file for s in read_recipe("southend").sources.values() if not (sources_dir / s.file).is_file()]
    assert not missing
