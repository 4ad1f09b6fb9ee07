"""What is kept: the ledger, the folders of items, and the tables made of them."""
