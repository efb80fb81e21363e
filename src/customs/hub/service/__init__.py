"""The service of a hub (枢纽服务): its enterprises opened, its works, the loops that do them, and what is missing."""
