"""The data directory: heartbeats and free disk space."""
