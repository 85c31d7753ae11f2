"""`steppewatch alert`: one module per verb."""
