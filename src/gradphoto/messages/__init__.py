"""What students are told, and their conversation with support."""
