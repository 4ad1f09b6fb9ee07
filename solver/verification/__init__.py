"""A result rechecked against its instance, sharing no code with what made it."""

from solver.verification.proof import Proof, proof
from solver.verification.whole import Check, Verification, verify

__all__ = ["Check", "Proof", "Verification", "proof", "verify"]
