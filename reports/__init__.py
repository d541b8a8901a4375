"""Reports to print or send: briefs, a map in one file, slides; all figures come from `analysis`."""
