"""Reprints in the store: found, recompared, and edited by people."""
