"""Files that a page offers for download: the name and type of each, and the function that makes it on request.

The command line makes the same files with the same functions; `tests/reports/test_offers.py` checks that the bytes are
the same.
"""

from collections.abc import Callable, Sequence
from datetime import date

from analysis.scenario.lab import Effect
from drawing.offers import Offer
from geo.errors import InputError
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


def ward_map_offers(pack: AreaPack, facts: Callable[[], Facts], ward: str, made_on: date) -> list[Offer]:
    """Offer the files of the ward map page: the brief of a ward, that of the borough, and the map as one file.

    Parameters
    ----------
    pack
        The area.
    facts
        Returns its figures; called only when a file is wanted, since measuring takes seconds.
    ward
        Code of the chosen ward; when empty, the offer of its brief says that a ward must be chosen.
    made_on
        Date that is written in the files.
    """
    name = str(pack.wards["name"][ward]) if ward in pack.wards.index else ""
    whole = area_words(pack).whole

    def of_ward() -> bytes:
        if not name:
            raise InputError("no ward has been chosen: choose one above, in the list or on the map")
        return ward_brief(facts(), ward, made_on)

    return [
        Offer(
            # Without its name: a click in the map chooses another ward, and does not draw this button again.
            "the brief of the chosen ward (PDF)",
            f"{file_name(pack.code)}-{file_name(name or 'ward')}.pdf",
            PDF,
            of_ward,
            (pack.digest, ward, made_on),
        ),
        Offer(
            f"the brief of the {whole} (PDF)",
            f"{file_name(pack.code)}-{file_name(whole)}.pdf",
            PDF,
            lambda: borough_brief(facts(), made_on),
            (pack.digest, made_on),
        ),
        Offer(
            "the map in one file (HTML)",
            f"{file_name(pack.code)}-map.html",
            HTML,
            lambda: html_map(facts(), made_on),
            (pack.digest, made_on),
        ),
    ]


def scenario_offers(effect: Effect, made_on: date) -> list[Offer]:
    """Offer the report of a scenario, as PDF and as a workbook."""
    scenario, pack = effect.scenario, effect.counts.pack
    name = file_name(scenario.name)[:60]
    about = (pack.digest, scenario, made_on)
    return [
        Offer(
            "the report on this plan (PDF)",
            f"{name}.pdf",
            PDF,
            lambda: scenario_report(effect, made_on),
            about,
        ),
        Offer(
            "the report's tables (Excel)",
            f"{name}-report.xlsx",
            XLSX,
            lambda: scenario_workbook(effect, made_on),
            about,
        ),
    ]


def slides_offer(
    pack: AreaPack,
    facts: Callable[[], Facts],
    made_on: date,
    *,
    services: Sequence[str] = (),
    wards: Sequence[str] = (),
    effect: Effect | None = None,
    language: str = "en",
) -> Offer:
    """Offer the story as slides; parameters as for :func:`reports.slides.meeting_slides`."""
    plan = None if effect is None else effect.scenario
    return Offer(
        "the story as slides (PowerPoint)",
        f"{file_name(pack.code)}-story{'' if language == 'en' else f'-{file_name(language)}'}.pptx",
        PPTX,
        lambda: meeting_slides(facts(), made_on, services=services, wards=wards, effect=effect, language=language),
        (pack.digest, tuple(services), tuple(wards), plan, language, made_on),
    )
