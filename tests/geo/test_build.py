"""The builder: the committed pack is what it makes of the publishers' files, to the byte."""

import json
import shutil
import zipfile
from hashlib import sha256

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from geo.build import build_pack
from geo.errors import SourceError, UnknownNameError
from geo.packs import FILES, packs_folder
from geo.reconcile import check_pack

SHIPPED = ("southend", "blackpool", "newport")
COMMITTED = packs_folder() / "southend"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A folder of packs with the recipes and nothing else."""
    folder = tmp_path_factory.mktemp("packs")
    shutil.copytree(packs_folder() / "recipes", folder / "recipes")
    return folder


@pytest.fixture(scope="module", params=SHIPPED)
def built(root, sources_dir, request):
    """Each pack built again, once for all tests, and the steps that the builder told of."""
    told = []
    folder = build_pack(request.param, sources_dir, root=root, progress=lambda *step: told.append(step))
    return folder, told


def committed(folder):
    """The pack that is shipped for the area of a built one."""
    return packs_folder() / folder.name


def written_alike(a, b):
    """Whether two Parquet files come from the same versions of the libraries, whose bytes may differ otherwise."""

    def versions(path):
        metadata = pq.read_metadata(path)
        about = json.loads((metadata.metadata or {}).get(b"pandas", b"{}"))
        return metadata.created_by, about.get("pandas_version")

    return versions(a) == versions(b)


@pytest.mark.sources
@pytest.mark.parametrize("file", [file for file in FILES if file.endswith(".parquet")])
def test_building_again_gives_the_committed_table(built, file):
    new, old = built[0] / file, committed(built[0]) / file
    if written_alike(new, old):
        assert new.read_bytes() == old.read_bytes(), f"{file} is not what the builder makes now: build the pack again"
    elif "geometry" in pq.read_schema(old).names:
        a, b = gpd.read_parquet(new), gpd.read_parquet(old)
        assert (a.geometry.to_wkb() == b.geometry.to_wkb()).all()
        pd.testing.assert_frame_equal(
            pd.DataFrame(a.drop(columns="geometry")), pd.DataFrame(b.drop(columns="geometry"))
        )
    else:
        pd.testing.assert_frame_equal(pd.read_parquet(new), pd.read_parquet(old))


@pytest.mark.sources
def test_building_again_gives_the_committed_streets(built):
    with np.load(built[0] / "network.npz") as new, np.load(committed(built[0]) / "network.npz") as old:
        assert new.files == old.files
        for name in old.files:
            assert new[name].dtype == old[name].dtype
            assert np.array_equal(new[name], old[name]), name


@pytest.mark.sources
@pytest.mark.parametrize("file", ["provenance.json", "strategy.json", "LICENCES.md"])
def test_building_again_gives_the_committed_documents(built, file):
    assert (built[0] / file).read_bytes() == (committed(built[0]) / file).read_bytes()


@pytest.mark.sources
def test_building_again_gives_the_committed_manifest(built):
    new, old = (
        json.loads((folder / "pack.json").read_text(encoding="utf-8")) for folder in (built[0], committed(built[0]))
    )
    new_files, old_files = new.pop("files"), old.pop("files")
    assert new == old
    assert set(new_files) == set(old_files) == set(FILES)


@pytest.mark.sources
def test_built_pack_is_whole_light_and_alone(built, root):
    folder, told = built
    assert folder.parent == root
    pack, lines = check_pack(folder.name, root)
    assert all(line.holds for line in lines)
    assert sum(path.stat().st_size for path in folder.iterdir()) < 8_000_000
    assert {path.name for path in root.iterdir()} <= {"recipes", *SHIPPED}, "scratch folders are left behind"
    numbers = [number for _, number, _ in told]
    assert numbers == list(range(1, len(told) + 1))
    assert {count for _, _, count in told} == {len(told)}
    assert pack.manifest.network.edges == pack.network.n_edges


@pytest.mark.sources
def test_every_file_of_a_source_is_recorded_with_its_checksum(built, sources_dir):
    sources = json.loads((built[0] / "provenance.json").read_text(encoding="utf-8"))["sources"]
    for source in sources:
        if not source["given"]:
            assert (source["sha256"], source["rows"]) == ("", 0)
            assert not (sources_dir / source["file"]).exists()
            continue
        assert source["sha256"] == sha256((sources_dir / source["file"]).read_bytes()).hexdigest(), source["key"]
        assert source["rows_read"] >= 0
        assert source["rows"] > 0, source["key"]


def test_recipe_that_does_not_exist_is_refused(root, tmp_path):
    with pytest.raises(UnknownNameError, match="southend"):
        build_pack("southland", tmp_path, root=root)


def test_folder_of_sources_that_does_not_exist_is_named(root, tmp_path):
    with pytest.raises(SourceError, match="nowhere"):
        build_pack("southend", tmp_path / "nowhere", root=root)


def test_failed_build_names_the_missing_file_and_leaves_the_old_pack(tmp_path):
    shutil.copytree(packs_folder() / "recipes", tmp_path / "packs" / "recipes")
    shutil.copytree(COMMITTED, tmp_path / "packs" / "southend")
    before = {path.name: path.read_bytes() for path in COMMITTED.iterdir()}
    (tmp_path / "sources").mkdir()
    with pytest.raises(SourceError, match=r"strategy\.toml"):
        build_pack("southend", tmp_path / "sources", root=tmp_path / "packs")
    after = {path.name: path.read_bytes() for path in (tmp_path / "packs" / "southend").iterdir()}
    assert after == before
    assert sorted(path.name for path in (tmp_path / "packs").iterdir()) == ["recipes", "southend"]


@pytest.mark.sources
@pytest.mark.parametrize("built", ["newport"], indirect=True)
def test_a_welsh_city_is_built_from_its_own_sources(built, root, sources_dir):
    """Other codes, an index of its own, no list of postcodes, and streets of the core alone in the binary form."""
    pack, _ = check_pack("newport", root)
    mid_2020 = pd.read_csv(sources_dir / "newport" / "statistics" / "mid_year_population_lsoa.csv")
    assert pack.measure("children_0_3", "mid_2020").sum() == pytest.approx(mid_2020["age0_3_2020"].sum())
    assert len(pack.wards) == 20
    assert len(pack.lsoas) == len(mid_2020) == 95
    assert len(pack.demand) == 475
    assert pack.main_index().label == "Deprivation score (WIMD 2019)"
    found = pack.services["category"].value_counts()
    assert found["pharmacy"] == 12
    assert found["gp_practice"] == 7
    assert (pack.basemap["layer"] == "water").any()
    off = pack.manifest.network.modes["walk_pram"].homes.off_network
    assert 100 < len(off) < 200, "the outer divisions have no streets in the file"


@pytest.mark.sources
@pytest.mark.parametrize("built", ["newport"], indirect=True)
def test_a_published_timetable_is_in_the_pack(built, root, sources_dir):
    """Against the feed itself: every route of the pack is one of its routes, and most of its trips are there."""
    with zipfile.ZipFile(sources_dir / "newport" / "gtfs_2023-06-13.zip") as archive:
        trips = archive.read("trips.txt").count(b"\n")
    pack, _ = check_pack("newport", root)
    assert {one.status for one in pack.timetable.routes} == {"published"}
    assert {one.source for one in pack.timetable.routes} == {"bus_times"}
    assert trips // 2 <= pack.timetable.n_trips <= trips
    assert {row["key"]: row["rows"] for row in pack.provenance["sources"]}["bus_times"] > 0
