"""Articles into Postgres, and everything derived inside it."""
