"""A music generator for Rondo: takes a prompt by HTTP and delivers audio as it is made."""
