"""The console of a hub (控制台): where support, goods and finance people see, decide and act. Pages made by the server."""
