"""Food hygiene ratings of one authority.

Format: Food Standards Agency, *UK food hygiene rating data*: ``FHRS893en-GB.xml``, one XML file an authority, which
:mod:`geo.sources.food_hygiene` reads as it is. Its header has the day of the extract.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geo.live.http import Fetched, Session
from geo.live.settings import Publisher
from geo.values import made_of

_DAY = re.compile(rb"<ExtractDate>(\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True)
class Asked:
    """The Agency's own code of the authority, such as ``"893"``."""

    authority: str


def fetch(session: Session, asked: Mapping[str, Any], at: Publisher) -> Fetched:
    """Fetch the file of one authority."""
    authority = made_of(Asked, asked, "what is asked of the Food Standards Agency").authority
    got = session.get(at, f"{at.address}/FHRS{authority}en-GB.xml", kind="xml")
    day = _DAY.search(got.content[:5000])
    return Fetched(got.content, day[1].decode() if day else got.dated)
