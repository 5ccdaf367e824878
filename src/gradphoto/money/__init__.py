"""Orders, payments, refunds: not built yet."""
