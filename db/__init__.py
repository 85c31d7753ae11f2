"""The database: models, one module of queries per noun, and the differences between SQLite and PostgreSQL."""
