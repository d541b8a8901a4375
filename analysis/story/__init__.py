"""The figures of the meeting story: access gaps of the chosen wards, and what a plan changes."""
