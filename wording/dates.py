"""Dates in words, the same in every locale."""

from datetime import date

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def date_words(day: date) -> str:
    """Write a date in words: ``"3 May 2026"``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
