"""Processes and what they need to run: the embedded broker, heartbeats, child processes."""
