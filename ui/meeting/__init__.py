"""How do we show it? Panels of the Meeting page."""
