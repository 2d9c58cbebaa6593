"""Reference lists: read from maintained packages and small reviewed files, filled at migration."""
