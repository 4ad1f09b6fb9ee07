"""What the verifier reads from an instance by itself."""
