"""The first recipe of a new area."""

import pytest

from geo.errors import InputError
from geo.new_recipe import check_name, missing_parts, recipe_text, usual_answers
from geo.recipe import read_recipe


def answers(**changes):
    given = {
        **usual_answers(),
        "code": "my-town",
        "name": 'My "own" Town',
        "lad_code": "E06000001",
        "folder": "town",
        "has_oa": True,
        "postcodes": True,
        "counts_code": "code",
        "year": "2021",
        "targets": "East, West End",
    }
    return {**given, **changes}


def written(root, **changes):
    (root / "recipes").mkdir(exist_ok=True)
    (root / "recipes" / "my-town.toml").write_text(recipe_text(answers(**changes)), encoding="utf-8")
    return read_recipe("my-town", root)


def test_what_is_written_is_a_recipe(tmp_path):
    recipe = written(tmp_path)
    assert (recipe.code, recipe.name) == ("my-town", 'My "own" Town')
    assert [level.name for level in recipe.levels] == ["oa", "lsoa", "ward"]
    assert recipe.groups[0].wards == ("East", "West End")
    assert recipe.baselines[0].tables[0].measures == {"children_0_3": "children_0_3", "population": "population"}
    assert recipe.base_map.land == ("north", "east", "south", "west")


def test_what_there_is_not_is_left_out(tmp_path):
    recipe = written(tmp_path, has_oa=False, postcodes=False, targets=" ", land="east")
    assert [level.name for level in recipe.levels] == ["lsoa", "ward"]
    assert (recipe.groups, recipe.homes.source) == ((), "")
    assert "postcodes" not in recipe.sources
    assert recipe.base_map.land == ("east",)


def test_what_is_missing_is_listed_until_it_is_there(tmp_path):
    recipe = written(tmp_path)
    lines = missing_parts("my-town", tmp_path, tmp_path)
    assert "definition of the baseline counts_2021: still to be filled in" in lines
    assert "town/counts.csv: put the file there (counts: Counts by small area)" in lines
    assert sum("put the file there" in line for line in lines) == len(recipe.sources)
    (tmp_path / "town").mkdir()
    for source in recipe.sources.values():
        (tmp_path / source.file).write_text("x", encoding="utf-8")
    (tmp_path / "town" / "counts.csv").write_text("", encoding="utf-8")
    path = tmp_path / "recipes" / "my-town.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("fill in", "known"), encoding="utf-8")
    assert missing_parts("my-town", tmp_path, tmp_path) == ["town/counts.csv: is empty; fetch it again (counts)"]


def test_a_recipe_with_a_fault_says_so(tmp_path):
    written(tmp_path)
    path = tmp_path / "recipes" / "my-town.toml"
    path.write_text(path.read_text(encoding="utf-8") + "colour = 1\n", encoding="utf-8")
    assert "colour" in missing_parts("my-town", None, tmp_path)[0]


@pytest.mark.parametrize("name", ["My Town", "../town", "", "words", "9town"])
def test_a_short_name_can_be_that_of_a_file(name):
    with pytest.raises(InputError, match="cannot be the short name"):
        check_name(name)


def test_a_side_that_is_none_is_refused():
    with pytest.raises(InputError, match="'up' is not a side of the map"):
        recipe_text(answers(land="up"))
