"""The text of licences beside a pack, made again from its recipe."""

from geo.licences import licence_text
from geo.packs import open_pack, packs_folder
from geo.recipe import read_recipe


def test_the_text_beside_the_pack_is_that_of_its_recipe():
    recipe = read_recipe("southend")
    rows = open_pack("southend").provenance["sources"]
    absent = [row["key"] for row in rows if not row["given"]]
    text = licence_text(recipe, without=absent)
    assert text == (packs_folder() / "southend" / "LICENCES.md").read_text(encoding="utf-8")
    assert all((source.title in text) == (key not in absent) for key, source in recipe.sources.items())
