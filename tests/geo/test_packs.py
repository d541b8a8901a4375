"""Opening and checking a pack: whole, missing, cut short, changed, and of another schema."""

import json
import shutil

import pytest

from geo.errors import InputError, PackError, UnknownNameError
from geo.packs import FILES, SCHEMA_VERSION, area_names, default_area, file_digest, list_packs, open_pack, packs_folder
from geo.reconcile import check_pack

COMMITTED = packs_folder() / "southend"


@pytest.fixture
def root(tmp_path):
    """A folder of packs with a copy of Southend that a test may damage."""
    shutil.copytree(COMMITTED, tmp_path / "southend")
    return tmp_path


def rewrite_manifest(root, **changes):
    path = root / "southend" / "pack.json"
    manifest = {**json.loads(path.read_text(encoding="utf-8")), **changes}
    path.write_text(json.dumps(manifest), encoding="utf-8")


def sign(root, file):
    """Give the manifest the checksum that a changed file has now."""
    files = json.loads((root / "southend" / "pack.json").read_text(encoding="utf-8"))["files"]
    rewrite_manifest(root, files={**files, file: file_digest(root / "southend" / file)})


def test_committed_pack_is_whole():
    pack, lines = check_pack("southend")
    assert pack.name == "Southend-on-Sea"
    assert all(line.holds for line in lines)


def test_pack_is_light():
    assert sum(path.stat().st_size for path in COMMITTED.iterdir()) < 8_000_000
    assert {path.name for path in COMMITTED.iterdir()} == {*FILES, "pack.json", "LICENCES.md"}


def test_digest_changes_with_any_file(root):
    before = open_pack("southend", root).digest
    path = root / "southend" / "provenance.json"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(PackError, match=r"provenance\.json .* was changed or damaged since it was built"):
        open_pack("southend", root)
    sign(root, "provenance.json")
    assert open_pack("southend", root).digest != before


# --- names ------------------------------------------------------------------------------------------------------------


def test_unknown_area_lists_the_packs(root):
    assert list_packs(root) == ["southend"]
    with pytest.raises(UnknownNameError, match="unknown area 'southland'; valid: southend"):
        open_pack("southland", root)
    with pytest.raises(PackError, match=r"no area packs were found in .*southend: set REACH_DATA"):
        check_pack("southend", root / "southend")


def test_folder_of_packs_can_be_named(root, monkeypatch):
    monkeypatch.setenv("REACH_DATA", str(root / "nowhere"))
    assert list_packs() == []
    monkeypatch.setenv("REACH_DATA", str(root))
    assert list_packs() == ["southend"]


def test_measure_without_a_record_is_a_damaged_pack(root):
    path = root / "southend" / "provenance.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**record, "measures": []}), encoding="utf-8")
    sign(root, "provenance.json")
    with pytest.raises(PackError, match=r"strategy\.population"):
        open_pack("southend", root).measure_record("population", "strategy")


# --- damage -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES)
def test_missing_file_is_named(root, file):
    (root / "southend" / file).unlink()
    for look in (open_pack, check_pack):
        with pytest.raises(PackError, match=f"lacks {file}; build it again"):
            look("southend", root)


def test_all_missing_files_are_named_at_once(root):
    for file in ("demand.parquet", "network.npz"):
        (root / "southend" / file).unlink()
    with pytest.raises(PackError, match=r"lacks demand\.parquet, network\.npz"):
        open_pack("southend", root)


@pytest.mark.parametrize("file", [*FILES, "pack.json"])
@pytest.mark.parametrize("keep", [0.0, 0.5, 0.98])
def test_file_cut_short_is_named(root, file, keep):
    path = root / "southend" / file
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises(PackError, match=file):
        check_pack("southend", root)


@pytest.mark.parametrize("file", FILES)
def test_changed_byte_is_named(root, file):
    path = root / "southend" / file
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0x01
    path.write_bytes(content)
    with pytest.raises(PackError, match=file):
        check_pack("southend", root)


