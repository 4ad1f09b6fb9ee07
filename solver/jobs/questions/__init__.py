"""What is asked: sweeps, the items they are made of, and what tells these apart."""
