"""Where reach falls short, and why: gaps, isolation, severance and pockets."""
