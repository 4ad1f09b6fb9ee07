"""Other ways to solve an instance, one module each, run in processes of their own."""
