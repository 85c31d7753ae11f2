"""HTTP as strangers speak it: every request is guarded, bounded and polite."""
