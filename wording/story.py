"""The story that is told at a meeting: six steps, one message each, written from the figures.

Without a plan the step about it is left out, and there are five.

Each step has one sentence, one number with its meaning, a note for the speaker, how the figure was made, and the
figures behind its picture as rows of a table. Words are those of :mod:`wording.languages`; counts are rounded to
tens (unless they are published) and shares to tenths, since nobody in a hall needs more and the figures bear no more.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from analysis.scenario.assignment import whole_capacity
from analysis.shown import said, shown_change
from analysis.story.figures import PlanFigures, ServiceFigures, StoryFigures
from geo.network.modes import mode_named
from geo.services import category_named
from wording.languages import Words
from wording.numbers import capital, currency_sign
from wording.rounding import shortest, whole

STEPS = ("who", "help", "far", "out", "plan", "ask")
_NAMED_WARDS = 3
Row = tuple[str, str]


@dataclass(frozen=True)
class Step:
    """One screen of the story.

    Attributes
    ----------
    key
        One of `STEPS`, as in the address of the page.
    title, sentence
        Heading, and the one message.
    number, number_means
        The one figure, and what it is.
    note
        For the speaker.
    how
        How the figure was made.
    rows
        The picture as a table: what, and its figure in words.
    """

    key: str
    title: str
    sentence: str
    number: str
    number_means: str
    note: str
    how: str
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Story:
    """The whole story.

    Attributes
    ----------
    area
        Name of the area.
    language
        Code of the language.
    review
        What to show with a translation that is still to be reviewed, else empty.
    steps
        In order.
    """

    area: str
    language: str
    review: str
    steps: tuple[Step, ...]

    def step(self, key: str) -> Step:
        """Return the step of that key, or the first."""
        return next((step for step in self.steps if step.key == key), self.steps[0])


def story(figures: StoryFigures, words: Words) -> Story:
    """Write the story.

    Parameters
    ----------
    figures
        From :func:`analysis.story.figures.story_figures`.
    words
        From :func:`wording.languages.read_words`.

    Raises
    ------
    UnknownNameError, InputError
        When the words of the language lack something, or ask for what is not there.
    """
    writers: list[Callable[[StoryFigures, Words], Step]] = [_who, _help, _far, _out, _ask]
    steps = [write(figures, words) for write in writers]
    if figures.plan is not None:
        steps.insert(STEPS.index("plan"), _plan(figures, figures.plan, words))
    return Story(figures.area, words.code, words.review, tuple(steps))


def where(figures: StoryFigures, words: Words) -> str:
    """Say where: "in the six wards", "in North Side and South Side"."""
    n, names = len(figures.wards), words.listed(list(figures.wards.values()))
    kind = "these"
    if figures.everywhere:
        kind = "everywhere"
    elif figures.programme:
        kind = "programme"
    elif n <= _NAMED_WARDS:
        kind = "one" if n == 1 else "few"
    return words.say(f"where.{kind}", n=n, numeral=words.numeral(n), names=names, area=figures.area)


def service_words(service: str, words: Words) -> dict[str, str]:
    """Return what a service is called: ``one`` ("library"), ``a``, ``many``, and the language's other forms."""
    category = category_named(service)
    forms = {"one": category.label, "a": f"a {category.label}", "gen": category.label, "many": category.plural}
    for source in (words.fallback, words):
        forms |= {key: str(value) for key, value in ((source and source.find(f"services.{service}")) or {}).items()}
    return forms


def _step(
    key: str,
    words: Words,
    sentence: str,
    number: str,
    means: str,
    values: dict[str, object],
    rows: tuple[Row, ...] = (),
    *,
    note: str = "note",
    how: str = "how",
) -> Step:
    return Step(
        key=key,
        title=words.say(f"steps.{key}.title"),
        sentence=capital(words.say(f"steps.{key}.{sentence}", **values)),
        number=capital(number),
        number_means=means,
        note=words.say(f"steps.{key}.{note}", **values).strip(),
        how=words.say(f"steps.{key}.{how}", **values),
        rows=rows,
    )


def _minutes(value: float, words: Words) -> str:
    """Whole minutes, or "no way there"; never less than one."""
    if not math.isfinite(value):
        return words.say("words.no_way")
    return words.counted("words.minutes", max(1, whole(value)))


def _who(figures: StoryFigures, words: Words) -> Step:
    published = figures.status == "published" and not figures.everywhere
    children = words.number(figures.children)
    values: dict[str, object] = {
        "share": words.in_ten(figures.children / figures.all_children if figures.all_children else 0.0),
        "area": figures.area,
        "where": where(figures, words),
        "children": children,
        "status": words.say(f"steps.who.{_source(figures, published)}", **figures.vintages),
    }
    values["share"] = capital(str(values["share"]))
    rows = ((capital(where(figures, words)), children), (figures.area, words.number(figures.all_children)))
    sentence = "sentence_everywhere" if figures.everywhere else "sentence"
    return _step("who", words, sentence, children, words.say("steps.who.means", **values), values, rows)


def _source(figures: StoryFigures, published: bool) -> str:
    if figures.vintages["kind"] != "stated":
        return "other"
    return "published" if published else "modelled"


def _help(figures: StoryFigures, words: Words) -> Step:
    lead = figures.services[0]
    values: dict[str, object] = {
        **service_words(lead.item.service, words),
        "area": figures.area,
        "where": where(figures, words),
        "total": words.number(lead.total),
        "inside": words.number(lead.inside),
        "as_of": lead.vintage,
    }
    sentence = "sentence"
    if lead.total == 1:
        sentence = "sentence_single"
    elif figures.everywhere:
        sentence = "sentence_everywhere"
    elif lead.inside == 0:
        sentence = "sentence_none"
    of = words.say("screen.of", n=lead.inside, total=lead.total)
    number = words.number(lead.total) if figures.everywhere else of
    rows = tuple(
        (
            capital(service_words(service.item.service, words)["many"]),
            words.say("screen.of", n=service.inside, total=service.total),
        )
        for service in figures.services
    )
    return _step("help", words, sentence, number, words.say("steps.help.means", **values), values, rows)


