"""Where are the gaps? Panels of the Gaps page."""
