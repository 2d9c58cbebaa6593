"""Rules that are made from contracts: nobody writes them, and each says what its contract says."""
