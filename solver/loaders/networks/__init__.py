"""Networks in forms of traffic assignment, which are read and never written."""
