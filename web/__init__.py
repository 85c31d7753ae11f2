"""Show: pages over what is stored."""
