"""An area that has nothing but what every area must have, on another grid: every page, command and report works on it.

What it lacks is absent, with a sentence that says so, and nothing speaks of another area's sources.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from google.protobuf.message import Message
from pptx import Presentation
from pypdf import PdfReader
from typer.testing import CliRunner

from analysis.gaps.fairness import fairness
from analysis.gaps.ranges import reach_ranges
from analysis.gaps.report import gap_report
from analysis.placement.candidates import candidate_sites
from analysis.reach.basket import read_basket
from analysis.reach.need import former_names, indicators_of
from analysis.reach.no_data import wards_off_streets, with_data
from analysis.reach.survey import survey
from analysis.scenario.lab import Lab
from analysis.scenario.scenario import AddSite, AtPostcode, LonLat, Point, Scenario
from cli import app
from geo.coordinates import to_lonlat
from geo.errors import InputError, UnknownNameError
from geo.finder import Finder
from geo.pack import AreaPack
from geo.packs import open_pack
from geo.particulars import Group
from reports.offers import ward_map_offers
from tests.pages.conftest import CHECKOUT, Screen
from tests.samples import ELSEWHERE, write_elsewhere
from wording.columns import licence_note, notes_of
from wording.gaps import headline, isolation_sentence, worst_ward
from wording.groups import AreaWords, all_wards, area_words, group_names, group_words
from wording.particulars import drawn_credit, map_credit, ward_off_streets
from wording.welcome import glossary

HUB = (ELSEWHERE[0] + 1000.0, ELSEWHERE[1] + 1250.0)
FOREIGN = (
    r"\bnan\b|© OpenStreetMap|Crown copyright|Open Government|(?<![\w\"'])borough(?![\w\"',])|(?<= )borough\b|"
    r"postcode|£|strategy|\bIMD\b|IDACI|27700|Southend|Kursaal|(?<!others )\b20(?:11|14|17|19)\b|target ward"
)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> AreaPack:
    return write_elsewhere(tmp_path_factory.mktemp("areas") / "elsewhere")


@pytest.fixture(scope="module")
def root(elsewhere: AreaPack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds the area alone."""
    return next(path for path in tmp_path_factory.getbasetemp().glob("areas*") if (path / "elsewhere").is_dir())


