"""`reach report`: what it writes, and how it says no."""

import io

import pytest
from pptx import Presentation
from pypdf import PdfReader
from typer.testing import CliRunner

from analysis.scenario.file import to_json
from analysis.scenario.scenario import AddSite, Scenario, Venue
from cli import app
from geo.packs import open_pack
from reports.facts import Facts
from reports.files import report_date
from reports.ward_brief import ward_brief

DAY = "2026-05-31"


def report(*arguments):
    result = CliRunner().invoke(app, ["report", *(str(argument) for argument in arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "plan.json"
    hub = AddSite("new-1", "Hub", Venue("lib-shoeburyness-library"))
    path.write_text(to_json(Scenario("Our plan", "southend", changes=(hub,))), encoding="utf-8")
    return path


@pytest.mark.slow
def test_a_ward_is_the_same_from_the_command_line_as_in_process(tmp_path):
    out = tmp_path / "kursaal.pdf"
    result = report("ward", "kursaal", "--out", out, "--date", DAY)
    assert result.exit_code == 0, result.stderr
    facts = Facts.of(open_pack("southend"))
    assert out.read_bytes() == ward_brief(facts, facts.ward_code("Kursaal"), report_date(DAY))


@pytest.mark.slow
def test_all_wards_with_progress(tmp_path, plan):
    result = report("all-wards", "--out", tmp_path / "briefs", "--date", DAY, "--scenario", plan)
    assert result.exit_code == 0, result.stderr
    files = sorted((tmp_path / "briefs").iterdir())
    assert len(files) == 17
    assert "st-lukes.pdf" in [path.name for path in files]
    assert "17/17" in result.stderr
    assert all(len(PdfReader(path).pages) == 2 for path in files)


@pytest.mark.slow
def test_scenario_as_pdf_and_xlsx(tmp_path, plan):
    assert report("scenario", plan, "--date", DAY).exit_code == 0
    assert len(PdfReader(plan.with_suffix(".pdf")).pages) >= 2
    assert report("scenario", plan, "--out", tmp_path / "plan.xlsx", "--date", DAY).exit_code == 0
    assert (tmp_path / "plan.xlsx").read_bytes().startswith(b"PK")


@pytest.mark.slow
def test_borough_map_and_slides(tmp_path, plan):
    assert report("borough", "--out", tmp_path / "b.pdf", "--date", DAY).exit_code == 0
    assert len(PdfReader(tmp_path / "b.pdf").pages) == 3, "the third is on buses and trains"
    assert report("map", "--out", tmp_path / "m.html", "--date", DAY).exit_code == 0
    assert (tmp_path / "m.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    result = report("meeting", "--out", tmp_path / "s.pptx", "--scenario", plan, "--ward", "Kursaal", "--date", DAY)
    assert result.exit_code == 0, result.stderr
    deck = Presentation(io.BytesIO((tmp_path / "s.pptx").read_bytes()))
    assert len(deck.slides) == 9


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ward", "Atlantis", "--out", "{}/a.pdf"), "unknown ward 'Atlantis'; valid: Kursaal"),
        (("ward", "Kursaal", "--out", "{}/none/a.pdf"), "there is no folder"),
        (("ward", "Kursaal", "--out", "{}/a.pdf", "--date", "tomorrow"), "is not a date"),
        (("borough", "--area", "nowhere", "--out", "{}/a.pdf"), "unknown area 'nowhere'"),
        (("scenario", "{}/plan.json", "--out", "{}/plan.doc"), "unknown kind of report '.doc'; valid: .pdf, .xlsx"),
        (("scenario", "{}/absent.json", "--out", "{}/a.pdf"), "cannot be opened"),
        (("meeting", "--out", "{}/s.pptx", "--service", "castle"), "castle"),
        (("meeting", "--out", "{}/s.pptx", "--language", "xx"), "xx"),
        (("scenario", "{}/plan.json", "--out", "{}/plan.json"), "unknown kind of report"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(tmp_path, plan, arguments, words):
    before = sorted(tmp_path.iterdir())
    result = report(*(argument.format(tmp_path) for argument in arguments))
    assert result.exit_code == 2
    assert words in result.stderr
    assert sorted(tmp_path.iterdir()) == before
