"""`steppewatch source`: a module for each verb that is more than a few lines."""
