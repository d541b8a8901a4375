"""What changed between two packs, against known edits, and reach against analysis.reach.reach asked alone."""

import io
import json
import shutil
import zipfile
from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest

from analysis.reach.basket import read_basket
from analysis.reach.reach import reach
from analysis.travel.access import Access
from analysis.trends import pack_summary
from analysis.trends.earlier_pack import earlier_of_file, read_earlier
from analysis.trends.pack_changes import pack_changes
from analysis.trends.pack_summary import from_json, summarise, to_json
from geo.errors import InputError, ReachError
from geo.network.modes import mode_named
from geo.packs import FILES, file_digest, open_pack, packs_folder
from wording.pack_changes import sentences

LIBRARY, MUSEUM = "lib-shoeburyness-library", "osm-n1045455152"
WEST_SHOEBURY, SHOEBURYNESS = "E05002228", "E05002222"


def rewrite(folder, *, services=None, measures=None, provenance=None):
    """Edit the tables of a pack as a builder would have written them, checksums and all."""
    for name, edit in (("services", services), ("measures", measures)):
        if edit is not None:
            path = folder / f"{name}.parquet"
            edit(pd.read_parquet(path)).to_parquet(path, compression="zstd", index=False)
    if provenance is not None:
        path = folder / "provenance.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        provenance(content)
        path.write_text(json.dumps(content), encoding="utf-8")
    path = folder / "pack.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["files"] = {file: file_digest(folder / file) for file in FILES}
    path.write_text(json.dumps(manifest), encoding="utf-8")


def services_before(rows):
    """Southend's services with known differences, put the other way round: the edits are what came after."""
    rows = rows.set_index("id", drop=False)
    library = rows.loc[LIBRARY]
    gone = rows.loc[rows["category"].eq("childrens_centre") & rows["ward"].ne("")].iloc[0].copy()
    gone[["id", "name", "ward", "easting", "northing"]] = [
        "gias-99999",
        "Old Shore Centre",
        *library[["ward", "easting", "northing"]],
    ]
    nurseries = rows.index[rows["category"].eq("nursery") & rows["ward"].ne("")]
    gps = rows.index[rows["category"].eq("gp_practice") & rows["ward"].ne("")]
    rows.loc[nurseries[0], "easting"] += 400.0
    rows.loc[nurseries[1], "easting"] += 20.0
    rows.loc[nurseries[2], "category"] = "soft_play"
    rows.loc[gps[0], "id"] = "ods-OLD"
    rows.loc[MUSEUM, "name"] = "Old Museum"
    rows = pd.concat([rows.drop(index=LIBRARY), gone.to_frame().T]).astype(
        {"easting": float, "northing": float, "trains_per_weekday": float}
    )
    services_before.ids = (nurseries[0], nurseries[1], nurseries[2], gps[0])
    return rows.reset_index(drop=True)


def measures_before(rows):
    rows = rows.copy()
    rows["mid_2020.children_0_3"] = rows["mid_2020.children_0_3"] * 2
    rows["mid_2019.population"] = rows["mid_2019.population"] * 3
    return rows


