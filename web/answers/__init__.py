"""Answers to requests: pages, tables, feeds, exports and problems, as HTML, JSON, CSV or Atom."""
