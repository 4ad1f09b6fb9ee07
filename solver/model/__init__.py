"""The linear program: one PuLP problem, its rows by family, and its solvers."""
