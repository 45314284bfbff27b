"""Page classes of publishers that need code."""
