"""What must travel with a file that a reader takes away: what it is, whose figures, from which sources."""

from collections.abc import Mapping

from ui.basemap import ATTRIBUTION

LICENCE = "Open Government Licence v3.0; parts from OpenStreetMap under the Open Database Licence 1.0"
Notes = Mapping[str, str]
"""Heading and text of each note: title, area, baseline, status, sources, licence …"""


def full_notes(notes: Notes) -> dict[str, str]:
    """Return the notes with attribution and licence added when they are not among them."""
    return {**notes, **{k: v for k, v in (("attribution", ATTRIBUTION), ("licence", LICENCE)) if k not in notes}}
