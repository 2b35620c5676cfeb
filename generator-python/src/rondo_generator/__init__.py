"""A music generator for Rondo. It gets a prompt over HTTP, and delivers the audio while the audio is being made."""
