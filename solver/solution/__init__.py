"""The answer: plan, certificate, status."""
