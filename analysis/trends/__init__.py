"""Change over time: vintages of a measure, services then and now, one pack compared with another."""
