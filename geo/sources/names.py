"""Tidy names, addresses and postcodes: from the many spellings of publishers to the usual one."""

import re
import unicodedata
from collections.abc import Iterable

POSTCODE = r"[A-Za-z]{1,2}[0-9][A-Za-z0-9]? *[0-9][A-Za-z]{2}"

_ACRONYMS = frozenset({"BMI", "CCG", "CDAS", "CIC", "ENT", "EPUT", "GP", "SAS", "STP", "UK"})
# words without a vowel that are not initials
_SHORT_WORDS = frozenset(
    {"blvd", "cntr", "ctr", "dr", "drs", "hse", "ltd", "mr", "mrs", "ms", "mt", "pk", "ptnr", "ptnrs", "rd"}
    | {"sq", "st", "sts", "str", "jr", "1st", "2nd", "3rd"}
)
_SMALL_WORDS = frozenset({"and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"})
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def tidy_name(name: str) -> str:
    """Write a name in title case: ``ST LUKE'S HEALTH CENTRE`` becomes ``St Luke's Health Centre``.

    In a name in capitals the case of each word is changed, except acronyms, initials and house numbers such as ``53A``.
    A name that already has small letters keeps its words. In both, ``of``, ``and``, ``on`` and similar words are
    small unless they start the name or a part of it.
    """
    name = re.sub(r",(?=[^\W\d_])", ", ", " ".join(name.split()))
    shouting = not any(letter.islower() for letter in name)

    def recase(match: re.Match[str]) -> str:
        word = match.group()
        if word.lower() in _SMALL_WORDS and not _starts_a_part(name[: match.start()]):
            return word.lower()
        return _recase_word(word) if shouting else word

    return _WORD.sub(recase, name)


def postcode_or_blank(text: str) -> str:
    """Return a postcode as ``SS1 2AB``; the empty string when `text` is not in the form of a postcode."""
    if not re.fullmatch(POSTCODE, text.strip()):
        return ""
    packed = text.replace(" ", "").upper()
    return f"{packed[:-3]} {packed[-3:]}"


def tidy_address(parts: Iterable[str], *, leave_out: str = "") -> str:
    """Join address lines with commas, in title case, without blanks, repeats, or a line equal to `leave_out`."""
    lines: list[str] = []
    for part in parts:
        # some publishers leave out the blank after a comma
        line = tidy_name(re.sub(r",(?=\S)", ", ", part).strip(" ,."))
        if line and line.casefold() not in {*(known.casefold() for known in lines), leave_out.casefold()}:
            lines.append(line)
    return ", ".join(lines)


def slug(name: str) -> str:
    """Return lower-case ASCII letters and digits joined by hyphens, for ids: ``St. Anne's`` becomes ``st-annes``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _starts_a_part(before: str) -> bool:
    """Tell whether a word that follows `before` starts the name or a part of it.

    A part starts after a house number or a punctuation mark; the hyphens of Cliff-on-Sea start no part.
    """
    if re.search(r"\w-$", before):
        return False
    words = before.split()
    return not words or not words[-1][-1].isalpha() or words[-1][0].isdigit()


def _recase_word(word: str) -> str:
    small = word.lower()
    if re.fullmatch(r"\d+(?:st|nd|rd|th)", small):
        return small
    if word[0].isdigit() or word.upper() in _ACRONYMS:
        return word.upper()
    if small not in _SHORT_WORDS and len(word) <= 4 and not re.search(r"[aeiouy'’]", small):
        return word.upper()
    head, mark, tail = small.partition("'")
    if mark and len(head) == 1 and len(tail) > 2:
        return f"{head.upper()}'{tail.capitalize()}"
    return small.capitalize()
