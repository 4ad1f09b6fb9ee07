"""The lower bound that a certificate proves, in exact arithmetic."""
