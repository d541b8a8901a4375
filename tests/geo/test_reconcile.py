"""The pack held against what its sources state, and doctored packs that must not pass."""

import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest

from geo.errors import PackError
from geo.packs import file_digest, packs_folder
from geo.reconcile import Line, check_pack, reconcile

STATED = {
    ("Children aged 0–3", "target", "strategy"): 4032,
    ("Births a year", "target", "strategy"): 1040,
    ("Children aged 0–17", "target", "strategy"): 15142,
    ("People", "target", "strategy"): 66312,
    ("Children aged 0–17 in poverty", "target", "strategy"): 4712,
    ("Children aged 0–17 in poverty", "Kursaal", "strategy"): 1026,
    ("Children aged 0–3", "target", "census_2011"): 3966,
    ("Children aged 0–17", "target", "census_2011"): 14888,
    ("People", "target", "census_2011"): 65483,
    ("People", "borough", "census_2011"): 173658,
}


@pytest.fixture
def doctored(tmp_path):
    """Change a table of a copied pack as given, and put its new checksum into the manifest."""
    shutil.copytree(packs_folder() / "southend", tmp_path / "southend")

    def change(file, how):
        path = tmp_path / "southend" / file
        how(pd.read_parquet(path)).to_parquet(path, index=False)
        manifest = json.loads((tmp_path / "southend" / "pack.json").read_text(encoding="utf-8"))
        manifest["files"][file] = file_digest(path)
        (tmp_path / "southend" / "pack.json").write_text(json.dumps(manifest), encoding="utf-8")
        return tmp_path

    return change


def test_every_stated_figure_is_given_back_exactly(pack):
    exact = [line for line in reconcile(pack) if line.exact]
    assert sorted(line.stated for line in exact) == sorted(STATED.values())
    for line in exact:
        assert line.holds
        assert line.pack == pytest.approx(line.stated, abs=1e-6), line.figure


@pytest.mark.parametrize(("label", "group", "baseline"), list(STATED))
def test_figures_hold_by_plain_sums(pack, label, group, baseline):
    """The same totals, from the LSOA table alone."""
    measure = next(r["measure"] for r in pack.provenance["measures"] if r["label"] == label)
    ward_name = pack.lsoas["ward"].map(pack.wards["name"])
    inside = {
        "target": ward_name.isin(pack.strategy["target_wards"]),
        "borough": ward_name.notna(),
        "Kursaal": ward_name == "Kursaal",
    }[group]
    counts = pack.measures[f"{baseline}.{measure}"]
    assert counts[inside.reindex(counts.index)].sum() == pytest.approx(STATED[label, group, baseline], abs=1e-6)


def test_comparisons_come_last_and_are_near_what_is_stated(pack):
    lines = reconcile(pack)
    first = next(i for i, line in enumerate(lines) if not line.exact)
    assert not any(line.exact for line in lines[first:])
    assert len(lines) - first == 6
    for line in lines[first:]:
        assert line.holds
        assert line.pack == pytest.approx(line.stated, rel=0.11), line.figure


def test_line_holds_only_within_a_millionth():
    assert Line("x", "y", 4032.0, 4032.0000005, exact=True).holds
    assert not Line("x", "y", 4032.0, 4032.00001, exact=True).holds
    assert not Line("x", "y", 4032.0, np.nan, exact=True).holds
    assert Line("x", "y", 10.0, 11.0, exact=False).holds


def test_figures_name_the_ward_in_words(pack):
    """A reader of the table knows Kursaal, not E05002216."""
    of_one_ward = [line for line in reconcile(pack) if line.exact and line.stated == 1026]
    assert [line.figure for line in of_one_ward] == ["Children aged 0–17 in poverty, Kursaal (Strategy of 2014)"]
    words = " ".join(line.figure for line in reconcile(pack))
    assert "People, borough (Census 2011)" in words
    assert not re.search(r"census_2011|mid_20|[a-z]_[a-z]|\bE0\d", words)


@pytest.mark.parametrize(
    ("column", "figure"),
    [
        ("strategy.children_0_3", "Children aged 0–3, target wards"),
        ("strategy.children_in_poverty", "Children aged 0–17 in poverty"),
        ("census_2011.population", "People, borough"),
    ],
)
def test_doctored_counts_are_caught_though_the_checksum_fits(doctored, pack, column, figure):
    in_kursaal = pack.lsoas.index[pack.lsoas["ward"] == "E05002216"][0]

    def one_more(table):
        table.loc[table["lsoa"] == in_kursaal, column] += 1
        return table

    with pytest.raises(PackError, match="misses figures that it must give exactly") as caught:
        check_pack("southend", doctored("measures.parquet", one_more))
    assert figure in str(caught.value)


def test_people_moved_between_homes_of_two_wards_are_caught(doctored):
    def move(demand):
        demand.loc[demand["ward"] == "E05002216", "ward"] = "E05002214"
        return demand

    with pytest.raises(PackError, match="misses figures"):
        check_pack("southend", doctored("demand.parquet", move))


@pytest.mark.parametrize(
    ("file", "how", "words"),
    [
        ("demand.parquet", lambda t: t.iloc[1:], "do not sum to 1"),
        ("demand.parquet", lambda t: t.assign(postcode=[t["postcode"].iloc[1], *t["postcode"].iloc[1:]]), "twice"),
        ("demand.parquet", lambda t: t.assign(ward="E05999999"), "ward of a home is not in the pack"),
        ("demand.parquet", lambda t: t.assign(share=np.nan), "rows with nothing in them"),
        ("measures.parquet", lambda t: t.iloc[1:], "not those of areas"),
        ("measures.parquet", lambda t: t.assign(**{"mid_2017.population": -1.0}), "count below 0"),
        ("measures.parquet", lambda t: t.assign(**{"mid_2017.population": np.nan}), "not finite"),
        ("services.parquet", lambda t: pd.concat([t, t.iloc[:1]]), "stands twice"),
    ],
)
def test_tables_that_do_not_fit_together_are_caught(doctored, file, how, words):
    with pytest.raises(PackError, match=words):
        check_pack("southend", doctored(file, how))
