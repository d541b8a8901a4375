"""What several reports say of an area: how sure it is, how it was made, and from what."""

from analysis.gaps.bands import lead_of
from analysis.gaps.report import GapReport
from analysis.reach.survey import Survey
from analysis.shown import ShownFrame
from geo.pack import AreaPack
from geo.services import category_named
from geo.vintages import baseline_words, deprivation_words, strategy_words, streets_words
from wording.gaps import kind_of, left_out_sentence
from wording.numbers import capital, percent
from wording.rounding import digits, shortest
from wording.scenario import at_speed, mode_words


def lead_words(survey: Survey) -> str:
    """Say what the map of a brief is about: ``"children's centre, walking with a pram"``."""
    lead = lead_of(survey.basket)
    return f"{category_named(lead).label}, {mode_words(survey.basket.item(lead).mode)}"


def source_words(pack: AreaPack, baseline: str) -> str:
    """Name the source of a figure, short enough for a table, as the area's own pack has it.

    Parameters
    ----------
    pack
        The area.
    baseline
        Under which the figure is; empty for a score of deprivation.
    """
    if baseline == "strategy":
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
    speed = (
        f"stays at {share} for a slower walk (3.2 km/h) and a faster one (4.8 km/h)"
        if slow == fast == share
        else f"is {share}; it would be {slow} at a slower walk (3.2 km/h) and {fast} at a faster one (4.8 km/h)"
    )
    said = [f"How sure are we? The share of {report.who} in {name} within reach of {kind_of(lead)} {speed}."]
    for other in survey.others:
        service = other.reading.service
        figures = readings.loc[[(code, service, other.reading.name)]].iloc[0]
        then, now = (percent(figures[key]) for key in ("share", "default_share"))
        words = capital(other.reading.words)
        if service == lead:
            said.append(f"{words} it {'would be' if then != now else 'is also'} {then}.")
        elif then != now:
            place, within = kind_of(service), shortest(basket.item(service).threshold_min)
            said.append(f"{words} {then} would be within {within} minutes of {place}, not {now}.")
    return " ".join(said)


def method_words(survey: Survey, baseline: str) -> list[str]:
    """How the figures were made, in a few sentences."""
    pack = survey.pack
    centre = survey.basket.item(lead_of(survey.basket))
    mode = survey.access[centre.mode].streets.mode
    way, homes = f"{mode_words(centre.mode)}{at_speed(mode.speed_kmh)}", digits(len(pack.demand))
    return [
        f"Travel times are {way} along streets and paths ({streets_words(pack)}) from each of "
        f"{homes} postcodes to the nearest place, those just outside the borough included. A time equal "
        "to the limit counts as within it. Slopes, crossings and pavements are not known.",
        *([left_out_sentence(survey.left_out)] if survey.left_out else []),
        "Can reach is not the same as goes to, is registered with, or gets help from.",
        f"Whose figures: {baseline_words(pack, baseline)}. Published: printed by its source; census: counted; "
        "modelled: estimated, by us or by its publisher.",
        "Numbers of people near enough or too far away are to the nearest 5: they are estimates.",
    ]


def licence_words(pack: AreaPack) -> str:
    """Attributions of the sources, which must stay with any copy."""
    return " · ".join(pack.attribution())


def pack_words(pack: AreaPack) -> str:
    """Which data were used."""
    return f"Service Reach, data {pack.code} {pack.digest}"
