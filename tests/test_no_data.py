"""What an area's data have no list of is no data, never out of reach: left out, and said so."""

import json
from pathlib import Path

import numpy as np
import pytest
from pypdf import PdfReader
from typer.testing import CliRunner, Result

from analysis.gaps.isolation import home_isolation, isolation
from analysis.gaps.report import gap_report
from analysis.reach.basket import read_basket
from analysis.reach.no_data import with_data, without_list
from analysis.reach.survey import survey
from cli import app
from geo.errors import InputError
from geo.pack import AreaPack
from geo.packs import open_pack
from tests.pages.conftest import Screen
from tests.samples import write_pack
from wording.gaps import left_out_sentence

COUNTED = {"measure": "children_0_3", "baseline": "strategy"}
SENTENCE = "No list of dentists is in this area's data, so they are left out."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("packs")
    write_pack(root / "toothless", without=["dentist"])
    write_pack(root / "centreless", without=["childrens_centre"])
    return root


@pytest.fixture
def packs(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("REACH_DATA", str(folder))
    monkeypatch.setenv("REACH_DATABASE_URL", f"sqlite:///{tmp_path}/plans.sqlite")
    return folder


@pytest.fixture(scope="module")
def toothless(folder: Path) -> AreaPack:
    return open_pack("toothless", folder)


def reach(*arguments: object) -> Result:
    result = CliRunner(env={"COLUMNS": "160"}).invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.mark.slow
def test_isolation_is_that_of_the_basket_without_dentists(toothless: AreaPack) -> None:
    whole = open_pack("southend")
    kept = [item.service for item in read_basket() if item.service != "dentist"]
    expected = survey(whole, read_basket().changed(services=kept))
    found = survey(toothless, read_basket())
    assert found.left_out == ("dentist",)
    assert found.basket.services == kept
    assert found.basket.weights.sum() == pytest.approx(1.0)
    np.testing.assert_array_equal(home_isolation(found), home_isolation(expected))
    mine, theirs = (isolation(one, **COUNTED, draws=9).areas for one in (found, expected))
    figures = ["isolation", "low", "high", "rank"]
    np.testing.assert_allclose(mine.loc[whole.wards.index, figures], theirs.loc[whole.wards.index, figures])
    with_dentists = isolation(survey(whole, read_basket()), **COUNTED, draws=0).areas
    assert not np.allclose(mine.loc[whole.wards.index, "isolation"], with_dentists.loc[whole.wards.index, "isolation"])
    # A table of other thresholds keeps leaving them out.
    again = found.with_basket(read_basket().changed(thresholds_min={"library": 25.0}))
    assert again.basket.services == kept
    assert "dentist" not in gap_report(again, **COUNTED).services.index.get_level_values("service")


def test_with_nothing_left_it_is_said(toothless: AreaPack) -> None:
    with pytest.raises(InputError, match="no list of any service of the basket: dentist"):
        survey(toothless, read_basket().changed(services=["dentist"]))
    whole = open_pack("southend")
    assert with_data(whole, read_basket()) == read_basket()
    assert without_list(toothless, ["library", "dentist"]) == ("dentist",)


def test_the_sentence_names_what_is_left_out() -> None:
    assert left_out_sentence([]) == ""
    assert left_out_sentence(["dentist"]) == SENTENCE
    assert left_out_sentence(["dentist", "library", "playground"]) == (
        "No list of dentists, libraries or playgrounds is in this area's data, so they are left out."
    )


@pytest.mark.slow
def test_commands_say_it(packs: Path) -> None:
    assert SENTENCE in reach("gaps", "--area", "toothless").stdout
    shown = reach("gaps", "--area", "toothless", "--format", "json")
    found = json.loads(shown.stdout)
    assert found["no_data"] == ["dentist"]
    assert {service for ward in found["wards"] for service in ward["services"]} == {
        item["service"] for item in found["basket"]
    }
    assert "dentist" not in json.dumps(found["wards"])
    lines = reach("gaps", "--area", "toothless", "--format", "csv")
    assert SENTENCE in lines.stderr
    assert "dentist" not in lines.stdout
    refused = reach("access", "--area", "toothless", "--service", "dentist")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr.startswith("Error: no list of the kind dentist is in the data of Plainshire")


@pytest.mark.slow
@pytest.mark.parametrize(("area", "lead"), [("toothless", "children's centre"), ("centreless", "GP practice")])
def test_reports_say_it_and_lead_with_what_there_is(packs: Path, tmp_path: Path, area: str, lead: str) -> None:
    missing = "dentists" if area == "toothless" else "children's centres"
    for kind in (("ward", "Kursaal"), ("borough",)):
        out = tmp_path / "out.pdf"
        result = reach("report", *kind, "--area", area, "--out", out)
        assert result.exit_code == 0, result.stderr
        text = " ".join("\n".join(page.extract_text() for page in PdfReader(out).pages).split()).replace("’", "'")
        assert f"No list of {missing} is in this area's data" in text
        assert f"nearest {lead}" in text
    for kind, name in (("map", "map.html"), ("meeting", "slides.pptx")):
        result = reach("report", kind, "--area", area, "--out", tmp_path / name)
        assert result.exit_code == 0, result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("area", ["toothless", "centreless"])
@pytest.mark.parametrize(
    "page", ["ward_map", "travel_time", "gaps", "scenario_lab", "meeting", "own_data", "data_and_method"]
)
def test_pages_open(packs: Path, monkeypatch: pytest.MonkeyPatch, area: str, page: str) -> None:
    monkeypatch.setenv("REACH_AREA", area)
    screen = Screen(page, {"area": area, "ward": "E05002216"})
    if page in ("gaps", "ward_map"):
        said = SENTENCE if area == "toothless" else SENTENCE.replace("dentists", "children's centres")
        assert said in screen.text
