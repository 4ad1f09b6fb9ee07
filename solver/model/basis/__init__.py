"""What a solve begins with: a basis near its end."""
