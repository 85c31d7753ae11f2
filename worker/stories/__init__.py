"""Reprints in the database: found, compared again, and edited by people."""