def provenance_before(content):
    for source in content["sources"]:
        if source["key"] == "gias":
            source.update(sha256="0" * 64, vintage="2020")
        if source["key"] == "naptan_rail":
            source["vintage"] = "once"
    content["sources"] = [source for source in content["sources"] if source["key"] != "hospitals"]
    for record in content["measures"]:
        if (record["measure"], record["baseline"]) == ("population", "mid_2019"):
            record["method"] = "Guessed."


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An earlier pack of Southend."""
    made = tmp_path_factory.mktemp("earlier") / "southend"
    shutil.copytree(packs_folder() / "southend", made)
    rewrite(made, services=services_before, measures=measures_before, provenance=provenance_before)
    return made


@pytest.fixture(scope="module")
def earlier(folder):
    return open_pack("southend", folder.parent)


@pytest.fixture(scope="module")
def before(folder):
    return read_earlier(folder)


@pytest.fixture(scope="module")
def after(pack):
    return summarise(pack)


@pytest.fixture(scope="module")
def changes(before, after):
    return pack_changes(before, after)


def happened(changes):
    return {(row.id, row.change) for row in changes.places.itertuples()}


def test_the_same_pack_has_not_changed_at_all(after):
    changes = pack_changes(after, after)
    assert changes.nothing
    assert changes.parts == ()
    assert all(frame.empty for frame in changes.frames.values())
    assert sentences(changes) == ["These are the same data: nothing changed."]


def test_a_pack_whose_files_alone_are_written_anew_has_not_changed(after):
    other = replace(after, digest="0" * 12, files=())
    changes = pack_changes(other, after)
    assert changes.nothing
    assert "no source, service, ward figure or reach changed" in sentences(changes)[0]


def test_every_edit_of_a_service_is_told_and_nothing_else(changes):
    moved, nudged, other, renumbered = services_before.ids
    assert happened(changes) == {
        (LIBRARY, "opened"),
        ("gias-99999", "closed"),
        (moved, "moved"),
        (nudged, "placed"),
        (other, "recategorised"),
        (renumbered, "renumbered"),
        (MUSEUM, "renamed"),
    }
    rows = changes.places.set_index("id")
    assert rows.loc[moved, "moved_m"] == 400
    assert rows.loc[nudged, "moved_m"] == 20
    assert tuple(rows.loc[MUSEUM, ["before", "after"]]) == ("Old Museum", "Southend Pier Museum")
    assert tuple(rows.loc[other, ["before", "after"]]) == ("soft_play", "nursery")
    assert tuple(rows.loc[renumbered, ["before", "after"]]) == ("ods-OLD", renumbered)
    assert rows.loc[LIBRARY, "ward"] == "West Shoebury"


def test_sources_renewed_added_and_relabelled(changes):
    told = dict(changes.sources.set_index("key")["change"])
    assert told == {"gias": "renewed", "naptan_rail": "relabelled", "hospitals": "added"}
    assert changes.sources.set_index("key").loc["gias", "before"] == "2020"


def test_figures_change_by_ward_and_never_across_methods(changes, pack, earlier):
    assert set(zip(changes.figures["measure"], changes.figures["baseline"], strict=True)) == {
        ("children_0_3", "mid_2020")
    }
    wards = changes.figures.set_index("code").loc[list(pack.wards.index)]
    for column, one in (("before", earlier), ("after", pack)):
        people = pd.Series(one.measure("children_0_3", "mid_2020"), index=one.demand["ward"].to_numpy())
        expected = np.floor(people.groupby(level=0).sum() + 0.5).reindex(wards.index)
        np.testing.assert_array_equal(wards[column], expected)
    assert (wards["difference"] == wards["after"] - wards["before"]).all()
    (row,) = changes.not_compared.itertuples()
    assert (row.subject, row.kind, row.baseline, row.why, row.before) == (
        "People",
        "figure",
        "mid_2019",
        "method",
        "Guessed.",
    )


@pytest.mark.parametrize("service", ["library", "childrens_centre", "nursery", "gp_practice"])
def test_reach_that_changed_is_what_reach_says_of_each_pack(changes, pack, earlier, service):
    item = read_basket().item(service)
    shares = []
    for one in (earlier, pack):
        times = Access.of(one, mode_named(item.mode)).to_category(service)
        found = reach(one, times.nearest_s, measure="children_0_3", baseline="strategy", within_min=item.threshold_min)
        shares.append(pd.concat([found.rows["share"], found.groups["share"]]))
    differs = shares[0].ne(shares[1]) & ~(shares[0].isna() & shares[1].isna())
    told = changes.reach[changes.reach["service"] == service].set_index("code")
    assert set(told.index) == set(differs.index[differs])
    for column, share in zip(("before", "after"), shares, strict=True):
        np.testing.assert_array_equal(told[column], share.reindex(told.index))
    np.testing.assert_array_equal(told["difference"], (told["after"] - told["before"]).round(3))


def test_a_change_of_reach_names_the_services_that_explain_it(changes):
    rows = changes.reach.set_index(["service", "code"])
    assert rows.loc[("library", WEST_SHOEBURY), "because"] == "Shoeburyness Library opened"
    assert rows.loc[("library", "borough"), "because"] == "Shoeburyness Library opened"
    assert rows.loc[("childrens_centre", WEST_SHOEBURY), "because"] == "Old Shore Centre closed"
    assert "children's" not in "".join(rows.loc["library"]["because"])
    assert "library" in set(changes.reach["service"])
    assert "gp_practice" not in set(changes.reach["service"])


def test_swapping_the_packs_turns_every_change_round(before, after, changes):
    back = pack_changes(after, before)
    opposite = {"opened": "closed", "closed": "opened", "listed": "unlisted", "unlisted": "listed"}
    ids = {services_before.ids[3]: "ods-OLD"}
    assert {
        (ids.get(key, key) if kind == "renumbered" else key, opposite.get(kind, kind))
        for key, kind in happened(changes)
    } == happened(back)
    for name in ("figures", "reach"):
        keys = ["service", "code"] if name == "reach" else ["measure", "baseline", "code"]
        one, other = (frame.set_index(keys).sort_index() for frame in (getattr(changes, name), getattr(back, name)))
        assert list(one.index) == list(other.index)
        np.testing.assert_array_equal(one["difference"], -other["difference"])
        np.testing.assert_array_equal(one["before"], other["after"])
    assert set(back.sources["change"]) == {"renewed", "relabelled", "dropped"}


def test_a_place_that_comes_with_a_new_source_is_listed_not_opened(after):
    sources = tuple(source for source in after.sources if source.key != "libraries")
    before = replace(
        after, sources=sources, places=tuple(place for place in after.places if place.source != "libraries")
    )
    there = {place.id for place in after.places if place.source == "libraries" and place.status == "open"}
    assert there
    assert happened(pack_changes(before, after)) == {(key, "listed") for key in there}
    assert happened(pack_changes(after, before)) == {(key, "unlisted") for key in there}


def test_a_service_whose_status_changes_has_closed(after):
    places = tuple(replace(place, status="closed") if place.id == LIBRARY else place for place in after.places)
    assert happened(pack_changes(after, replace(after, places=places))) == {(LIBRARY, "closed")}


@pytest.mark.parametrize(("metres", "change"), [(0.9, None), (1.0, "placed"), (49.9, "placed"), (50.0, "moved")])
def test_a_place_is_placed_elsewhere_from_one_metre_and_moved_from_fifty(after, metres, change):
    def with_library_at(easting):
        rows = (replace(row, easting=easting) if row.id == LIBRARY else row for row in after.places)
        return replace(after, places=tuple(rows))

    found = pack_changes(with_library_at(590_000.0), with_library_at(590_000.0 + metres))
    assert happened(found) == ({(LIBRARY, change)} if change else set())


def test_reach_asked_otherwise_is_not_compared(after):
    first = replace(after.reach[0], threshold_min=20.0, shares=tuple(None for _ in after.areas))
    changes = pack_changes(replace(after, reach=(first, *after.reach[1:])), after)
    assert changes.reach.empty
    assert changes.not_compared[["subject", "kind", "why", "before", "after"]].to_numpy().tolist() == [
        ["childrens_centre", "reach", "threshold_min", "20.0", "15.0"]
    ]


def test_other_target_wards_make_other_groups(after):
    areas = tuple(replace(area, target=False) if area.name == "Kursaal" else area for area in after.areas)
    figure = replace(after.figures[0], values=tuple(value + 1 for value in after.figures[0].values))
    changes = pack_changes(replace(after, areas=areas, figures=(figure, *after.figures[1:])), after)
    assert {"target", "rest"}.isdisjoint(changes.figures["code"])
    assert "borough" in set(changes.figures["code"])
    assert set(changes.not_compared["subject"]) == {"Target wards", "Other wards"}


def test_packs_of_two_areas_are_not_compared(after):
    with pytest.raises(InputError, match="two areas, blackpool and southend"):
        pack_changes(replace(after, area="blackpool"), after)


def test_sentences_tell_the_weightiest(changes):
    told = "\n".join(sentences(changes))
    assert "1 service opened, 1 closed or left the list, 1 moved, 1 changed name and 1 changed category." in told
    assert "most in West Shoebury" in told
    assert "Not compared" in told
    assert "People (Mid 2019)" in told


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_summary_survives_its_file(after, before):
    for summary in (after, before):
        assert from_json(to_json(summary)) == summary
        assert from_json(to_json(summary).encode()) == summary


def test_a_summary_holds_only_what_is_shown(after, pack):
    for figure in after.figures:
        assert all(value is None or isinstance(value, int) for value in figure.values)
    codes = [area.code for area in after.areas]
    totals = dict(zip(codes, after.figures[0].values, strict=True))
    for row in after.reach:
        for code, share in zip(codes, row.shares, strict=True):
            part = share * totals[code]
            # A count to the nearest 5 (or a few), but for the rounding of its share.
            away = min(abs(part - count) for count in (round(part / 5) * 5, 2.5, totals[code] - 2.5, totals[code]))
            assert away <= 0.0006 * totals[code] + 0.01, (code, part)
    text = to_json(after)
    assert not any(postcode in text for postcode in pack.demand["postcode"])


def zipped(folder, top="southend/"):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in folder.iterdir():
            archive.write(path, f"{top}{path.name}")
    return made.getvalue()


@pytest.mark.parametrize("top", ["southend/", "", "a/b/"])
def test_a_folder_its_zip_and_its_summary_say_the_same(folder, before, tmp_path, top):
    assert earlier_of_file("x.zip", zipped(folder, top)) == before
    path = tmp_path / "s.json"
    path.write_text(to_json(before), encoding="utf-8")
    assert read_earlier(path) == before


def changed(summary, **values):
    return json.dumps({**asdict(summary), **values}).encode()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda s: b"", "not readable JSON"),
        (lambda s: b"\xff\xfe{", "not readable JSON"),
        (lambda s: b"[" * 100_000, "nested too deep"),
        (lambda s: b"[]", "not a summary of a pack: the summary: must be a table, not \\[\\]"),
        (lambda s: b"{}", "the summary: version is missing; the summary: area is missing"),
        (lambda s: b" " * (pack_summary.MAX_BYTES + 1), "larger than 4 MB"),
        (lambda s: changed(s, version=99), "has form 99"),
        (lambda s: changed(s, digest="../../etc"), "does not name its area"),
        (lambda s: changed(s, name="a\x1b[2Jb"), "the summary: name is not written as it must be"),
        (lambda s: changed(s, name=7), "the summary: name must be a text, not 7"),
        (lambda s: changed(s, areas=asdict(s)["areas"][:-1]), "not as long as its list of areas"),
        (lambda s: changed(s, places=asdict(s)["places"][:1] * 2), "twice"),
        (lambda s: changed(s, name="a" * 2_001), "name has 2,001 characters where at most 2,000 are allowed"),
        (
            lambda s: changed(s, files=[{"file": "f", "sha256": ""}] * 20_001),
            "has 20,001 entries where at most 20,000",
        ),
        (lambda s: changed(s, files=[{"file": "f"}]), "the summary, files 1: sha256 is missing"),
        (lambda s: changed(s, colour=1), "the summary: colour is not one of the keys that there are"),
        (lambda s: to_json(s).replace('"easting":', '"easting":1e999,"x":', 1).encode(), "easting must be a number"),
        (
            lambda s: to_json(s).replace('"easting":', '"easting":-1e9,"x":', 1).encode(),
            "must be more than -1,000,000,000",
        ),
        (lambda s: changed(s, reach=[{**asdict(s)["reach"][0], "threshold_min": float("nan")}]), "NaN is not a number"),
        (
            lambda s: changed(s, figures=[{**asdict(s)["figures"][0], "values": [10**9]}]),
            "figures 1, values 1: must be less",
        ),
        (lambda s: to_json(s).replace('"name":', '"name":"x","name":', 1).encode(), "the name 'name' stands twice"),
        (lambda s: changed(s, name="\ud800"), "not readable JSON"),
        (lambda s: b"PK\x03\x04 but no more", "damaged .zip"),
    ],
)
def test_a_broken_or_hostile_file_is_answered_with_what_is_wrong(after, make, words):
    with pytest.raises(InputError, match=words):
        earlier_of_file("given.json", make(after))


@pytest.mark.slow
def test_hostile_zips(folder, tmp_path):
    def packed(write):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            write(archive)
        return made.getvalue()

    def outside(archive):
        archive.writestr("southend/pack.json", (folder / "pack.json").read_bytes())
        archive.writestr("../../outside.txt", "x")
        archive.writestr("southend/../../outside.txt", "x")

    with pytest.raises(InputError, match="lacks"):
        earlier_of_file("x.zip", packed(outside))
    assert not list(tmp_path.parent.rglob("outside.txt"))

    def bomb(archive):
        archive.writestr("pack.json", "{}")
        archive.writestr("measures.parquet", b"\0" * 210_000_000)

    with pytest.raises(InputError, match="unpacks to more than"):
        earlier_of_file("x.zip", packed(bomb))
    with pytest.raises(InputError, match=r"0 files pack\.json"):
        earlier_of_file("x.zip", packed(lambda archive: archive.writestr("readme.txt", "x")))
    with pytest.raises(InputError, match=r"2 files pack\.json"):
        earlier_of_file("x.zip", packed(lambda archive: [archive.writestr(f"{n}/pack.json", "{}") for n in "ab"]))
    with pytest.raises(InputError, match="1,200 files"):
        earlier_of_file("x.zip", packed(lambda archive: [archive.writestr(str(n), "") for n in range(1200)]))


@pytest.mark.parametrize("file", ["services.parquet", "network.npz", "pack.json", "provenance.json"])
def test_a_pack_with_a_damaged_or_changed_file_is_refused(folder, tmp_path, file):
    copy = tmp_path / "southend"
    shutil.copytree(folder, copy)
    for damage in (lambda data: data[: len(data) // 2], lambda data: data.replace(b"a", b"b", 1), lambda data: b""):
        (copy / file).write_bytes(damage((folder / file).read_bytes()))
        with pytest.raises(ReachError, match=r"cannot be used|not a pack"):
            read_earlier(copy)


def test_streets_that_end_nowhere_are_refused(folder, tmp_path):
    copy = tmp_path / "southend"
    shutil.copytree(folder, copy)
    with np.load(copy / "network.npz") as stored:
        arrays = {name: stored[name] for name in stored.files}
    arrays["edge_u"] = arrays["edge_u"] + 10_000_000
    np.savez(copy / "network.npz", **arrays)
    rewrite(copy)
    with pytest.raises(InputError, match=r"cannot be used|not a pack"):
        read_earlier(copy)


def test_a_folder_without_a_pack(tmp_path):
    with pytest.raises(InputError, match=r"no pack\.json"):
        read_earlier(tmp_path)
    with pytest.raises(InputError, match="cannot be opened"):
        read_earlier(tmp_path / "nothing.json")
