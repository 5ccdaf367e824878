"""Work done later: a row in the database, a lease, a worker."""
