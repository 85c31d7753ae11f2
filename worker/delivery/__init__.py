"""Tell people: subscriptions matched in the chain, messages composed, sent and accounted for."""
