"""What is done with instances before they are solved: listed, copied, begun."""
