"""The licences that a pack's sources come under, as the text that is kept beside the pack."""

from collections.abc import Collection

from geo.recipe import Recipe


def licence_text(recipe: Recipe, without: Collection[str] = ()) -> str:
    """Return the text of a pack's ``LICENCES.md``: what its sources are and how each must be credited.

    Parameters
    ----------
    recipe
        What the pack is built from.
    without
        Keys of optional sources that were not there.
    """
    lines = [
        f"# Licences of the data of {recipe.name}",
        "",
        "This pack is compiled from the sources below by the project's own builder. Keep the attributions with any",
        "copy or picture made from it. OGL-UK-3.0 is the Open Government Licence v3.0; ODbL-1.0 is the Open Database",
        "Licence, under which a database derived from OpenStreetMap must be offered again.",
        "",
    ]
    for source in (source for key, source in recipe.sources.items() if key not in without):
        note = f" {source.note}" if source.note else ""
        lines += [
            f"- **{source.title}** ({source.vintage}), {source.publisher}. Licence: {source.licence}. "
            f"Attribution: “{source.attribution}”.{note}"
        ]
    return "\n".join(lines) + "\n"
