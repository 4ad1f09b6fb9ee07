"""Questions to a solved instance."""
