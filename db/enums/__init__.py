"""Closed sets of stored values, a module for each of `db.models`. Pure: needs no database library."""
