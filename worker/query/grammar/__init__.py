"""The grammar of queries: its tree, the checks of fields and values, and the forms of other tools that are refused."""
