"""Comments from the form to the record: what is kept, who may read what, and how words leave again."""
