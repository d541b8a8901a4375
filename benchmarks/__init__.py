"""Side-by-side timings of this project and its peers on the same streets: ``python -m benchmarks``."""
