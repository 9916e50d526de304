"""A doctor as it runs: asked within the time, and what is installed here."""
