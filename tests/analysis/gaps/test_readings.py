"""What other readings do to wards and pockets: figures of the pack's own, and sentences only where they change."""

import pytest

from analysis.gaps.readings import readings_shown
from analysis.gaps.report import gap_report
from analysis.reach.basket import read_basket
from analysis.reach.reach import reach
from analysis.reach.survey import survey
from analysis.travel.access import Access
from geo.network.modes import mode_named
from wording.readings import pocket_sentences, share_sentences, ward_sentences

CHILDREN = {"measure": "children_0_3", "baseline": "strategy"}
EASTWOOD_PARK, SHOEBURYNESS, PRITTLEWELL = "E05002215", "E05002222", "E05002219"


@pytest.fixture(scope="module")
def report(pack):
    return gap_report(survey(pack, read_basket()), **CHILDREN)


@pytest.fixture(scope="module")
def shown(report):
    return readings_shown(report)


def test_branches_move_the_share_within_20_minutes(shown):
    shares = shown.xs(("gp_practice", "branches_2017"), level=("service", "reading"))[["default_share", "share"]]
    assert shares.loc[EASTWOOD_PARK].round(2).tolist() == [0.40, 0.87]
    assert shares.loc[SHOEBURYNESS].round(2).tolist() == [0.25, 0.52]


@pytest.mark.parametrize(
    ("service", "reading", "within"), [("gp_practice", "branches_2017", 20), ("childrens_centre", "core", 15)]
)
def test_shares_and_minutes_are_those_of_reach(pack, report, shown, service, reading, within):
    sites = next(one.reading.sites(pack) for one in report.survey.others if one.reading.name == reading)
    seconds = Access.of(pack, mode_named("walk_pram")).to_sites(sites).nearest_s
    found = reach(pack, seconds, **CHILDREN, within_min=within)
    rows = shown.xs((service, reading), level=("service", "reading"))
    for code, true in [*found.rows.iterrows(), *found.groups.iterrows()]:
        assert rows["share"][code] == pytest.approx(true["share"], abs=0.0101)
        assert rows["median_min"][code] == pytest.approx(true["median_min"], abs=0.0501)


def test_a_sentence_only_where_the_answer_changes(shown):
    assert (
        share_sentences(shown, EASTWOOD_PARK, "gp_practice") == "Counting the branch surgeries of 2017 it would be 87%."
    )
    assert share_sentences(shown, SHOEBURYNESS, "childrens_centre") == ""
    assert share_sentences(shown, EASTWOOD_PARK, "library") == ""
    assert ward_sentences(shown, SHOEBURYNESS, "gp_practice").endswith(
        "and 52% of the children would be within reach, not 25%."
    )
    assert "of the children" not in ward_sentences(shown, PRITTLEWELL, "gp_practice")


def test_a_pocket_says_what_another_reading_makes_of_it(report):
    said = {
        str(row["service"]): pocket_sentences(report, str(row["service"]), report.pocket_homes(str(row["id"])))
        for _, row in report.pockets[report.pockets["ward"] == EASTWOOD_PARK].iterrows()
    }
    assert said["gp_practice"].startswith("Counting the branch surgeries of 2017 the nearest GP practice would be ")
    assert ", within 20 minutes" in said["gp_practice"]
    assert all(
        not text for service, text in said.items() if service not in ("gp_practice", "childrens_centre", "basket")
    )


def test_an_area_without_contested_services_says_nothing(pack):
    plain = gap_report(survey(pack, read_basket().changed(services=["library", "pharmacy", "nursery"])), **CHILDREN)
    assert readings_shown(plain).empty
    assert share_sentences(readings_shown(plain), EASTWOOD_PARK, "library") == ""
    assert pocket_sentences(plain, "library", plain.pocket_homes(str(plain.pockets["id"].iloc[0]))) == ""
