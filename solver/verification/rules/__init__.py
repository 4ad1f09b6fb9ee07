"""Diversification rules, as the verifier reads them."""
