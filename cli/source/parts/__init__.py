"""Parts of `steppewatch source`: feeds as arguments and results, looks at outlets, advice, and plans of imports."""
