"""What sheets and database tables share: keys, rules and scenarios given by rows."""
