"""Why cargo goes where it goes: routes, what they pay, and what others lack."""
