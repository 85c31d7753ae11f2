"""The rows of exports, what to export, and how far each named export has come."""
