"""Documents for readers: HTML for both doors, tables and files to take away."""
