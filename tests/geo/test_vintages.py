"""Where figures come from, and of when: as the pack says, never as another area's pack says."""

from dataclasses import replace
from typing import Any

import pytest

from analysis.trends.trend import trend
from geo.pack import AreaPack
from geo.packs import open_pack
from geo.vintages import baseline_labels, baseline_words, deprivation_words, source_year, strategy_words, streets_words
from reports.facts import Facts
from wording.columns import notes_of
from wording.reports import method_words, source_words

OTHER = {
    "osm_streets": {"publisher": "Streetworks contributors", "vintage": "2033-02-01"},
    "strategy": {"title": "Poolshire: First Steps Plan", "vintage": "2031"},
    "deprivation": {"title": "Welsh index of multiple deprivation 2027, all ranks", "vintage": "2027"},
}


@pytest.fixture(scope="module")
def here() -> AreaPack:
    return open_pack("southend")


@pytest.fixture(scope="module")
def elsewhere(here: AreaPack) -> AreaPack:
    sources = [{**source, **OTHER.get(source["key"], {})} for source in here.provenance["sources"]]
    measures = [
        {**one, "year": "2031"} if one["baseline"] == "strategy" else one for one in here.provenance["measures"]
    ]
    told = here.manifest.particulars
    told = replace(
        told,
        baselines=tuple(
            replace(one, year="2031", series_label="Strategy 2031") if one.kind == "stated" else one
            for one in told.baselines
        ),
        indices=tuple(replace(one, year="2027") if one.main else one for one in told.indices),
    )
    return replace(
        here,
        manifest=replace(here.manifest, name="Poolshire", code="poolshire", particulars=told),
        provenance={"sources": sources, "measures": measures},
    )


def test_southend_is_named_as_before(here: AreaPack) -> None:
    assert strategy_words(here) == "A Better Start Strategy 2014"
    assert streets_words(here) == "OpenStreetMap, 2021"
    assert deprivation_words(here) == "English indices of deprivation 2019"
    assert baseline_words(here, "strategy") == "Strategy of 2014 (census pattern, strategy totals)"
    assert list(baseline_labels(here)) == here.baselines


def test_another_area_is_named_by_its_own_pack(elsewhere: AreaPack) -> None:
    assert strategy_words(elsewhere) == "First Steps Plan 2031"
    assert streets_words(elsewhere) == "Streetworks, 2033"
    assert deprivation_words(elsewhere) == "Welsh index of multiple deprivation 2027"
    assert baseline_words(elsewhere, "strategy").startswith("Strategy of 2031 ")
    assert source_year(elsewhere, "no such source") == "of a year that is not stated"


def test_reports_pages_and_downloads_name_it_so(elsewhere: AreaPack) -> None:
    facts = Facts.of(elsewhere)
    by_baseline: dict[str, Any] = {figure.baseline: source_words(elsewhere, figure.baseline) for figure in facts.need}
    assert by_baseline["strategy"] == "First Steps Plan 2031"
    assert by_baseline["census_2011"] == "Census 2011"
    assert by_baseline[""] == "Welsh index of multiple deprivation 2027"
    method = " ".join(method_words(facts.survey, facts.baseline))
    assert "(Streetworks, 2033)" in method
    assert "Strategy of 2031" in method
    assert "OpenStreetMap" not in method
    assert notes_of(elsewhere, "x", "strategy")["figures"].startswith("Strategy of 2031")
    assert notes_of(elsewhere, "x", "")["figures"] == "Welsh index of multiple deprivation 2027"
    assert "Strategy 2031" in [series.label for series in trend(elsewhere, "children_0_3").series]
