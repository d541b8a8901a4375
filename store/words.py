"""Text that people typed, as it is kept: on one line, without what cannot be printed."""


def tidy(text: str, longest: int) -> str:
    """Return a line of text without unprintable characters, repeated blanks as one, at most `longest` characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:longest].strip()
