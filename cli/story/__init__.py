"""`steppewatch story`: an original and its reprints."""
