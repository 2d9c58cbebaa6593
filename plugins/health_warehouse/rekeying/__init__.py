"""All keys made anew: after an upgrade that changes how, or with another secret."""
