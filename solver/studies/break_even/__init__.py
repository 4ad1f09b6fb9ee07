"""At which rate, or capacity, cargo comes to an element or leaves it."""
