"""Text → shingles → links → clusters: which article is a reprint of which. Pure."""
