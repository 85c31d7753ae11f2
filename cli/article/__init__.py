"""`steppewatch article`: one module per verb."""
