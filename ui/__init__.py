"""The user interface of the dashboard: a shared kit, and one folder of panels for each question."""
