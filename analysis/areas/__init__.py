"""Several areas side by side: the same measures, services and thresholds, and what differs in their sources."""
