"""Commands that run one stage of the pipeline on files."""
