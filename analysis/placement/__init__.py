"""Placement of new sites (facility location): location models solved to a proven optimum."""
