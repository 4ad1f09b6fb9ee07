"""How much of an earlier plan's cargo moved, and the proof that no plan moves less."""
