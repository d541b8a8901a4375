"""Files that a page offers for download: the name and type of each, and the function that makes it on request.

The command line makes the same files with the same functions; `tests/reports/test_offers.py` checks that the bytes are
the same. Each file is made from small values alone, so that another process can make it: it opens the area itself.
"""

from collections.abc import Sequence
from datetime import date
from functools import partial

from analysis.scenario.lab import Effect, Lab
from analysis.scenario.scenario import Scenario
from drawing.offers import Offer
from geo.errors import InputError
from geo.known_pack import KnownPack
from geo.pack import AreaPack
from reports.borough_brief import borough_brief
from reports.facts import Facts
from reports.files import file_name
from reports.html_map import html_map
from reports.scenario_report import scenario_report
from reports.scenario_workbook import scenario_workbook
from reports.slides import meeting_slides
from reports.ward_brief import ward_brief
from wording.groups import area_words

PDF = "application/pdf"
HTML = "text/html"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def ward_map_offers(pack: AreaPack, ward: str, made_on: date) -> list[Offer]:
    """Offer the files of the ward map page: the brief of a ward, that of the borough, and the map as one file.

    Parameters
    ----------
    pack
        The area.
    ward
        Code of the chosen ward; when empty, the offer of its brief says that a ward must be chosen.
    made_on
        Date that is written in the files.
    """
    name = str(pack.wards["name"][ward]) if ward in pack.wards.index else ""
    whole, known = area_words(pack).whole, KnownPack.of(pack)
    return [
        Offer(
            # Without its name: a click in the map chooses another ward, and does not draw this button again.
            "the brief of the chosen ward (PDF)",
            f"{file_name(pack.code)}-{file_name(name or 'ward')}.pdf",
            PDF,
            partial(_ward_brief, known, ward if name else "", made_on),
            (pack.digest, ward, made_on),
        ),
        Offer(
            f"the brief of the {whole} (PDF)",
            f"{file_name(pack.code)}-{file_name(whole)}.pdf",
            PDF,
            partial(_borough_brief, known, made_on),
            (pack.digest, made_on),
        ),
        Offer(
            "the map in one file (HTML)",
            f"{file_name(pack.code)}-map.html",
            HTML,
            partial(_html_map, known, made_on),
            (pack.digest, made_on),
        ),
    ]


def scenario_offers(effect: Effect, made_on: date) -> list[Offer]:
    """Offer the report of a scenario, as PDF and as a workbook."""
    scenario, pack = effect.scenario, effect.counts.pack
    name, known = file_name(scenario.name)[:60], KnownPack.of(pack)
    about = (pack.digest, scenario, made_on)
    return [
        Offer(
            "the report on this plan (PDF)",
            f"{name}.pdf",
            PDF,
            partial(_scenario_report, known, scenario, made_on),
            about,
        ),
        Offer(
            "the report's tables (Excel)",
            f"{name}-report.xlsx",
            XLSX,
            partial(_scenario_workbook, known, scenario, made_on),
            about,
        ),
    ]


def slides_offer(
    pack: AreaPack,
    made_on: date,
    *,
    services: Sequence[str] = (),
    wards: Sequence[str] = (),
    effect: Effect | None = None,
    language: str = "en",
) -> Offer:
    """Offer the story as slides; parameters as for :func:`reports.slides.meeting_slides`."""
    plan = None if effect is None else effect.scenario
    chosen = (tuple(services), tuple(wards), plan, language)
    return Offer(
        "the story as slides (PowerPoint)",
        f"{file_name(pack.code)}-story{'' if language == 'en' else f'-{file_name(language)}'}.pptx",
        PPTX,
        partial(_slides, KnownPack.of(pack), made_on, *chosen),
        (pack.digest, *chosen, made_on),
    )


def _ward_brief(known: KnownPack, ward: str, made_on: date) -> bytes:
    if not ward:
        raise InputError("no ward has been chosen: choose one above, in the list or on the map")
    return ward_brief(Facts.of(known.open()), ward, made_on)


def _borough_brief(known: KnownPack, made_on: date) -> bytes:
    return borough_brief(Facts.of(known.open()), made_on)


def _html_map(known: KnownPack, made_on: date) -> bytes:
    return html_map(Facts.of(known.open()), made_on)


def _scenario_report(known: KnownPack, scenario: Scenario, made_on: date) -> bytes:
    return scenario_report(Lab(known.open()).effect(scenario), made_on)


def _scenario_workbook(known: KnownPack, scenario: Scenario, made_on: date) -> bytes:
    return scenario_workbook(Lab(known.open()).effect(scenario), made_on)


def _slides(
    known: KnownPack,
    made_on: date,
    services: tuple[str, ...],
    wards: tuple[str, ...],
    plan: Scenario | None,
    language: str,
) -> bytes:
    pack = known.open()
    effect = None if plan is None else Lab(pack).effect(plan)
    return meeting_slides(Facts.of(pack), made_on, services=services, wards=wards, effect=effect, language=language)
