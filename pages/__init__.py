"""One script for each question that the dashboard answers."""
