"""Outlets, their feeds and pages, and the captures that crawlers leave for the workers."""
