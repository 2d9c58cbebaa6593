"""The commands of `warehouse`, one module per area; each has `register(app)`."""
