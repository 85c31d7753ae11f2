"""Text → shingles → links → clusters: detection of reprints. Pure."""
