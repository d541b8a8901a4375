"""A town that nobody tuned for is built from its recipe alone; and a broken file never makes a quiet pack."""

import gzip
import os
import shutil

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import pytest

from analysis.travel.access import Access
from geo.build import build_pack
from geo.builder.writing import sweep
from geo.errors import SourceError
from geo.network.modes import MODES
from geo.packs import open_pack
from geo.reconcile import check_pack
from geo.sources.osm import read_graph
from tests.geo.made_town import GRID, MadeTown, make_town
from tests.samples import Oracle, streets_of_graph


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    town = make_town(tmp_path_factory.mktemp("made"))
    build_pack("madetown", town.sources, root=town.root)
    return town


@pytest.fixture(scope="module")
def pack(built):
    return open_pack("madetown", built.root)


@pytest.fixture
def town(built, tmp_path):
    """A copy of the town with its pack, to break."""
    shutil.copytree(built.root, tmp_path / "packs")
    shutil.copytree(built.sources, tmp_path / "sources")
    return MadeTown(tmp_path / "packs", tmp_path / "sources")


def build(town):
    return build_pack("madetown", town.sources, root=town.root)


# --- the third place ---


def test_the_pack_has_what_the_recipe_says_and_nothing_else(built, pack):
    check_pack("madetown", built.root)
    assert (pack.name, pack.crs, pack.manifest.particulars.currency) == ("Made Town", GRID, "EUR")
    assert pack.manifest.particulars.credit == "© The register"
    assert [level.plural for level in pack.levels] == ["quarters", "districts"]
    assert pack.baselines == ["register_2024"]
    assert pack.main_index().label == "Hardship"
    assert pack.main_index("children") is None
    assert (pack.strategy, pack.target_wards, len(pack.ward_series)) == ({}, [], 0)
    assert pack.wards["name"].tolist() == ["Lower District", "Upper District"]
    assert pack.measure("population", "register_2024").sum() == pytest.approx(1000)
    assert pack.measure("children_0_3", "register_2024").sum() == pytest.approx(60)
    assert pack.scores["hardship_people"].tolist() == [100, 200, 300, 400]
    assert pack.services["category"].tolist() == ["gp_practice", "library", "pharmacy"]
    assert dict(zip(pack.services["name"], pack.services["vintage"], strict=True))["Dr Who"] == "2023"


@pytest.mark.parametrize("mode", ["walk_pram", "walk_adult", "cycle", "drive"])
def test_times_are_those_of_networkx_on_the_same_file(built, pack, mode):
    graph = read_graph(built.file("streets"), GRID)
    access = Access.of(pack, MODES[mode])
    sites = pack.services
    found = access.to_sites(sites, matrix=True).matrix_s
    want = Oracle.of(streets_of_graph(graph), mode).matrix_s(
        pack.demand_xy, sites[["easting", "northing"]].to_numpy(float)
    )
    assert np.isfinite(want).any(axis=0).all()
    # The streets of the pack end at its edge and are kept to the centimetre; those of the oracle are the whole file's.
    np.testing.assert_allclose(found, want, rtol=0, atol=0.05)


def test_streets_are_read_alike_in_every_form(built, tmp_path):
    plain = built.file("streets")
    packed, binary = tmp_path / "streets.osm.gz", tmp_path / "streets.osm.pbf"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    with osmium.SimpleWriter(str(binary)) as writer:
        for one in osmium.FileProcessor(str(plain)):
            writer.add(one)
    extent = open_pack("madetown", built.root).wards.union_all().buffer(600)
    lengths = [
        sorted(round(data["length"], 1) for _, _, data in read_graph(path, GRID, extent).edges(data=True))
        for path in (plain, packed, binary)
    ]
    assert lengths[0] == lengths[1]
    assert len(lengths[0]) == len(lengths[2])
    np.testing.assert_allclose(lengths[0], lengths[2], atol=0.2)  # the binary form keeps seven decimals of a degree


def test_another_town_in_the_same_file_is_left_out(built, tmp_path):
    """Streets 20 km away, as in an extract of a county, change nothing."""
    far = built.text("streets").replace("</osm>", "")
    far += '<node id="900" lat="51.3" lon="0.5" version="1"/><node id="901" lat="51.31" lon="0.5" version="1"/>'
    far += '<way id="900" version="1"><nd ref="900"/><nd ref="901"/><tag k="highway" v="residential"/></way></osm>'
    (tmp_path / "county.osm").write_text(far, encoding="utf-8")
    extent = open_pack("madetown", built.root).wards.union_all().buffer(600)
    assert len(read_graph(tmp_path / "county.osm", GRID, extent)) == len(
        read_graph(built.file("streets"), GRID, extent)
    )


