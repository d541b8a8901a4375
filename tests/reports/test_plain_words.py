"""Nothing that is printed, and nothing that the command line says, uses words that nobody knows."""

import io
import re
from pathlib import Path

import pytest
from pptx import Presentation
from typer.main import get_command
from typer.testing import CliRunner

from cli import app
from reports.borough_brief import borough_content
from reports.html_map import html_map
from reports.slides import meeting_slides
from reports.ward_brief import ward_content
from tests.plain_words import BANNED, lines
from tests.reports.conftest import DAY

TEMPLATES = sorted((Path(__file__).resolve().parents[2] / "reports" / "templates").glob("*.typ"))


def unknown(text):
    return [line[:160] for line in lines(text) if BANNED.search(line)]


def strings(value):
    """Every text inside what a template is given; its keys are not read by anybody."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from strings(part)


@pytest.mark.slow
def test_briefs_are_plain(facts, effect):
    contents = [borough_content(facts, effect), *(ward_content(facts, ward, effect) for ward in facts.pack.wards.index)]
    assert not [found for content in contents for text in strings(content) for found in unknown(text)]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_templates_are_plain(template):
    words = [line for line in template.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("//")]
    assert not [line for line in words if BANNED.search(re.sub(r"\b(?:data|row)(?:\.\w+)+", "", line))]


@pytest.mark.slow
def test_slides_and_the_map_to_hand_on_are_plain(facts):
    deck = Presentation(io.BytesIO(meeting_slides(facts, DAY)))
    texts = [shape.text_frame.text for slide in deck.slides for shape in slide.shapes if shape.has_text_frame]
    texts += [slide.notes_slide.notes_text_frame.text for slide in deck.slides if slide.has_notes_slide]
    tables = [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table]
    texts += [cell.text for table in tables for row in table.rows for cell in row.cells]
    page = html_map(facts, DAY).decode()
    texts += [page[page.index('<main class="words"') :]]
    assert not [found for text in texts for found in unknown(text)]


def commands(group, before=()):
    for name, command in group.commands.items():
        yield (*before, name)
        if hasattr(command, "commands"):
            yield from commands(command, (*before, name))


@pytest.mark.parametrize("command", [(), *commands(get_command(app))], ids=" ".join)
def test_help_is_plain(command):
    result = CliRunner(env={"COLUMNS": "200"}).invoke(app, [*command, "--help"])
    assert result.exit_code == 0
    # A key of JSON and the name of a file stay as they are.
    said = result.stdout.replace("(key isolation)", "").replace("data/basket.toml", "")
    assert not unknown(said)


@pytest.mark.slow
@pytest.mark.parametrize("command", [("gaps",), ("access", "--service", "library"), ("data", "check", "southend")])
def test_tables_are_plain(command):
    result = CliRunner(env={"COLUMNS": "160"}).invoke(app, list(command))
    assert result.exit_code == 0, result.stderr
    assert not unknown(result.stdout)
