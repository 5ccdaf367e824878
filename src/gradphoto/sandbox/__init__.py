"""The outside worlds as small servers with real signatures."""
