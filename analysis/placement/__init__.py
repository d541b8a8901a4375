"""Where new sites serve best: location models solved to a proven optimum."""
