"""Remember: models, one module of queries per noun, and the one place that knows which database."""