@pytest.fixture(autouse=True)
def only_this(root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REACH_DATA", str(root))
    monkeypatch.setenv("REACH_AREA", "elsewhere")
    monkeypatch.setenv("REACH_DATABASE_URL", f"sqlite:///{tmp_path}/plans.sqlite")


@pytest.fixture
def plan(elsewhere: AreaPack, tmp_path: Path) -> Path:
    (lon,), (lat,) = to_lonlat(*HUB, elsewhere.crs)
    hub = {"change": "add", "site": "hub-1", "name": "Hub", "at": {"lon": float(lon), "lat": float(lat)}}
    cost = {"cost": {"one_off": 9_000, "yearly": 1_000}}
    content = {"schema_version": 1, "name": "One hub", "area": "elsewhere", "service": "gp_practice"}
    path = tmp_path / "plan.json"
    path.write_text(json.dumps({**content, "changes": [{**hub, **cost}]}), encoding="utf-8")
    return path


def reach(*arguments: object) -> tuple[str, str]:
    result = CliRunner(env={"COLUMNS": "200"}).invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None, (result.stderr, result.exception)
    return result.stdout, result.stderr


def own(text: str) -> str:
    """Return a text in which nothing stands of another area, and nothing that this one lacks."""
    found = [text[max(0, one.start() - 70) : one.end() + 50] for one in re.finditer(FOREIGN, text, re.IGNORECASE)]
    assert not found
    return text


# --- figures ----------------------------------------------------------------------------------------------------------


def test_what_an_area_lacks_is_not_among_what_can_be_mapped(elsewhere: AreaPack) -> None:
    assert list(indicators_of(elsewhere)) == ["children_0_3", "population"]
    assert former_names(elsewhere) == {}
    measured = survey(elsewhere, with_data(elsewhere, read_basket()))
    assert fairness(measured, measure="children_0_3", baseline="count") is None


def test_a_home_that_is_an_area_by_itself_has_no_unequal_parts(elsewhere: AreaPack) -> None:
    measured = survey(elsewhere, with_data(elsewhere, read_basket()))
    found = reach_ranges(measured, measure="children_0_3", baseline="count", services=["gp_practice"])
    np.testing.assert_array_equal(found["low"], found["value"])
    np.testing.assert_array_equal(found["high"], found["value"])


def test_a_position_in_degrees_is_on_the_grid_of_the_area(elsewhere: AreaPack) -> None:
    (lon,), (lat,) = to_lonlat(*HUB, elsewhere.crs)
    lab = Lab(elsewhere)
    assert lab.ground.position(LonLat(float(lon), float(lat))) == pytest.approx(HUB, abs=0.01)
    with pytest.raises(UnknownNameError, match="postcode"):
        lab.ground.position(AtPostcode("SS1 2AB"))
    with pytest.raises(InputError, match="EPSG:32630, the grid of Elsewhere"):
        lab.ground.position(Point(float("nan"), 0.0))


def test_a_plan_that_names_no_baseline_counts_by_the_usual_one(elsewhere: AreaPack) -> None:
    lab = Lab(elsewhere)
    plan = Scenario("Hub", "elsewhere", "gp_practice", changes=(AddSite("hub", "Hub", Point(*HUB)),))
    effect = lab.effect(plan)
    assert effect.scenario.baseline == "count"
    # With a pram one metre is one second: homes stand in the middle of squares of 500 m, so a hub at a crossing of the
    # streets between them is two connectors of 250 m and less than 400 m of street away from some.
    reached = effect.after_s <= 900
    assert 0 < reached.sum() < len(reached)
    assert (effect.after_s <= effect.before_s).all()


def test_a_ward_without_streets_is_not_called_the_most_cut_off(elsewhere: AreaPack) -> None:
    assert wards_off_streets(elsewhere, "walk_pram") == []
    asked = {"measure": "children_0_3", "baseline": "count"}
    report = gap_report(survey(elsewhere, with_data(elsewhere, read_basket())), **asked)
    first = worst_ward(report)
    assert first == report.isolation.areas.index[0]
    away = elsewhere.demand.loc[elsewhere.demand["ward"] == first, "postcode"]
    network = elsewhere.manifest.network
    walk = network.modes["walk_pram"]
    lost = replace(walk, homes=replace(walk.homes, off_network=tuple(away)))
    modes = {**network.modes, "walk_pram": lost}
    manifest = replace(elsewhere.manifest, network=replace(network, modes=modes))
    pack = replace(elsewhere, manifest=manifest)
    missing = gap_report(survey(pack, with_data(pack, read_basket())), **asked)
    assert worst_ward(missing) != first
    assert "of the 2 wards" in headline(missing)
    areas, unknown = missing.isolation.areas, missing.isolation.unknown
    assert unknown == (first,)
    wards = [code for code in areas.index if code in pack.wards.index]
    assert wards[-1] == first, "after those of which it is known"
    assert areas["rank"][wards[:2]].tolist() == [1, 2]
    own = isolation_sentence(missing.isolation, worst_ward(missing), missing.survey.basket, missing.who)
    assert "1st of 2 wards" in own, "as the headline has it"
    assert "Most streets of" in ward_off_streets(pack, first, "walk_pram")
    assert ward_off_streets(pack, worst_ward(missing), "walk_pram") == ""


def test_where_no_venue_is_listed_the_middle_of_each_small_area_is_tried(elsewhere: AreaPack) -> None:
    sites = candidate_sites(elsewhere)
    assert sorted(sites.index) == [f"home-{code}" for code in sorted(elsewhere.lsoas.index)]
    some = candidate_sites(elsewhere, wards=["W2"])
    assert set(some["ward"]) == {"W2"}
    assert (len(sites), len(some)) == (12, 4)
    assert candidate_sites(elsewhere, ["gp_practice"])["category"].tolist() == ["gp_practice"] * 2


def test_a_home_is_found_by_its_code_and_a_postcode_is_said_to_be_unknown(elsewhere: AreaPack) -> None:
    finder = Finder.of(elsewhere)
    home = finder.find("L11").one()
    assert (home.kind, home.easting) == ("home", ELSEWHERE[0] + 250.0)
    answer = finder.find("SS1 2AB")
    assert answer.kind == "unknown"
    assert answer.said.startswith("The data of Elsewhere have no postcodes")
    assert finder.find("SS1").kind != "cut short"
    assert "postcode" not in finder.find("").said


def test_the_area_says_what_its_whole_and_its_target_wards_are_called(elsewhere: AreaPack) -> None:
    assert group_names(elsewhere) == {"target": "Target districts", "rest": "Other districts", "borough": "Whole city"}
    group = Group("target", "priority districts", ("W1",))
    particulars = replace(elsewhere.manifest.particulars, groups=(group,))
    apart = replace(elsewhere, manifest=replace(elsewhere.manifest, particulars=particulars))
    assert group_names(apart)["target"] == "Priority districts"
    assert "Whole city" in reach("access", "--service", "gp_practice", "--area", "elsewhere")[0]


def credited(pack: AreaPack, credit: str = "", attributions: Sequence[str] = ()) -> AreaPack:
    """Return the pack with another credit, and sources with other attributions."""
    particulars = replace(pack.manifest.particulars, credit=credit)
    sources = [{"key": f"s{n}", "attribution": one} for n, one in enumerate(attributions)]
    sources.append({"key": "streets", "attribution": "© Streets"})
    provenance = {**pack.provenance, "sources": sources}
    return replace(pack, manifest=replace(pack.manifest, particulars=particulars), provenance=provenance)


def test_the_credit_is_what_the_recipe_states_else_the_attributions(elsewhere: AreaPack) -> None:
    assert map_credit(elsewhere) == "A publisher."
    assert map_credit(credited(elsewhere, "Data © Nobody.", ["© Tables."])) == "Data © Nobody."
    assert map_credit(credited(elsewhere, "", ["© Tables."])) == "© Streets; © Tables."
    many = credited(elsewhere, "", [f"© A publisher with a long name {n}" for n in range(9)])
    assert map_credit(many).startswith("© Streets; © A publisher with a long name 0; ")
    assert map_credit(many).endswith("; and 5 more sources.")
    assert drawn_credit(many) == "© Streets"


# --- commands ---------------------------------------------------------------------------------------------------------


COMMANDS = [
    ("access", "--service", "gp_practice"),
    ("access", "--service", "gp_practice", "--by", "lsoa", "--format", "csv"),
    ("gaps",),
    ("gaps", "--format", "json"),
    ("sites", "--service", "gp_practice"),
    ("find", "L11"),
    ("find", "North"),
    ("place", "--hubs", "1", "--alternatives", "1"),
    ("place", "--service", "gp_practice", "--hubs", "1", "--alternatives", "1", "--format", "json"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_commands(command: tuple[str, ...]) -> None:
    own(" ".join(reach(*command, "--area", "elsewhere")))


def test_the_best_site_where_nothing_is_listed_says_what_was_tried() -> None:
    _, notes = reach("place", "--area", "elsewhere", "--hubs", 1, "--alternatives", 0)
    assert "the home in the middle of each quarter is tried" in notes
    assert "list no children's centres" in notes
    assert "Streets are missing in the data: 1 of 12 quarters" in notes


def test_plans_are_costed_in_the_money_of_the_area(plan: Path) -> None:
    run, _ = reach("scenario", "run", plan)
    assert "€9,000 once and €1,000 a year" in own(run)
    compared, _ = reach("scenario", "compare", plan, plan)
    assert "Cost once, €" in own(compared)


def test_reports(plan: Path, tmp_path: Path) -> None:
    made = {
        "ward.pdf": ("report", "ward", "North", "--area", "elsewhere", "--scenario", plan),
        "borough.pdf": ("report", "borough", "--area", "elsewhere", "--scenario", plan),
        "plan.pdf": ("report", "scenario", plan),
        "plan.xlsx": ("report", "scenario", plan),
        "map.html": ("report", "map", "--area", "elsewhere"),
        "slides.pptx": ("report", "meeting", "--area", "elsewhere", "--scenario", plan),
    }
    for name, command in made.items():
        reach(*command, "--out", tmp_path / name)
        if name.endswith("pdf"):
            text = "\n".join(page.extract_text() for page in PdfReader(tmp_path / name).pages)
            own(text)
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert 'addAttribution("A publisher.")' in page
    assert "© OpenStreetMap" not in page
    slides = Presentation(str(tmp_path / "slides.pptx")).slides
    told = [one.text_frame.text for slide in slides for one in slide.shapes if one.has_text_frame]
    assert "A publisher." in told
    assert "€9,000" in text or "€9,000" in "\n".join(
        page.extract_text() for page in PdfReader(tmp_path / "plan.pdf").pages
    )
    for sheet in pd.read_excel(tmp_path / "plan.xlsx", sheet_name=None, header=None).values():
        own(sheet.fillna("").to_csv())


# --- pages ------------------------------------------------------------------------------------------------------------


PAGES = [
    ("ward_map", {}),
    ("ward_map", {"ward": "W1", "areas": "lsoa"}),
    ("ward_map", {"closer": "side"}),
    ("ward_map", {"closer": "trend"}),
    ("ward_map", {"closer": "outcomes"}),
    ("ward", {"ward": "W1"}),
    ("travel_time", {}),
    ("travel_time", {"place": "L11"}),
    ("travel_time", {"map": "need"}),
    ("travel_time", {"map": "site"}),
    ("travel_time", {"map": "back"}),
    ("gaps", {}),
    ("scenario_lab", {}),
    ("meeting", {}),
    ("data_and_method", {}),
]
SAID = {
    "data_and_method": "No source of Elsewhere states totals to hold these figures against",
    "gaps Is it fair?": "The pack of Elsewhere has no index of deprivation: name one in its recipe",
    "gaps What changed": "There is no list of an earlier year to compare with",
    "ward_map closer=outcomes": "The pack of Elsewhere has no local strategy",
    "travel_time map=need": "no index of deprivation among children: name one in its recipe",
    "travel_time place=L11": "From Line Street, North",
    "scenario_lab Best sites": "the home in the middle of each quarter is tried",
}
"""Where something is absent, what says so."""


def words_of(screen: Screen) -> str:
    """Everything that is said, without the styles and the method, which is a text about the program."""
    spoken = re.sub(r"<style>.*?</style>", "", screen.text, flags=re.DOTALL)
    boxes = [one.value for kind in ("info", "warning", "caption") for one in screen.at.get(kind)]
    return re.sub(r"<[^>]+>", " ", "\n".join([spoken, *map(str, boxes)]))


@pytest.mark.slow
@pytest.mark.parametrize(("page", "address"), PAGES, ids=str)
def test_pages(page: str, address: dict[str, str]) -> None:
    screen = Screen(page, {"area": "elsewhere", **address})
    said = words_of(screen)
    key = " ".join([page, *(f"{name}={value}" for name, value in address.items())])
    assert SAID.get(key, "") in said
    if page != "data_and_method":  # the method tells of every area
        own(re.sub("no local strategy that names programmes and outcomes", "", said))
    for frame in (element.value for element in (*screen.at.dataframe, *screen.at.table)):
        assert "group" not in frame.columns
    if page in ("travel_time", "gaps", "ward", "scenario_lab"):
        assert "Streets are missing in the data" in said
        assert "1 of 12 quarters" in said


@pytest.mark.slow
@pytest.mark.parametrize(("page", "key"), [("gaps", "gaps-more"), ("scenario_lab", "lab-tabs")])
def test_every_tab(page: str, key: str) -> None:
    screen = Screen(page, {"area": "elsewhere"})
    for tab in [tab.label for tab in screen.at.tabs]:
        screen.at.session_state[key] = tab
        screen.run()
        assert SAID.get(f"{page} {tab}", "") in own(words_of(screen))


def test_the_pack_opens_by_its_own_name(root: Path) -> None:
    assert open_pack("elsewhere", root).crs == "EPSG:32630"


# --- an area with target wards of another name -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> AreaPack:
    """A city that calls its wards districts, and its target wards priority districts."""
    return write_elsewhere(tmp_path_factory.mktemp("cities") / "apart", targets=("W1", "W2"))


@pytest.fixture
def city(apart: AreaPack, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> AreaPack:
    """The city, which is then the area of every page and command."""
    root = next(path for path in tmp_path_factory.getbasetemp().glob("cities*") if (path / apart.code).is_dir())
    monkeypatch.setenv("REACH_DATA", str(root))
    monkeypatch.setenv("REACH_AREA", apart.code)
    return apart


@pytest.fixture
def city_plan(plan: Path) -> Path:
    plan.write_text(plan.read_text(encoding="utf-8").replace("elsewhere", "apart"), encoding="utf-8")
    return plan


def test_the_words_of_an_area_are_those_of_its_recipe(city: AreaPack) -> None:
    assert area_words(city) == AreaWords("city", "district", "districts", "priority district", "priority districts")
    assert (area_words(city).other, area_words(city).a_target) == ("other district", "a priority district")
    assert group_names(city)["target"] == "Priority districts"
    assert all_wards(city)["rest"] == "All other districts"
    assert group_words(area_words(city), 1, 2) == {"target": "one priority district", "rest": "other two districts"}
    unlike = replace(city.manifest.particulars, groups=(Group("target", "the poorest six", ("W1",)),))
    words = area_words(replace(city, manifest=replace(city.manifest, particulars=unlike)))
    assert (words.target, words.targets) == ("the poorest six", "the poorest six")


def test_only_an_area_with_target_wards_explains_them_by_its_own_name(city: AreaPack, elsewhere: AreaPack) -> None:
    terms = [term for term, _ in glossary(city)]
    assert terms[1] == "priority districts"
    assert [term for term, _ in glossary(elsewhere)] == [terms[0], *terms[2:]]


def test_a_download_names_the_licences_of_the_sources_of_its_area(city: AreaPack) -> None:
    assert notes_of(city, "Reach", "count")["licence"] == "CC0-1.0"
    southend = open_pack("southend", CHECKOUT / "data")
    assert licence_note(southend) == (
        "Open Government Licence v3.0; parts from OpenStreetMap under the Open Database Licence 1.0"
    )


def test_commands_speak_in_the_words_of_the_area(city: AreaPack, city_plan: Path) -> None:
    assert "* priority district." in own(" ".join(reach("gaps")))
    assert "* priority district." in own(reach("scenario", "run", city_plan)[0])
    assert "Priority districts" in own(reach("scenario", "compare", city_plan, city_plan)[0])
    assert "priority districts" in own(" ".join(reach("place", "--hubs", "1", "--alternatives", "1", "--goal", "gap")))
    assert "In the city" in own(reach("data", "check", city.code)[0])


def test_reports_speak_in_the_words_of_the_area(city: AreaPack, city_plan: Path, tmp_path: Path) -> None:
    reports = {
        "ward": (("ward", "North"), "One of the two priority districts"),
        "borough": (("borough",), "City brief"),
        "scenario": (("scenario", city_plan), "in the priority districts"),
    }
    for name, (command, said) in reports.items():
        extra = () if name == "scenario" else ("--scenario", city_plan)
        reach("report", *command, *extra, "--out", tmp_path / f"{name}.pdf")
        text = "\n".join(page.extract_text() for page in PdfReader(tmp_path / f"{name}.pdf").pages)
        assert said in re.sub(r"\s+", " ", own(text))
    reach("report", "scenario", city_plan, "--out", tmp_path / "plan.xlsx")
    sheets = pd.read_excel(tmp_path / "plan.xlsx", sheet_name=None, header=None)
    told = own(" ".join(sheet.fillna("").to_csv() for sheet in sheets.values()))
    assert "Change in priority districts" in told
    assert "CC0-1.0" in told
    offers = ward_map_offers(city, "W1", date(2026, 5, 31))
    assert [offer.label for offer in offers][1] == "the brief of the city (PDF)"


def sent(screen: Screen) -> str:
    """Every text that the page sends to the browser: sentences, headings of tables, keys and titles of charts."""

    def texts(message: Message) -> Iterator[str]:
        for about, value in message.ListFields():
            for one in value if about.is_repeated else [value]:
                if isinstance(one, Message):
                    yield from texts(one)
                elif isinstance(one, str) and about.name not in ("id", "key", "form_id"):
                    yield one

    tables = (cell for one in (*screen.at.dataframe, *screen.at.table) for cell in one.value.to_numpy().ravel())
    cells = (cell for cell in tables if isinstance(cell, str) and " " in cell)  # others are figures and codes
    return "\n".join([*cells, *(text for one in screen.at.main if one.proto is not None for text in texts(one.proto))])


def in_its_words(screen: Screen) -> str:
    """Return what a page says, in which nobody speaks of a borough, nor of target wards."""
    method = (CHECKOUT / "docs" / "method.md").read_text(encoding="utf-8").removeprefix("# Method\n").strip()
    said = sent(screen).replace(method, "")  # the method tells of every area
    found = re.findall(r".{,40}(?:(?<![\w\"'])borough\b(?![\"'])|target wards?\b).{,20}", said, re.IGNORECASE)
    assert not found
    return said


@pytest.mark.parametrize(
    ("page", "address", "words"),
    [
        ("gaps", {"figure": "gap"}, "Minutes more than the city; Priority districts alone; 2 priority districts"),
        ("scenario_lab", {}, "in the priority districts"),
        ("ward", {"ward": "W1"}, "the city’s"),
        ("ward_map", {"ward": "W3"}, "not a priority district; Share of the city’s; The 2 priority districts"),
        ("ward_map", {"closer": "side"}, ""),
        ("ward_map", {"closer": "trend"}, ""),
        ("travel_time", {}, "in the two priority districts; All other districts"),
        ("data_and_method", {}, "Services in the city and up to; Status, priority districts together"),
    ],
)
def test_pages_speak_in_the_words_of_the_area(city: AreaPack, page: str, address: dict[str, str], words: str) -> None:
    said = in_its_words(Screen(page, {"area": city.code, **address}))
    assert [one for one in words.split("; ") if one not in said] == []


@pytest.mark.parametrize(("page", "key"), [("gaps", "gaps-more"), ("scenario_lab", "lab-tabs")])
def test_tabs_speak_in_the_words_of_the_area(city: AreaPack, page: str, key: str) -> None:
    screen = Screen(page, {"area": city.code})
    for tab in [tab.label for tab in screen.at.tabs]:
        screen.at.session_state[key] = tab
        screen.run()
        in_its_words(screen)


def test_plans_are_compared_in_the_words_of_the_area(city: AreaPack) -> None:
    screen = Screen("scenario_lab", {"area": city.code})
    screen.choose("lab-typed", "L11")
    screen.at.session_state["lab-tabs"] = "Compare"
    screen.run()
    screen.at.button(key="lab-aside").click().run()
    screen.choose("lab-typed", "L31")
    in_its_words(screen)
    table = screen.at.table[0].value
    assert table.shape[1] == 3
    assert table.index[:3].tolist() == ["Priority districts", "Other districts", "Whole city"]
    assert table.index[3] == "Whole city: only a session, with a place"
