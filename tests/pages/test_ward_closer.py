"""Look closer: wards side by side, over the years and the outcomes are what the analysis says; a link reopens them."""

import io
import json
import re

import numpy as np
import pandas as pd
import pytest

from analysis.gaps.report import gap_report
from analysis.reach.basket import read_basket
from analysis.reach.need import INDICATORS, group_values, indicators_of, ward_values
from analysis.reach.survey import survey
from analysis.scenario.outcomes import offers_of, provision, read_offers
from analysis.scenario.scenario import AddSite, Scenario, Venue
from analysis.trends.trend import trend
from store.scenarios import ScenarioStore
from tests.people import boss
from ui.kit.heat_table import minutes_cell, share_cell
from wording.columns import value_words
from wording.numbers import people

KURSAAL, LEIGH, VICTORIA, WEST_LEIGH = "E05002216", "E05002217", "E05002225", "E05002227"
LIBRARY = "lib-shoeburyness-library"


def closer_charts(screen):
    """The charts of the closer look: not the ranking beside the map."""
    return [chart for chart in screen.at.get("vega_lite_chart") if " of each ward: " not in chart.proto.alt]


def heats(screen):
    """Every table of wards, figures or programmes on screen, by the heading of its first column."""
    found = {}
    for element in screen.at.get("html"):
        if 'class="heat"' in element.proto.body:
            table = pd.read_html(io.StringIO(element.proto.body), keep_default_na=False, thousands=None)[0].astype(str)
            found[table.columns[0]] = table.set_index(table.columns[0])
    return found


def headline(screen):
    """The sentence on top of the view, a step below that of the map."""
    (line,) = [m.value for m in screen.at.markdown if m.value.startswith("### ")]
    return line


def file_of(downloads, name):
    text = downloads[name]().decode("utf-8-sig")
    return pd.read_csv(io.StringIO(text), comment="#"), [line for line in text.splitlines() if line.startswith("#")]


@pytest.mark.slow
def test_side_by_side_opens_on_the_two_ends_of_child_poverty(pack, open_page):
    screen = open_page("ward_map", closer="side")
    rate = ward_values(pack, INDICATORS["child_poverty_rate"], "strategy")
    assert screen.chosen("wards") == [rate.idxmax(), rate.idxmin()] == [VICTORIA, WEST_LEIGH]
    assert screen.address == {"closer": "side"}
    line = headline(screen)
    assert "Victoria" in line
    assert "West Leigh" in line


def test_side_by_side_has_every_figure_and_rank(pack, open_page):
    wards = {KURSAAL: "Kursaal", LEIGH: "Leigh", WEST_LEIGH: "West Leigh"}
    screen = open_page("ward_map", closer="side", wards="~".join(wards))
    table = heats(screen)["Figure (rank, 1st is highest)"]
    assert table.index.tolist() == [indicator.label for indicator in indicators_of(pack).values()]
    assert table.columns.tolist() == [*wards.values(), "Target wards", "Other wards", pack.name, "Status"]
    for indicator in indicators_of(pack).values():
        base = next(iter(indicator.baselines(pack)), "")
        values, groups = ward_values(pack, indicator, base), group_values(pack, indicator, base)
        for code, name in wards.items():
            place = int((values > values[code]).sum()) + 1
            cell = table.loc[indicator.label, name]
            assert re.fullmatch(rf"{re.escape(value_words(values[code], indicator))} \({place}(st|nd|rd|th)\)", cell), (
                cell
            )
        for code, name in {"target": "Target wards", "rest": "Other wards", "borough": pack.name}.items():
            assert table.loc[indicator.label, name] == value_words(groups[code], indicator)
    assert table.loc["Children aged 0–17 in poverty", "Status"] == "modelled; published for Kursaal, Target wards"
    assert re.search(r"From the Census 2011: .*Share of overcrowded households", screen.text)


