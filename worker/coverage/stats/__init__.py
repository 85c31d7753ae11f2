"""The arithmetic of the coverage: periods, series, comparisons, bursts. Pure."""
