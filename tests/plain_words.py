"""What a reader is told, taken apart into sentences, and how old one must be to read it.

The measure is the Flesch-Kincaid grade of textstat, in the last version that carries its list of syllables (later ones
fetch it from the internet): a grade and five years are the age at which a child in England reads such a text.
"""

import re
from collections.abc import Iterable, Iterator

import textstat

AGE_OF_GRADE_0 = 5.0
BANNED = re.compile(
    r"middle child|child in the middle|middle one|\bbaskets?\b|beyond reach|\bdraws of\b|\d draws\b|ten draws"
    r"|not straight|none nearer|as the crow flies|\bvintages?\b|\bsevered\b|\bseverance\b|\bisolat(?:ed|ion)\b"
    r"|\bmedians?\b|\bpercentiles?\b|\bquantiles?\b|\bquintiles?\b|\bimpedance\b|\bcircuity\b|\bisochrones?\b"
    r"|\bcatchments?\b|\bconcentration index\b|\bslope index\b|\bconfidence interval\b|small children"
    r"|children of all ages|children in poverty",
    re.IGNORECASE,
)
"""Words that nobody knows outside the field, and counts of children that do not say their ages."""

_MARKUP = re.compile(r"<style.*?</style>|<script.*?</script>", re.DOTALL)
_BLOCK = re.compile(r"</?(?:p|div|li|ul|ol|h\d|tr|td|th|table|caption|section|span|small|summary|details)\b[^>]*>")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def lines(text: str) -> Iterator[str]:
    """Give the lines of a text in markdown or HTML, without markup."""
    text = _BLOCK.sub("\n", _MARKUP.sub(" ", text))
    text = re.sub(r"<[^>]+>", " ", text)
    text = _LINK.sub(r"\1", text)
    for line in re.split(r"\n(?=[-*#\d\s|]|$)|\n\n|(?<=\W)\n", text):
        bare = re.sub(r"[*_`\\#\u2060]+", "", line)
        bare = re.sub(r"^\s*(?:-|\d+[.)])\s+", "", bare)
        bare = " ".join(bare.split())
        if bare:
            yield bare


def sentences(text: str) -> list[str]:
    """Give the sentences of a text: what ends as one does and has four words or more; headings and labels are none."""
    parts = [part for line in lines(text) for part in re.split(r"(?<=[.!?])\s+(?=[A-Z“\d(])", line)]
    return [part for part in parts if len(part.split()) >= 4 and re.search(r"[.!?]”?$", part)]


def bare(sentence: str, names: Iterable[str]) -> str:
    """Replace names and numbers by short words: they are not what makes a sentence hard."""
    for name in names:
        sentence = sentence.replace(name, "place")
    sentence = re.sub(r"\b(?:place(?:,| and)? )+place\b", "place", sentence)
    return re.sub(r"[\d,.]*\d(?:st|nd|rd|th)?%?", "ten", sentence)


def reading_age(texts: Iterable[str]) -> float:
    """Age in years at which the sentences together can be read."""
    joined = " ".join(texts)
    return float(textstat.flesch_kincaid_grade(joined)) + AGE_OF_GRADE_0
