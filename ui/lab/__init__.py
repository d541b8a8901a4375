"""What would close them? Panels of the Scenario lab."""