@pytest.mark.slow
def test_side_by_side_has_the_minutes_of_the_gaps_page(pack, open_page):
    wards = {KURSAAL: "Kursaal", LEIGH: "Leigh"}
    screen = open_page("ward_map", closer="side", wards="~".join(wards))
    (table,) = [table for name, table in heats(screen).items() if name.startswith("Minutes")]
    basket = read_basket()
    shown = gap_report(survey(pack, basket), measure="children_0_3", baseline="strategy").services
    assert len(table) == len(basket)
    for item, (_, row) in zip(basket, table.iterrows(), strict=True):
        for code, name in {**wards, "target": "Target wards", "borough": pack.name}.items():
            there = shown.loc[(code, item.service)]
            minutes = minutes_cell(float(there["median_min"]), item.threshold_min).text
            assert row[name].split(" (")[0] == minutes
            if code in wards:
                assert re.search(rf"\({int(there['rank'])}(st|nd|rd|th)\)$", row[name])


def test_side_by_side_says_the_main_difference(pack, open_page):
    line = headline(open_page("ward_map", closer="side", wards=f"{KURSAAL}~{LEIGH}"))
    found = re.search(
        r"the (.+?) is \*\*(.+?)\*\* in (\w+) and \*\*(.+?)\*\* in (\w+)\. Across the borough it is (\S+)\.", line
    )
    label, high, first, low, second, borough = found.groups()
    (indicator,) = [one for one in indicators_of(pack).values() if one.label.lower() == label.lower()]
    base = next(iter(indicator.baselines(pack)), "")
    values = ward_values(pack, indicator, base).rename(pack.wards["name"])
    assert (high, low) == (value_words(values[first], indicator), value_words(values[second], indicator))
    assert borough == value_words(group_values(pack, indicator, base)["borough"], indicator)


def test_side_by_side_charts_have_a_text_of_their_figures(pack, open_page):
    screen = open_page("ward_map", closer="side", wards=f"{KURSAAL}~{LEIGH}")
    texts = [chart.proto.alt for chart in closer_charts(screen)]
    rates = [indicator for indicator in indicators_of(pack).values() if indicator.kind == "rate"]
    assert len(texts) == len(rates) + 6
    for indicator in rates:
        (text,) = [text for text in texts if text.startswith(f"{indicator.label}:")]
        values = ward_values(pack, indicator, indicator.baselines(pack)[0])
        assert f"Kursaal {value_words(values[KURSAAL], indicator)}, Leigh" in text


@pytest.mark.slow
def test_side_by_side_needs_two_wards_and_has_room_for_four(pack, open_page):
    alone = open_page("ward_map", closer="side", wards=KURSAAL)
    assert "Choose two wards or more" in alone.text
    assert not heats(alone)
    none = open_page("ward_map", closer="side", wards="none")
    assert "Choose two wards or more" in none.text
    five = list(pack.wards.index[:5])
    full = open_page("ward_map", closer="side", wards="~".join(five))
    assert f"left out: {pack.wards.loc[five[4], 'name']}" in full.text
    assert heats(full)["Figure (rank, 1st is highest)"].shape[1] == 4 + 3 + 1


@pytest.mark.slow
def test_the_chosen_ward_comes_first_in_every_comparison(open_page):
    screen = open_page("ward_map", closer="side", wards=f"{KURSAAL}~{LEIGH}", ward=WEST_LEIGH)
    assert heats(screen)["Figure (rank, 1st is highest)"].columns[:3].tolist() == ["West Leigh", "Kursaal", "Leigh"]
    pair = headline(open_page("ward_map", closer="side", wards=f"{KURSAAL}~{LEIGH}", ward=LEIGH))
    assert re.search(r"the deprivation score \(IMD 2019\) is \*\*8.8\*\* in Leigh and \*\*45.4\*\* in Kursaal", pair)
    trend = open_page("ward_map", closer="trend", wards=f"{KURSAAL}~{LEIGH}", ward=LEIGH)
    columns = trend.table("period", "series", "status").columns.tolist()
    assert columns.index(LEIGH) < columns.index(KURSAAL)


