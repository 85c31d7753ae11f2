"""`steppewatch article`: a module for each verb."""
