"""The street network: modes, compiled arrays and snapping to the nearest edge."""
