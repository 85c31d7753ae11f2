"""HTTP with hostile or faulty servers: every request is guarded, bounded and polite."""
