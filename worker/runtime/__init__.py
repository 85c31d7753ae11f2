"""Processes and their environment: the embedded broker, heartbeats, child processes."""
