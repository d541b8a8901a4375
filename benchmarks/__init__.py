"""Benchmarks: timings of this project and of peer libraries on the same streets; run ``python -m benchmarks``."""
