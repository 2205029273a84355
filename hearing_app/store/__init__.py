"""The transactional database that is the record: engine, tables and migrations."""
