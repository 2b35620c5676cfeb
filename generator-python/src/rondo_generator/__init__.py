"""A music generator for Rondo: it gets a prompt by HTTP and delivers audio while it is made."""
