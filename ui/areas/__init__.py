"""The question how areas compare: which ones, the chart, and the tables."""
