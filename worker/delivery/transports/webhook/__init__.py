"""Webhooks: signed JSON, posted to an address of the subscriber's."""
