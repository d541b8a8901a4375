"""What pages offer is, byte for byte, what the command line writes."""

from datetime import date

import pytest
from typer.testing import CliRunner

from analysis.scenario.file import to_json
from cli import app
from geo.errors import InputError
from reports.offers import scenario_offers, slides_offer, ward_map_offers
from tests.reports.conftest import DAY
from workers.limits import Limits
from workers.queue import Queue

KURSAAL = "E05002216"


def written(tmp_path, ending, *arguments):
    out = tmp_path / f"out{ending}"
    order = ["report", *(str(argument) for argument in arguments), "--out", str(out), "--date", DAY.isoformat()]
    result = CliRunner().invoke(app, order)
    assert result.exit_code == 0, result.stderr
    return out.read_bytes()


@pytest.fixture
def plan_file(tmp_path, scenario):
    path = tmp_path / "plan.json"
    path.write_text(to_json(scenario), encoding="utf-8")
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "name", "order"),
    [
        (0, "southend-kursaal.pdf", ("ward", "Kursaal")),
        (1, "southend-borough.pdf", ("borough",)),
        (2, "southend-map.html", ("map",)),
    ],
)
def test_the_ward_map_offers_what_the_command_line_writes(pack, tmp_path, number, name, order):
    offer = ward_map_offers(pack, KURSAAL, DAY)[number]
    assert offer.file_name == name
    assert offer.make() == written(tmp_path, name[name.rindex(".") :], *order)


@pytest.mark.slow
@pytest.mark.parametrize(("number", "ending"), [(0, ".pdf"), (1, ".xlsx")])
def test_a_plan_offers_what_the_command_line_writes(effect, tmp_path, plan_file, number, ending):
    offer = scenario_offers(effect, DAY)[number]
    assert offer.file_name.endswith(ending)
    assert offer.make() == written(tmp_path, ending, "scenario", plan_file)


@pytest.mark.slow
def test_the_meeting_offers_what_the_command_line_writes(pack, effect, tmp_path, plan_file):
    offer = slides_offer(pack, DAY, services=["library"], wards=[KURSAAL], effect=effect, language="pl")
    assert offer.file_name == "southend-story-pl.pptx"
    order = ("meeting", "--service", "library", "--ward", "Kursaal", "--scenario", plan_file, "--language", "pl")
    assert offer.make() == written(tmp_path, ".pptx", *order)


@pytest.mark.slow
def test_every_file_made_in_another_process_is_the_same(pack, effect):
    offers = [
        *ward_map_offers(pack, KURSAAL, DAY),
        *scenario_offers(effect, DAY),
        slides_offer(pack, DAY, effect=effect),
    ]
    queue = Queue(Limits(), preload=("reports.offers",))
    jobs = [queue.submit(offer.label, offer.make) for offer in offers]
    assert len(offers) == 6
    for offer, job in zip(offers, jobs, strict=True):
        assert job.wait(120)
        assert job.error is None
        assert job.result == offer.make(), offer.label


def test_without_a_ward_its_brief_says_what_to_do(pack):
    offer = ward_map_offers(pack, "", DAY)[0]
    with pytest.raises(InputError, match="choose one above"):
        offer.make()


def test_a_file_for_another_ward_day_or_plan_is_out_of_date(pack, effect):
    def about(ward, day):
        return ward_map_offers(pack, ward, day)[0].about

    assert about(KURSAAL, DAY) == about(KURSAAL, DAY)
    assert about(KURSAAL, DAY) != about("E05002218", DAY)
    assert about(KURSAAL, DAY) != about(KURSAAL, date(2026, 6, 1))
    with_plan = slides_offer(pack, DAY, effect=effect)
    assert hash(with_plan.about) != hash(slides_offer(pack, DAY).about)
