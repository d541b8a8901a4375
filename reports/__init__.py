"""What is handed out: briefs and reports on paper, a map in one file, slides. Figures come from `analysis`."""
