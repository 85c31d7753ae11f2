"""The parts of a batch that the pipeline runs: identified, followed, tagged, its hosts and results counted."""
