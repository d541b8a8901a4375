"""A file that a page offers to take away; a report says how it is made, and the screen when."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Offer:
    """One file that can be had.

    Attributes
    ----------
    label
        What it is, to follow a verb: ``"the brief of the ward (PDF)"``.
    file_name, mime
        Its name and kind.
    make
        Makes it; raises a `ReachError` that says why where it cannot be made. A function of a module with small values
        (`functools.partial`), so that another process can make it.
    about
        What it is made from: a file made for something else is out of date.
    """

    label: str
    file_name: str
    mime: str
    make: Callable[[], bytes] = field(compare=False)
    about: Hashable = ()
