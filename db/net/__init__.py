"""Web addresses: their canonical form, and the rules for reaching them. Pure."""
