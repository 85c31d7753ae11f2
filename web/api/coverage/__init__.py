"""Coverage over the API: series of counts, comparisons, unusual days, and entities named together."""
