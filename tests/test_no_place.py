"""No place, year or grid of one area is in code: they are data, so that another town needs no change to a program.

The names are read from the packs themselves, so a new pack is held to the same rule.
"""

import json
import re
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pytest

from geo.packs import list_packs, packs_folder
from geo.services import CATEGORIES

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("analysis", "commands", "drawing", "geo", "pages", "reports", "store", "ui", "wording", ".streamlit")
ENDINGS = {".py", ".typ", ".toml", ".css", ".js", ".html", ".mako"}
NOT_SHIPPED = {"geo.egg-info", "__pycache__"}
YEAR = re.compile(r"(?<![\d.#])(?<!\\u)(?<!0x)(?:19|20)\d\d(?!\d|\.\d)")
NO_YEARS = re.compile(r"w3\.org/(?:19|20)\d\d|\d{4}-\d\d-\d\d|schema/\d{4}-\d\d|©.*")
"""Names of standards, examples of how a date is written, and copyright."""
OTHER_YEARS = {
    "analysis/gaps/ranges.py": {"2014"},  # a seed
    "reports/office.py": {"1980"},  # the first year that a .zip can say
    "pages/accessibility.py": {"2026"},  # when the statement was prepared
}
GRID = re.compile(r"epsg\W{0,3}(\d{4,5})|\b(27700|2157|29902|29903)\b", re.IGNORECASE)
WORLD_GRIDS = {"4326", "3857"}
"""Degrees, and the projection of every web map: of no area."""


def files() -> list[Path]:
    """Every file of the program that somebody wrote, data aside."""
    inside = [path for part in PARTS for path in (ROOT / part).rglob("*") if path.suffix in ENDINGS]
    return sorted([ROOT / "app.py", ROOT / "cli.py", ROOT / "run.py", *inside])


def common_words() -> set[str]:
    """Words of our own sentences, and of the kinds of service: a ward that is called Park cannot be told from them."""
    words = json.dumps(tomllib.loads((ROOT / "data" / "words" / "en.toml").read_text(encoding="utf-8")))
    kinds = " ".join(f"{kind.label} {kind.plural}" for kind in CATEGORIES.values())
    return set(re.findall(r"[a-z]+", f"{words} {kinds}".replace("\\n", " ")))


def names_of(area: str) -> set[str]:
    """Names that belong to one area: its own, those of its wards and parts, of its strategy, programmes and groups."""
    folder = packs_folder() / area
    pack = json.loads((folder / "pack.json").read_text(encoding="utf-8"))
    strategy = json.loads((folder / "strategy.json").read_text(encoding="utf-8"))
    wards = gpd.read_parquet(folder / "areas.parquet")
    wards = wards[wards["level"] == "ward"]
    parts = gpd.read_parquet(folder / "basemap.parquet")
    groups = [group["label"] for group in pack["particulars"]["groups"] if group["name"] != "target"]
    programmes = [re.sub(r" \(.*\)", "", one["name"]) for one in strategy.get("programmes", [])]
    codes = [pack["lad_code"], *(wards.index if wards.index.name == "code" else wards["code"])]
    found = {pack["code"], pack["name"], strategy.get("name", ""), *strategy.get("other_sites", ())}
    found |= {*wards["name"], *parts.loc[parts["layer"] == "place", "name"], *groups, *programmes, *codes}
    return {str(name) for name in found if name}


def pattern_of(names: set[str], common: set[str]) -> re.Pattern[str]:
    """Match any of the names as whole words, in any case; not the ones that are common words."""
    known = sorted((name for name in names if name.casefold() not in common), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, known))})(?![a-z])", re.IGNORECASE)


def lines() -> Iterator[tuple[str, str]]:
    """Every line of those files, with its file and number."""
    for path in files():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            yield f"{path.relative_to(ROOT)}:{number}", line


def code() -> Iterator[tuple[str, str, str]]:
    """Every name, number and text of the Python files, with its file and place; no comments and no docstrings."""
    for path in (path for path in files() if path.suffix == ".py"):
        where = str(path.relative_to(ROOT))
        begins = True
        with tokenize.open(path) as source:
            for token in tokenize.generate_tokens(source.readline):
                if token.type in (tokenize.NAME, tokenize.NUMBER) or (token.type == tokenize.STRING and not begins):
                    yield where, f"{where}:{token.start[0]}", token.string
                if token.type not in (tokenize.COMMENT, tokenize.NL):
                    begins = token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING)


@pytest.mark.parametrize("area", list_packs())
def test_no_name_of_an_area_is_in_code(area: str) -> None:
    names = names_of(area)
    assert len(names) > 15, "the names are found"
    named = pattern_of(names, common_words())
    faults = [f"{where} names {found[0]}: {line.strip()}" for where, line in lines() for found in named.finditer(line)]
    assert not faults, "\n".join(faults)


def test_no_year_is_in_code() -> None:
    faults = [
        f"{where} says {found[0]}: {text}"
        for file, where, text in code()
        for found in YEAR.finditer(NO_YEARS.sub("", text))
        if found[0] not in OTHER_YEARS.get(file, ())
    ]
    assert not faults, "\n".join(faults)


def test_no_grid_of_an_area_is_in_code() -> None:
    faults = [
        f"{where} names the grid {grid}: {line.strip()}"
        for where, line in lines()
        for one, other in GRID.findall(line)
        if (grid := one or other) not in WORLD_GRIDS
    ]
    assert not faults, "\n".join(faults)


def test_the_rules_find_what_they_are_to_find() -> None:
    named = pattern_of({"Old Town", "Park", "southend", "E05002216"}, common_words())
    for text in ('area = "southend"', "# in Old Town's centre", "?ward=old town", "E05002216", "Southend-on-Sea"):
        assert named.search(text), text
    for text in ("Oldtown", "a park", "GOLD TOWNS"):
        assert not named.search(text), text
    for text in ('"census_2011"', '"imd2019_score"', '"since 2019"', "2019", '"Census 2011."', '"2019/20"'):
        assert YEAR.search(NO_YEARS.sub("", text)), text
    for text in (
        "2000.0",
        "20190",
        "0x2028",
        r"\u2068",
        '"#2073BC"',
        '"http://www.w3.org/2000/svg"',
        '"such as 2026-05-31"',
    ):
        assert not YEAR.search(NO_YEARS.sub("", text)), text
    for text in ("EPSG:27700", "epsg=27700", "to_crs(27700)", "EPSG:3035"):
        assert GRID.search(text), text
    assert len({file for file, _, _ in code()}) > 250
    texts = [text for file, _, text in code() if file == "app.py"]
    assert "set_page_config" in texts
    assert not any("entry of the dashboard" in text for text in texts), "docstrings are left out"
