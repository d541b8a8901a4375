"""Accessibility: the statement that a public body publishes."""
