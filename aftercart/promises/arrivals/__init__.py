"""When things arrive, for many orders at once: what was known each morning, the chance of each day, and how far to trust
it. Pure, on numpy arrays; imported only where it is used, so that serving starts without numpy."""
