"""Who lives here? Panels of the Ward map."""
