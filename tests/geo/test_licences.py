"""The text of licences beside a pack, made again from its recipe."""

from geo.licences import licence_text
from geo.packs import packs_folder
from geo.recipe import read_recipe


def test_the_text_beside_the_pack_is_that_of_its_recipe():
    recipe = read_recipe("southend")
    text = licence_text(recipe)
    assert text == (packs_folder() / "southend" / "LICENCES.md").read_text(encoding="utf-8")
    assert all(source.attribution in text for source in recipe.sources.values())
