"""A music generator for Rondo. The generator gets a prompt over HTTP, and delivers audio while the audio is made."""
