"""Panels of the Gaps page (access gaps: who is cut off from what, and why)."""
