"""How an instance is solved: column generation and lexicographic objectives."""
