"""Every write of the collector zone, a verb each."""
