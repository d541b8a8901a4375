"""Reach (cumulative opportunities) by ward and group, and the need that it is compared with."""