@pytest.mark.slow
def test_side_by_side_says_whether_the_order_is_clear(open_page):
    screen = open_page("ward_map", closer="side", wards=f"{KURSAAL}~{VICTORIA}")
    firm = heats(screen)["Figure (could be)"]
    assert firm.loc["Children aged 0–17 in poverty", "Kursaal"] == "1,026"
    assert firm.loc["Children aged 0–17 in poverty", "Order"] == "too close to call"
    assert re.fullmatch(r"1,045 \(\d{3} to 1,\d{3}\)", firm.loc["Children aged 0–17 in poverty", "Victoria"])
    assert firm.loc["Deprivation score (IMD 2019)", "Order"] == "clear"
    assert firm.loc["Within 60 minutes of an NHS hospital", "Order"] in ("clear", "too close to call")
    assert firm.loc["Within 45 minutes of a community health clinic", "Order"] == "the same"


def test_side_by_side_comes_down_as_csv(pack, open_page, downloads):
    open_page("ward_map", closer="side", wards=f"{KURSAAL}~{LEIGH}")
    frame, head = file_of(downloads, "southend-wards-side-by-side.csv")
    assert any("Kursaal, Leigh" in line for line in head)
    assert len(frame) == (len(indicators_of(pack)) + len(read_basket())) * 5
    values = ward_values(pack, INDICATORS["children_0_3"], "strategy")
    row = frame[(frame["indicator"] == "children_0_3") & (frame["code"] == KURSAAL)]
    assert row["value"].item() == round(values[KURSAAL])
    assert set(frame["status"]) <= {"published", "census", "modelled"}


@pytest.mark.slow
def test_over_the_years_follows_the_map_until_asked_for_something_else(open_page):
    screen = open_page("ward_map", closer="trend", measure="population")
    assert headline(screen).startswith("### Between mid-2017 and mid-2020 people went in the six target wards")
    screen.choose("trend", "births_per_year")
    assert "births a year went" in headline(screen)
    screen.choose("measure", "children_0_3")
    assert "births a year went" in headline(screen)
    screen.choose("trend", "")
    assert "children aged 0–3 went" in headline(screen)


def test_over_the_years_says_the_change_inside_one_series(pack, open_page):
    line = headline(open_page("ward_map", closer="trend"))
    changes = trend(pack, "children_0_3").changes().set_index("code")
    for code in ("target", "rest"):
        first, last, change = (changes.loc[code, key] for key in ("first", "last", "change"))
        assert f"from {people(first)} to **{people(last)}** ({people(-change)} fewer, −" in line
    assert line.endswith("All are mid-year estimates.")


def test_over_the_years_has_every_vintage_with_its_definition(pack, open_page):
    screen = open_page("ward_map", closer="trend", wards=KURSAAL, trend_groups="target~rest~borough")
    table = screen.table("period", "series", "status")
    assert table["period"].tolist() == ["2011", "2014", "mid-2017", "mid-2019", "mid-2020"]
    assert table["series"].tolist() == ["Census 2011", "Strategy 2014", *["Mid-year estimates"] * 3]
    assert table["status"].tolist()[:2] == ["census", "modelled; published for Target wards"]
    points = trend(pack, "children_0_3").points.set_index(["code", "period"])["value"]
    for code in (KURSAAL, "target", "rest", "borough"):
        assert table[code].tolist() == [round(points[code, period]) for period in table["period"]]
    changed = screen.table("between", "first", "last")
    assert set(changed["between"]) == {"mid-2017 to mid-2020"}
    assert len(changed) == 4


@pytest.mark.slow
def test_over_the_years_no_line_of_the_chart_joins_two_definitions(open_page):
    screen = open_page("ward_map", closer="trend", wards=KURSAAL)
    charts = closer_charts(screen)
    assert len(charts) == 2
    for chart in charts:
        layers = json.loads(chart.proto.spec)["layer"]
        lines = [layer for layer in layers if layer["mark"]["type"] == "line"]
        assert lines
        assert all(layer["encoding"]["detail"]["field"] == "series" for layer in lines)
        assert [layer["encoding"]["x"]["field"] for layer in layers if layer["mark"]["type"] == "rule"] == ["at"]
        assert "The definition changes two times." in chart.proto.alt
    one_series = closer_charts(open_page("ward_map", closer="trend", trend="children_low_income"))
    assert all('"rule"' not in chart.proto.spec and "definition changes" not in chart.proto.alt for chart in one_series)


