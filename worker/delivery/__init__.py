"""Deliveries: claimed, sent, tried again and accounted for."""