@pytest.mark.parametrize("file", ["areas.parquet", "measures.parquet", "services.parquet", "basemap.parquet"])
def test_table_of_another_kind_in_its_place_is_named(root, file):
    """A whole file with the wrong content: a mix-up while copying."""
    shutil.copy(root / "southend" / "postcodes.parquet", root / "southend" / file)
    with pytest.raises(PackError, match=file):
        check_pack("southend", root)
    with pytest.raises(PackError, match=file):
        open_pack("southend", root)


@pytest.mark.parametrize("text", ["[]", "null", '"pack"', "{", ""])
def test_manifest_that_is_no_object_is_named(root, text):
    (root / "southend" / "pack.json").write_text(text, encoding="utf-8")
    with pytest.raises(PackError, match=r"pack\.json"):
        open_pack("southend", root)


@pytest.mark.parametrize("version", [0, 1, 2, 3, None, "4"])
def test_other_schema_says_which_and_what_to_do(root, version):
    rewrite_manifest(root, schema_version=version)
    with pytest.raises(PackError, match=f"has schema {version}, this version reads {SCHEMA_VERSION}; build it again"):
        open_pack("southend", root)


@pytest.mark.parametrize("key", ["files", "controls", "network", "name"])
def test_manifest_without_a_key_is_a_damaged_pack(root, key):
    path = root / "southend" / "pack.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    del manifest[key]
    path.write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(
        PackError, match=rf"pack\.json of the pack 'southend' is damaged \(pack\.json: {key} is missing"
    ):
        check_pack("southend", root)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"files": []}, r"pack\.json: files must be a table, not \[\]"),
        ({"files": {"areas.parquet": 7}}, r"pack\.json, files: areas\.parquet must be a text, not 7"),
        ({"controls": [{"baseline": "strategy"}]}, r"pack\.json, controls 1: measure is missing"),
        ({"network": {"nodes": 1.5}}, r"pack\.json, network: nodes must be a whole number, not 1\.5"),
        ({"name": None}, r"pack\.json: name must be a text, not None"),
        ({"colour": "red"}, r"pack\.json: colour is not one of the keys that there are"),
    ],
)
def test_manifest_with_a_wrong_value_is_a_damaged_pack_and_says_where(root, changes, said):
    rewrite_manifest(root, **changes)
    with pytest.raises(PackError, match=said):
        open_pack("southend", root)


def test_checksums_in_the_manifest_are_those_of_the_files():
    files = json.loads((COMMITTED / "pack.json").read_text(encoding="utf-8"))["files"]
    assert files == {file: file_digest(COMMITTED / file) for file in FILES}


# --- which area -------------------------------------------------------------------------------------------------------


def test_the_area_is_that_of_the_setting_or_the_only_one(root, monkeypatch):
    monkeypatch.delenv("REACH_AREA", raising=False)
    assert default_area(root) == "southend"
    monkeypatch.setenv("REACH_AREA", "atlantis")
    with pytest.raises(UnknownNameError, match="unknown area in the setting REACH_AREA 'atlantis'; valid: southend"):
        default_area(root)
    (root / "whole").mkdir()
    (root / "whole" / "pack.json").write_text('{"name": "Abbot\'s Whole"}', encoding="utf-8")
    monkeypatch.setenv("REACH_AREA", " southend ")
    assert default_area(root) == "southend"
    monkeypatch.setenv("REACH_AREA", "")
    with pytest.raises(InputError, match="--area or the setting REACH_AREA; there are: southend, whole"):
        default_area(root)
    (root / "areas.toml").write_text('usual = "whole"', encoding="utf-8")
    assert default_area(root) == "whole"
    (root / "areas.toml").write_text('usual = "atlantis"', encoding="utf-8")
    with pytest.raises(InputError, match="there are: southend, whole"):
        default_area(root)
    assert list(area_names(root).items()) == [("whole", "Abbot's Whole"), ("southend", "Southend-on-Sea")]
    (root / "whole" / "pack.json").write_text("{", encoding="utf-8")
    assert area_names(root)["whole"] == "whole"


def test_without_a_pack_no_area_is_meant(root, monkeypatch):
    monkeypatch.setenv("REACH_AREA", "southend")
    with pytest.raises(PackError, match="set REACH_DATA"):
        default_area(root / "nowhere")