def test_areas_stand_for_homes_where_there_is_no_list_of_addresses(town):
    text = town.recipe.read_text(encoding="utf-8")
    start, end = text.index("[homes]"), text.index("[[baselines]]")
    town.recipe.write_text(f"{text[:start]}[homes]\n\n{text[end:]}", encoding="utf-8")
    services = pd.read_csv(town.file("services")).iloc[:2]
    services.to_csv(town.file("services"), index=False)
    text = town.recipe.read_text(encoding="utf-8")
    town.recipe.write_text(
        text.replace('source = "services"\nreader', 'source = "services"\nmay_be_empty = true\nreader'),
        encoding="utf-8",
    )
    build(town)
    pack, _ = check_pack("madetown", town.root)
    assert pack.manifest.particulars.homes == "lsoa"
    assert pack.demand["postcode"].tolist() == ["Q1", "Q2", "Q3", "Q4"]
    assert len(pack.postcodes) == 0
    assert pack.measure("population", "register_2024").tolist() == [100, 200, 300, 400]


def test_counts_of_wards_are_spread_by_the_pattern_that_the_recipe_names(town):
    more = """
[[baselines.tables]]
source = "more"
code = "area"
level = "ward"
spread_by = "register_2024.population"
measures = {households = "homes"}

"""
    text = town.recipe.read_text(encoding="utf-8")
    source = text[text.index("[sources.counts]") : text.index("[sources.hardship]")]
    source = source.replace("sources.counts", "sources.more").replace("counts.csv", "more.csv")
    town.recipe.write_text(text.replace("[[indices]]", f"{more}[[indices]]") + "\n" + source, encoding="utf-8")
    (town.sources / "more.csv").write_text("area,homes\nD1,30\nD2,70\n", encoding="utf-8")
    build(town)
    pack = open_pack("madetown", town.root)
    assert pack.measures["register_2024.households"].tolist() == pytest.approx([10, 20, 30, 40])
    assert pack.measure_record("households", "register_2024")["status"]["ward"] == "census"
    assert pack.measure_record("households", "register_2024")["status"]["lsoa"] == "modelled"


# --- broken files ---


def _cut_quarter(town):
    frame = gpd.read_file(town.file("quarters"))
    frame.iloc[:3].to_file(town.file("quarters"), driver="GeoJSON")


def _wrong_crs(town):
    frame = gpd.read_file(town.file("quarters"))
    moved = frame.set_crs(32631, allow_override=True)
    stated = '"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "EPSG:32631"}}'
    text = moved.to_json(drop_id=True).replace('"type": "FeatureCollection"', stated, 1)
    town.rewrite("quarters", text)


def _replace(key, old, new):
    def broken(town):
        text = town.text(key)
        assert old in text
        town.rewrite(key, text.replace(old, new))

    return broken


def _bytes(key, content):
    return lambda town: town.file(key).write_bytes(content)


