"""Ways of sending a notice."""
