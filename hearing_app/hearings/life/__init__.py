"""The life of a hearing: from drafted to followed up, and what is possible when."""
