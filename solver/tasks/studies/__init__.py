"""Tasks that ask questions of a solved instance."""
