"""Commands that try one stage of the chain on files."""
