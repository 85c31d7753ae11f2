"""`steppewatch story`: originals and their reprints."""
