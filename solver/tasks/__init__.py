"""One function a command: from paths and options to a verified result."""
