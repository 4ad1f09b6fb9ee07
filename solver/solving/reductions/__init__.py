"""Instances made of others for the solve, and the way back from their solutions."""
