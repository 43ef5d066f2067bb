"""Evidence files: taken in, looked into, kept under their hash, cited, checked and given out."""
