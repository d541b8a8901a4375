"""The words of every sentence, in any language that has a file in ``data/words``.

English is whole; a language that leaves something out shows it in English. A word is asked for by its place in the
file, as ``"steps.who.title"``, and braces in it are filled in.

What the meeting shows is told in the language of the meeting: its functions are handed the `Words`. All others speak
:func:`english`.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from geo.errors import InputError, UnknownNameError
from wording.rounding import whole

WORDS = Path(__file__).resolve().parent.parent / "data" / "words"
FIRST_LANGUAGE = "en"
_FEW_FROM, _FEW_TO, _FEW_THREE = 2, 4, 3


@dataclass(frozen=True)
class Words:
    """Words of one language.

    Attributes
    ----------
    code, name
        Such as ``"pl"``, ``"Polski"``.
    review
        What to show where the translation is still to be reviewed; empty when it has been.
    table
        The file's words.
    fallback
        Where to look for what this language leaves out.
    """

    code: str
    name: str
    review: str
    table: Mapping[str, Any]
    fallback: "Words | None" = None

    def find(self, place: str) -> Any:
        """Return what stands at a place such as ``"steps.who.title"``, or None."""
        found: Any = self.table
        for part in place.split("."):
            if not isinstance(found, Mapping) or part not in found:
                return self.fallback.find(place) if self.fallback else None
            found = found[part]
        return found

    def has_own(self, place: str) -> bool:
        """Whether this language itself has that word."""
        return Words(self.code, self.name, self.review, self.table).find(place) is not None

    @property
    def direction(self) -> str:
        """The direction that it is written in, as HTML names it: ``"ltr"`` or ``"rtl"``."""
        return str(self.find("language.direction") or "ltr")

    def say(self, place: str, /, **values: object) -> str:
        """Return the words at a place with their braces filled in.

        Raises
        ------
        UnknownNameError
            When there are no such words.
        InputError
            When the words ask for a value that is not given.
        """
        text = self.find(place)
        if not isinstance(text, str):
            raise UnknownNameError("words", place, sorted(self.table))
        return self._filled(place, text, values)

    def _filled(self, place: str, text: str, values: Mapping[str, object]) -> str:
        if self.direction == "rtl":
            values = {name: _apart(value) for name, value in values.items()}
        try:
            return text.format(**values)
        except (KeyError, IndexError, ValueError) as error:
            raise InputError(f"the words {place} of language {self.code} cannot be filled in: {error}") from error

    def many(self, place: str) -> list[str]:
        """Return a list of words; errors as for :meth:`say`."""
        found = self.find(place)
        if not isinstance(found, list):
            raise UnknownNameError("list of words", place, sorted(self.table))
        return [str(item) for item in found]

    def named(self, place: str) -> Mapping[str, str]:
        """Return the words of a section by name; errors as for :meth:`say`."""
        found = self.find(place)
        if not isinstance(found, Mapping):
            raise UnknownNameError("section of words", place, sorted(self.table))
        return MappingProxyType({str(name): str(text) for name, text in found.items()})

    def number(self, value: float) -> str:
        """Write a whole number with the language's mark between thousands."""
        return f"{whole(value):,}".replace(",", str(self.find("language.thousands")))

    def numeral(self, value: int) -> str:
        """Write a small number in words where the language lists them, else in digits."""
        names = self.many("words.numerals") if self.has_own("words.numerals") else []
        return names[value] if 0 <= value < len(names) else self.number(value)

    def counted(self, place: str, value: int, /, **values: object) -> str:
        """Write words in the form that goes with a number: "1 minute", "2 minutes"; errors as for :meth:`say`.

        The number itself fills in ``{n}``, and `values` the other braces.
        """
        forms = self.many(place)
        rule = str(self.find("language.plural")) if self.has_own(place) else "one_other"
        return self._filled(place, forms[min(_form(rule, value), len(forms) - 1)], {"n": self.number(value)} | values)

    def listed(self, names: Sequence[str], last: str = "words.and") -> str:
        """Join names as people do: "a, b and c"; `last` is the place of the word before the last."""
        if len(names) < 2:
            return "".join(names)
        return f"{', '.join(names[:-1])} {self.say(last)} {names[-1]}"

    def in_ten(self, share: float) -> str:
        """Write a share from 0 to 1 in tenths: "about 4 in 10"."""
        if share <= 0:
            return self.say("words.none")
        if share >= 1:
            return self.say("words.all")
        if share < 0.05:
            return self.say("words.few")
        if share > 0.95:
            return self.say("words.nearly_all")
        return self.say("words.in_ten", n=min(9, max(1, whole(share * 10))))


def _apart(value: object) -> object:
    """Set a name in Latin letters apart, so that figures and marks beside it keep their side (Unicode's isolates)."""
    latin = isinstance(value, str) and value.isascii() and any(letter.isalpha() for letter in value)
    return f"\u2068{value}\u2069" if latin else value


def _form(rule: str, value: int) -> int:
    """Which form of a noun goes with a number: 0 for one, 1 for few (or all others), 2 for many."""
    if value == 1:
        return 0
    if rule == "arabic":  # a numeral up to ten takes the noun in the plural, a larger one in the singular
        return 1 if _FEW_THREE <= value % 100 <= 10 else 2
    if rule != "polish":
        return 1
    few = _FEW_FROM <= value % 10 <= _FEW_TO and not 12 <= value % 100 <= 14
    return 1 if few else 2


def languages(folder: Path = WORDS) -> list[str]:
    """Codes of the languages that there are words for, English first."""
    codes = sorted(path.stem for path in folder.glob("*.toml"))
    return sorted(codes, key=lambda code: code != FIRST_LANGUAGE)


def read_words(code: str = FIRST_LANGUAGE, folder: Path = WORDS) -> Words:
    """Return the words of a language, whose file is read again only after a change.

    Raises
    ------
    UnknownNameError
        When there is no such language.
    InputError
        When its file cannot be read.
    """
    if code not in languages(folder):
        raise UnknownNameError("language", code, languages(folder))
    try:
        return _read(code, folder, (folder / f"{code}.toml").stat().st_mtime_ns)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError) as error:
        raise InputError(f"the words {code}.toml cannot be read: {error}") from error


@lru_cache(maxsize=64)
def _read(code: str, folder: Path, changed_ns: int) -> Words:  # noqa: ARG001  # a part of the key
    table = tomllib.loads((folder / f"{code}.toml").read_text(encoding="utf-8"))
    about = table["language"]
    fallback = None if code == FIRST_LANGUAGE else read_words(FIRST_LANGUAGE, folder)
    return Words(code, str(about["name"]), str(about["review"]), MappingProxyType(table), fallback)


@cache
def english() -> Words:
    """Return the English words, read once."""
    return read_words()
