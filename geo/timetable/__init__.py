"""Timetables of public transport as arrays: what runs, where it calls, when, on which days, and how sure that is."""
