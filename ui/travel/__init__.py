"""How long does it take? Panels of the Travel time page."""
