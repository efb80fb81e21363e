"""Keys (密钥): one module for each place in which an enterprise may hold its key."""