def _service_values(figures: StoryFigures, service: ServiceFigures, words: Words) -> dict[str, object]:
    way = words.say(f"modes.{mode_named(service.item.mode).kind}")
    return {
        **service_words(service.item.service, words),
        "area": figures.area,
        "where": where(figures, words),
        "way": way,
        "within": _minutes(service.item.threshold_min, words),
        "minutes": _minutes(service.median_min, words),
        "speed": shortest(service.speed_kmh),
        "reason": service.item.reason.rstrip(".") + ".",
        "furthest": words.listed([str(name) for name in service.wards["name"].head(2)]),
        "share": capital(words.in_ten(service.share_out)),
    }


def _read_otherwise(service: ServiceFigures, words: Words, said: Callable[[float, float], str]) -> str:
    """Say what another reading of which places count makes of the message, where it changes its words.

    Parameters
    ----------
    said
        Writes the figure of the step, from the minutes of the child in the middle and the share left out.
    """
    usual = said(service.median_min, service.share_out)
    texts = []
    for reading in service.readings:
        other = said(reading.median_min, reading.share_out)
        if other != usual:
            which = words.find(f"readings.{service.item.service}.{reading.name}") or reading.words
            which = str(which).replace("{year}", reading.year)
            texts.append(words.say("readings.sentence", reading=which, figure=other))
    return " ".join(capital(text) for text in texts)


def _far(figures: StoryFigures, words: Words) -> Step:
    lead = figures.services[0]
    values = _service_values(figures, lead, words)
    sentence = "sentence" if math.isfinite(lead.median_min) else "sentence_none"
    rows = tuple(
        (capital(service_words(s.item.service, words)["many"]), _minutes(s.median_min, words)) for s in figures.services
    )
    rows += tuple((str(row["name"]), _minutes(float(row["median_min"]), words)) for _, row in lead.wards.iterrows())
    means = words.say("steps.far.means" if math.isfinite(lead.median_min) else "steps.far.means_none", **values)
    other = _read_otherwise(lead, words, lambda median_min, _: _minutes(median_min, words))
    step = _step("far", words, sentence, _minutes(lead.median_min, words), means, values, rows)
    return replace(step, sentence=f"{step.sentence} {other}".strip())


def _out(figures: StoryFigures, words: Words) -> Step:
    lead = figures.services[0]
    values = _service_values(figures, lead, words)
    sentence, note = ("sentence", "note") if lead.share_out > 0 else ("sentence_none", "note_none")
    rows = tuple((str(row["name"]), words.in_ten(float(row["share_out"]))) for _, row in lead.wards.iterrows())
    means = words.say("steps.out.means", **values)
    other = _read_otherwise(lead, words, lambda _, share_out: words.in_ten(share_out))
    step = _step("out", words, sentence, words.in_ten(lead.share_out), means, values, rows, note=note)
    return replace(step, sentence=f"{step.sentence} {other}".strip())


def _plan(figures: StoryFigures, plan: PlanFigures, words: Words) -> Step:
    change = float(shown_change(plan.after, plan.before))
    values: dict[str, object] = {
        **service_words(plan.service, words),
        "where": where(figures, words),
        "plan": plan.name,
        "n": words.number(abs(change)),
        "within": _minutes(plan.within_min, words),
        "way": words.say(f"modes.{mode_named(plan.mode).kind}"),
        "before": words.in_ten(plan.before / plan.total if plan.total else 0.0),
        "after": words.in_ten(plan.after / plan.total if plan.total else 0.0),
        "cost": _cost(plan, words),
    }
    means = words.say("steps.plan.means", **values)
    if plan.lost > 0 and not said(plan.lost):
        means += "; " + words.say("steps.plan.lost", n=words.number(plan.lost))
    elif plan.lost > 0:
        means += "; " + words.say("steps.plan.lost_few")
    if plan.near_session > 0:
        means += "; " + words.counted("steps.plan.sessions", int(whole_capacity(plan.session_capacity)))
    few = said(change) is not None
    if change == 0:
        sentence, number = "sentence_same", "0"
    elif few:
        sentence, number = "sentence_few" if change > 0 else "sentence_few_less", words.say("words.a_few")
    else:
        sentence = "sentence" if change > 0 else "sentence_less"
        number = f"{'+' if change > 0 else '−'}{words.number(abs(change))}"
    rows = tuple(
        (
            str(row["name"]),
            f"{words.say('screen.now')}: {words.in_ten(float(row['share_before']))}; "
            f"{words.say('screen.with_plan')}: {words.in_ten(float(row['share_after']))}",
        )
        for _, row in plan.wards.iterrows()
    )
    return _step("plan", words, sentence, number, means, values, rows)


def _cost(plan: PlanFigures, words: Words) -> str:
    if not plan.cost.one_off and not plan.cost.yearly:
        return ""
    sign = currency_sign(plan.currency)
    one_off, yearly = (f"{sign}{words.number(part)}" for part in (plan.cost.one_off, plan.cost.yearly))
    return words.say("steps.plan.cost", one_off=one_off, yearly=yearly)


def _ask(figures: StoryFigures, words: Words) -> Step:
    rows = tuple((str(n), text) for n, text in enumerate(words.many("steps.ask.questions"), start=1))
    values: dict[str, object] = {"area": figures.area}
    number, means = words.say("steps.ask.number"), words.say("steps.ask.means")
    return _step("ask", words, "sentence", number, means, values, rows)
