"""Rules that decide which hits are meant: full names, other people, acronyms, capitals, the longest of several."""
