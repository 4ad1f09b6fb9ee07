"""Tables as Parquet files, in a folder like that of CSV files."""
