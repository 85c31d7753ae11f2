"""The statistics that pages show: series with their charts, profiles of entities, comparisons."""
