"""Small modules without models."""