def _zipped_and_cut(town):
    text = town.recipe.read_text(encoding="utf-8").replace("streets.osm", "streets.osm.gz")
    town.recipe.write_text(text, encoding="utf-8")
    whole = gzip.compress(town.file("streets").read_bytes())
    (town.sources / "streets.osm.gz").write_bytes(whole[: len(whole) // 2])


BROKEN = {
    "a small area missing from the counts": (
        _replace("counts", "Q2,", "Q9,"),
        r"counts\.csv: 1 of 4 quarters have no row: Q2; it has codes that no boundary has, such as Q9: if these are .* "
        r"of another vintage",
    ),
    "one measure of a small area missing": (
        _replace("counts", "Q2,all,200.0\n", ""),
        r"counts\.csv: 1 of 4 quarters with every measure have no row: Q2",
    ),
    "a small area missing from the index": (
        _replace("hardship", "Q4,40\n", ""),
        r"hardship\.csv: 1 of 4 small areas have no row: Q4; add the rows",
    ),
    "a boundary missing": (_cut_quarter, r"D2|no smaller area|differ from their source"),
    "another CRS than is stated": (_wrong_crs, r"quarters\.geojson: states .*(metres).* look like degrees"),
    "0 bytes": (_bytes("hardship", b""), r"hardship\.csv: the file is empty, 0 bytes"),
    "a table of text that is no text": (_bytes("counts", b"\xff\xfe\x00a"), r"counts\.csv: line 1: not UTF-8 text"),
    "a truncated gzip": (_zipped_and_cut, r"streets\.osm\.gz: not readable as OpenStreetMap data"),
    "a line before the header": (
        lambda town: town.rewrite("hardship", "Hardship by quarter,\n" + town.text("hardship")),
        r"hardship\.csv: missing columns id, score",
    ),
    "a renamed column": (
        _replace("addresses", "pc,x,y", "pcd,x,y"),
        r"addresses\.csv: missing column pc; the file has",
    ),
    "moved columns": (
        _replace("addresses", "pc,x,y", "x,pc,y"),
        r"addresses\.csv: 120 values cannot be used\n  line 2, column pc",
    ),
    "a category that is not known": (
        _replace("services", "pharmacy,", "chemist,"),
        r"services\.csv: 1 value cannot be used\n  line 4, column category: 'chemist' is not one of",
    ),
    "a kind that is gone": (
        _replace("services", "library,", "pharmacy,"),
        r"services\.csv: none of the 1 services of the pack before were found again \(library\)",
    ),
    "a postcode that is not in the list": (
        lambda town: town.rewrite(
            "services", town.text("services") + "dentist,Teeth,ZZ9 9ZZ,,,\ndentist,Gums,ZZ9 9ZY,,,\n"
        ),
        r"services\.csv: 2 of 5 services could not be placed",
    ),
    "postcodes of another town": (
        _replace("addresses", ",X01", ",Y02"),
        r"addresses\.csv: no postcode has the authority X01; the file has Y02",
    ),
    "streets of another town": (
        lambda town: town.rewrite("streets", town.text("streets").replace('lat="51.', 'lat="41.')),
        r"streets\.osm: no way with a highway tag lies within the area",
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_file_fails_the_build_and_leaves_the_pack(town, fault):
    breaks, words = BROKEN[fault]
    before = {path.name: path.read_bytes() for path in (town.root / "madetown").iterdir()}
    breaks(town)
    with pytest.raises(SourceError, match=words):
        build(town)
    assert {path.name: path.read_bytes() for path in (town.root / "madetown").iterdir()} == before
    assert sorted(path.name for path in town.root.iterdir()) == ["madetown", "recipes"]


def test_a_byte_order_mark_changes_nothing(town):
    for key in ("addresses", "counts", "hardship", "services"):
        town.rewrite(key, "\ufeff" + town.text(key))
    before = (town.root / "madetown" / "demand.parquet").read_bytes()
    build(town)
    assert (town.root / "madetown" / "demand.parquet").read_bytes() == before


def test_every_row_is_accounted_for(pack):
    tallies = {source["key"]: source for source in pack.provenance["sources"]}
    for key, source in tallies.items():
        assert source["rows_read"] > 0, key
        assert source["rows_read"] >= source["rows"] >= 0
    assert (tallies["services"]["rows_read"], tallies["services"]["rows"]) == (3, 3)
    assert (tallies["addresses"]["rows_read"], tallies["addresses"]["rows"]) == (60, 60)
    assert tallies["streets"]["left_out"]["joined to nothing else"] > 0
    assert tallies["services"]["left_out"] == {}


def test_opening_hours_that_cannot_be_read_are_counted_and_taken_for_unknown(town):
    assert set(open_pack("madetown", town.root).services["opening_hours"]) == {""}
    table = pd.read_csv(town.file("services"), dtype=str, keep_default_na=False)
    hours = dict(zip(table["name"], ("Mo-Fr 09:00-17:00", "nine to five", ""), strict=True))
    table.assign(opening_hours=table["name"].map(hours)).to_csv(town.file("services"), index=False)
    build(town)
    pack = open_pack("madetown", town.root)
    kept = dict(zip(pack.services["name"], pack.services["opening_hours"], strict=True))
    assert kept == {name: "" if text == "nine to five" else text for name, text in hours.items()}
    (tally,) = [source for source in pack.provenance["sources"] if source["key"] == "services"]
    assert (tally["rows_read"], tally["rows"]) == (3, 3), "the services themselves stay"
    assert tally["left_out"] == {"opening hours that cannot be read": 1}


# --- what killed builds leave ---


def test_scratch_of_a_dead_build_is_swept_and_the_old_pack_put_back(town):
    dead = _dead_process()
    scratch = town.root / f".madetown-{dead}-abc"
    (scratch / "old").parent.mkdir()
    (town.root / "madetown").rename(scratch / "old")
    sweep(town.root / "madetown")
    assert not scratch.exists()
    check_pack("madetown", town.root)


def test_scratch_of_a_build_that_runs_stays(town):
    scratch = town.root / f".madetown-{os.getppid()}-abc"
    scratch.mkdir()
    sweep(town.root / "madetown")
    assert scratch.is_dir()


def _dead_process() -> int:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    return child