def test_over_the_years_one_vintage_is_said_and_not_drawn(open_page):
    screen = open_page("ward_map", closer="trend", measure="child_poverty_rate")
    assert "there is one year only, Strategy 2014" in headline(screen)
    assert not closer_charts(screen)
    assert screen.table("period", "series")["period"].tolist() == ["2014"]


def test_over_the_years_editions_of_an_index_have_no_change(open_page):
    screen = open_page("ward_map", closer="trend", measure="imd2019")
    assert "four years, each counted in its own way, so no change is worked out" in headline(screen)
    assert not [frame for frame in screen.at.dataframe if "between" in frame.value.columns]


def test_over_the_years_a_provisional_year_is_said(open_page, downloads):
    screen = open_page("ward_map", closer="trend", trend="children_low_income")
    assert headline(screen).endswith("2021/22 is provisional.")
    assert "lower measure than the strategy's" in screen.text
    assert screen.table("period", "series")["status"].iloc[-1] == "modelled, provisional"
    frame, head = file_of(downloads, "southend-children_low_income-over-the-years.csv")
    assert len(frame) == 8 * 20
    assert frame["provisional"].sum() == 20
    assert any("lower measure" in line for line in head)


def test_over_the_years_without_an_area_asks_for_one(open_page):
    screen = open_page("ward_map", closer="trend", wards="none", trend_groups="none")
    assert "Choose a ward or a group of wards" in screen.text
    assert not closer_charts(screen)


def found(lab, **changed):
    asked = {"measure": "children_0_3", "baseline": "strategy", "mode": "walk_pram", "within_min": 15.0} | changed
    offers = asked.pop("offers", None) or offers_of(lab.pack, read_offers())
    return provision(lab, offers, **asked)


def held_against(screen, expected, kind):
    """Hold the table of wards on screen against the analysis."""
    table = heats(screen)["Ward"]
    items = expected.sites.loc[expected.sites["kind"] == kind, "item"].tolist()
    assert len(table.columns) == len(items)
    nowhere = {offer.programme for offer in expected.offers if not offer.categories}
    pack = expected.counts.pack
    names = {**pack.wards["name"], "target": "All target wards", "rest": "All other wards", "borough": pack.name}
    shown = pd.concat([expected.shown("ward"), expected.shown("group")]).set_index(["kind", "item", "code"])
    for code, name in names.items():
        for column, item in zip(table.columns, items, strict=True):
            text = "no place" if item in nowhere else share_cell(shown.loc[(kind, item, code), "share_after"]).text
            assert table.loc[name, column] == text, (name, item)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["outcome", "programme"])
def test_outcomes_are_what_the_analysis_says(open_page, lab, kind):
    screen = open_page("ward_map", closer="outcomes", outcome_table=kind)
    held_against(screen, found(lab), kind)
    assert "An assumption, not a record" in screen.text


@pytest.mark.slow
def test_outcomes_follow_every_control(open_page, lab):
    screen = open_page("ward_map", closer="outcomes", baseline="mid_2020")
    screen.choose("outcome_of", "births_per_year")
    screen.choose("outcome_by", "walk_toddler")
    screen.choose("outcome_within", 30)
    asked = {"measure": "births_per_year", "baseline": "mid_2020", "mode": "walk_toddler", "within_min": 30.0}
    held_against(screen, found(lab, **asked), "outcome")
    link = screen.address
    assert link["outcome_within"] == "30"
    again = open_page("ward_map", **link)
    held_against(again, found(lab, **asked), "outcome")
    assert again.address == link
    assert not again.notes


