"""The chain: documents in, articles out. Inputs of all kinds, and a batch through all stages."""
