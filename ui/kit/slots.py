"""The kinds of place where a page keeps something: a key of Streamlit's session, a name of the address, or both.

Which places there are, each by its name, is said in :mod:`ui.kit.session`; what goes for any of them is here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar, overload

import streamlit as st

T = TypeVar("T")
_MEMORY, _KEPT = "url:", "keep:"
LONGEST_ASKED = 4_000
"""Characters that one name of the address may say: a list of the codes of a hundred areas has half."""


def asked_of_address(name: str, longest: int = LONGEST_ASKED) -> str | None:
    """Return what the address says of a name; None where it does not have it.

    Of what is longer than `longest` characters, that and one more: too long for whoever reads it, as it was, but never
    so long that reading it takes time.
    """
    said = st.query_params.get(name)
    return None if said is None else str(said)[: longest + 1]


class Slot(Generic[T]):
    """One key of the session; as an attribute of a class it is read and written by the class's objects.

    Attributes
    ----------
    key
        The key, as a control takes it.
    default
        What is read while nothing is kept; never changed in place, so no list or dict.
    """

    def __init__(self, key: str, default: T) -> None:
        self.key = key
        self.default = default

    @overload
    def __get__(self, holder: None, owner: type) -> Self: ...
    @overload
    def __get__(self, holder: object, owner: type) -> T: ...
    def __get__(self, holder: object | None, owner: type) -> Self | T:
        return self if holder is None else self.get()

    def __set__(self, holder: object, value: T) -> None:
        self.put(value)

    @property
    def held(self) -> bool:
        """Whether anything is kept."""
        return self.key in st.session_state

    def get(self) -> T:
        """Return what is kept, or the default."""
        found: T = st.session_state.get(self.key, self.default)
        return found

    def put(self, value: T) -> None:
        """Keep a value; of a control only in a callback, or before it is drawn."""
        st.session_state[self.key] = value

    def pop(self) -> T:
        """Return what is kept, or the default, and keep it no longer."""
        found = self.get()
        if self.held:
            del st.session_state[self.key]
        return found


class Param:
    """One name of the address that no control stands behind; the empty text where the address does not have it.

    Attributes
    ----------
    name
        The name.
    longest
        Characters that this program writes to it at most; see :func:`asked_of_address`.
    """

    def __init__(self, name: str, longest: int = 200) -> None:
        self.name = name
        self.longest = longest

    @overload
    def __get__(self, holder: None, owner: type) -> Self: ...
    @overload
    def __get__(self, holder: object, owner: type) -> str: ...
    def __get__(self, holder: object | None, owner: type) -> Self | str:
        return self if holder is None else self.get()

    def __set__(self, holder: object, value: str) -> None:
        self.put(value)

    def get(self) -> str:
        """Return what the address says."""
        return asked_of_address(self.name, self.longest) or ""

    def put(self, value: str) -> None:
        """Write to the address, or take the name out of it for the empty text."""
        if value:
            if st.query_params.get(self.name) != value:
                st.query_params[self.name] = value
        elif self.name in st.query_params:
            del st.query_params[self.name]


class Linked(Slot[T]):
    """What a control of :mod:`ui.kit.controls` holds, which stands in the address under the same name."""

    @property
    def asked(self) -> str:
        """What the address says; the empty text for nothing."""
        return asked_of_address(self.key) or ""

    def memory(self) -> "Slot[Written | None]":
        """Return where it is kept what was written to the address last, and what the control held then."""
        return Slot(f"{_MEMORY}{self.key}", None)

    def forget(self) -> None:
        """Keep nothing of it: not in the control, nor in its memory, nor in the address."""
        self.pop()
        self.memory().pop()
        st.query_params.pop(self.key, None)


@dataclass(frozen=True)
class Written:
    """What a control wrote to the address last (None for nothing), and what it held then."""

    text: str | None
    value: Any


def kept_of(slot: Slot[T]) -> Slot[T]:
    """Return where the value of a control outlasts drawings that leave the control out."""
    return Slot(f"{_KEPT}{slot.key}", slot.default)


def linked(key: str) -> Linked[Any]:
    """Return the slot of an address's control by its key."""
    return Linked(key, None)


def linked_controls() -> list[Linked[Any]]:
    """Return every control of this visit that has written to the address, or could have."""
    return [linked(key.removeprefix(_MEMORY)) for key in _keys() if key.startswith(_MEMORY)]


def kept_controls() -> list[Slot[Any]]:
    """Return every control of this visit whose value outlasts drawings that leave it out."""
    return [Slot(key.removeprefix(_KEPT), None) for key in _keys() if key.startswith(_KEPT)]


def forget_all(but: Iterable[Slot[Any]]) -> None:
    """Keep nothing of this visit but these."""
    left = {key for slot in but for key in (slot.key, kept_of(slot).key, f"{_MEMORY}{slot.key}")}
    for key in _keys():
        if key not in left:
            del st.session_state[key]


def _keys() -> list[str]:
    return [str(key) for key in st.session_state]
