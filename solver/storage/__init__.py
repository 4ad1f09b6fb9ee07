"""Files and folders: complete or absent."""
