"""`steppewatch alert`: a module for each verb."""
