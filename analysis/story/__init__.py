"""The figures that a meeting is told."""