@pytest.mark.slow
def test_outcomes_say_which_is_worst_served_and_where(open_page, lab):
    screen = open_page("ward_map", closer="outcomes")
    line = headline(screen)
    shown = found(lab).shown("group")
    rows = shown[(shown["kind"] == "outcome") & (shown["code"] == "target")].set_index("item")["share_after"]
    assert f"**{rows.idxmin()}** is the worst served outcome in the six target wards" in line
    assert f"**{rows.min():.0%}** of children aged 0–3" in line
    wards = found(lab).shown("ward")
    wards = wards[(wards["kind"] == "outcome") & (wards["item"] == rows.idxmin())].nsmallest(3, "share_after")
    for name, share in zip(wards["name"], wards["share_after"], strict=True):
        assert f"{name} ({share:.0%})" in line


@pytest.mark.slow
def test_outcomes_follow_a_change_of_the_assumption_and_keep_it_in_the_address(pack, open_page, lab):
    screen = open_page("ward_map", closer="outcomes", outcome_table="programme")
    screen.choose("at_henry", ["library", "childrens_centre"])
    offers = [
        one if one.programme != "HENRY" else type(one)("HENRY", ("childrens_centre", "library"), "")
        for one in offers_of(pack, read_offers())
    ]
    held_against(screen, found(lab, offers=offers), "programme")
    assert screen.address["at_henry"] == "childrens_centre~library"
    assert "You have changed it for HENRY." in screen.text
    again = open_page("ward_map", **screen.address)
    held_against(again, found(lab, offers=offers), "programme")


def test_outcomes_with_a_saved_plan(pack, open_page, lab, database):
    plan = Scenario("A hub at the library", pack.code, changes=(AddSite("new-1", "Library hub", Venue(LIBRARY)),))
    saved = ScenarioStore.open(database).save(plan, boss("Ann"), scenario_id=None, based_on=None).version
    screen = open_page("ward_map", closer="outcomes")
    screen.choose("outcome_plan", saved.scenario_id)
    expected = found(lab, plan=plan)
    held_against(screen, expected, "outcome")
    shown = expected.shown("group").set_index(["kind", "item", "code"])
    change = shown.loc[("outcome", "diet and nutrition", "target"), "change"]
    assert change > 0
    said = f"The plan “A hub at the library” is counted: for diet and nutrition {people(change)} more in the six"
    assert said in headline(screen)
    table = heats(screen)["Outcome or programme"]
    row = shown.loc[("programme", "HENRY", "target")]
    words = f"{people(row['reached_after'])} ({row['share_after']:.0%}), today {people(row['reached_before'])}"
    assert table.loc["– HENRY", "In reach, target wards"] == words
    assert screen.address["outcome_plan"] == saved.scenario_id


def test_outcomes_without_a_store_go_on_without_plans(open_page, monkeypatch, tmp_path):
    (tmp_path / "in-the-way").write_text("not a folder", encoding="utf-8")
    monkeypatch.setenv("REACH_DATABASE_URL", f"sqlite:///{tmp_path}/in-the-way/plans.sqlite")
    screen = open_page("ward_map", closer="outcomes")
    assert screen.at.error
    assert "Ward" in heats(screen)


def test_outcomes_come_down_with_their_assumption(open_page, downloads, lab):
    open_page("ward_map", closer="outcomes")
    frame, head = file_of(downloads, "southend-outcomes.csv")
    assert any("HENRY: children's centres" in line for line in head)
    assert len(frame) == 15 * 20
    counts = pd.to_numeric(frame["reached_after"], errors="coerce")
    assert set(frame.loc[counts.isna(), "reached_after"]) <= {"fewer than 5", "all but a few"}
    assert ((counts % 5 == 0) | (counts == frame["total"]) | counts.isna()).all()
    assert np.isfinite(frame["total"]).all()


@pytest.mark.slow
def test_what_a_link_has_wrong_is_said(open_page):
    screen = open_page("ward_map", closer="seance")
    assert len(screen.notes) == 1
    assert screen.chosen("closer") == "none"
    assert not heats(screen)
    screen = open_page("ward_map", closer="side", wards="E99~" + KURSAAL + "~" + LEIGH)
    assert len(screen.notes) == 1
    assert screen.chosen("wards") == [KURSAAL, LEIGH]
