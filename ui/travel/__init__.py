"""Panels of the Travel time page (how long a journey takes)."""
