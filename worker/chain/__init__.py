"""The chain: documents in, articles out. The pipeline of a batch, and the service that chooses the next one."""
