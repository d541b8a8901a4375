"""What the figures mean: pure functions and frozen dataclasses over arrays and frames."""
