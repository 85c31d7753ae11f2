"""Lists of articles: the candidates of queries, the places where a list goes on, its steps of days, and its facets."""
