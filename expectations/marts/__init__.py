"""The promises to readers, judged on the candidate before it is published."""
