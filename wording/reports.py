"""What several reports say of an area: how sure it is, how it was made, and from what."""

from analysis.gaps.bands import lead_of
from analysis.gaps.report import GapReport
from analysis.reach.survey import Survey
from analysis.shown import ShownFrame
from geo.pack import AreaPack
from geo.services import category_named
from geo.vintages import baseline_words, deprivation_words, strategy_words, streets_words
from wording.gaps import kind_of, left_out_sentence
from wording.groups import area_words
from wording.languages import english
from wording.numbers import capital, percent
from wording.particulars import homes_words, off_streets
from wording.rounding import digits, shortest
from wording.scenario import at_speed, mode_words


def lead_words(survey: Survey) -> str:
    """Say what the map of a brief is about: ``"children's centre, walking with a pram"``."""
    lead = lead_of(survey.basket)
    way = mode_words(survey.basket.item(lead).mode)
    return english().say("reports.lead", service=category_named(lead).label, way=way)


def source_words(pack: AreaPack, baseline: str) -> str:
    """Name the source of a figure, short enough for a table, as the area's own pack has it.

    Parameters
    ----------
    pack
        The area.
    baseline
        Under which the figure is; empty for a score of deprivation.
    """
    if baseline and pack.baseline_named(baseline).kind == "stated":
        return strategy_words(pack)
    return baseline_words(pack, baseline) if baseline else deprivation_words(pack)


def sure_sentence(report: GapReport, bands: ShownFrame, readings: ShownFrame, code: str, name: str) -> str:
    """Say how far the share within reach of the lead service depends on what was assumed.

    Of the other contested services the share follows, where another reading of which places count changes it.

    Parameters
    ----------
    report
        The gaps.
    bands
        From :func:`analysis.gaps.report.bands_shown`, of the lead service.
    readings
        From :func:`analysis.gaps.readings.readings_shown`.
    code, name
        Ward or group.
    """
    survey = report.survey
    basket, lead = survey.basket, lead_of(survey.basket)
    row = bands.loc[[code]].iloc[0]
    share, slow, fast = (percent(row[key]) for key in ("share", "slow", "fast"))
    say = english().say
    first: dict[str, object] = {"who": report.who, "name": name, "place": kind_of(lead), "share": share}
    same = slow == fast == share
    said = [say(f"reports.sure.{'same' if same else 'differs'}", slow=slow, fast=fast, **first)]
    for other in survey.others:
        service = other.reading.service
        figures = readings.loc[[(code, service, other.reading.name)]].iloc[0]
        then, now = (percent(figures[key]) for key in ("share", "default_share"))
        words = capital(other.reading.words)
        if service == lead:
            kind = "lead_would" if then != now else "lead_also"
            said.append(say(f"reports.sure.{kind}", reading=words, share=then))
        elif then != now:
            within = shortest(basket.item(service).threshold_min)
            place = kind_of(service)
            said.append(say("reports.sure.other", reading=words, share=then, within=within, place=place, default=now))
    return " ".join(said)


def method_words(survey: Survey, baseline: str) -> list[str]:
    """How the figures were made, in a few sentences."""
    pack = survey.pack
    centre = survey.basket.item(lead_of(survey.basket))
    mode = survey.access[centre.mode].mode
    way, homes, say = f"{mode_words(centre.mode)}{at_speed(mode.speed_kmh)}", digits(len(pack.demand)), english().say
    return [
        say(
            "reports.method.travel",
            way=way,
            streets=streets_words(pack),
            n=homes,
            homes=homes_words(pack),
            whole=area_words(pack).whole,
        ),
        *([off.replace("**", "")] if (off := off_streets(pack, mode.name)) else []),
        *([left_out_sentence(survey.left_out)] if survey.left_out else []),
        say("reports.method.reach"),
        say("reports.method.figures", figures=baseline_words(pack, baseline)),
        say("reports.method.rounded"),
    ]


def licence_words(pack: AreaPack) -> str:
    """Attributions of the sources, which must stay with any copy."""
    return " · ".join(pack.attribution())


def pack_words(pack: AreaPack) -> str:
    """Which data were used."""
    return english().say("reports.pack", code=pack.code, digest=pack.digest)
