"""A result rechecked against its instance, sharing no code with what made it."""

from solver.verification.proved import Proof
from solver.verification.prover import proof
from solver.verification.verify import Check, Verification, verify

__all__ = ["Check", "Proof", "Verification", "proof", "verify"]
