"""Who can reach what: cumulative opportunities by ward and group, and the need they are set against."""
