"""The promises of the sender, judged at the door on the new batch only."""
