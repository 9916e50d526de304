"""A steal in words and as a document: what is about to be done, and what came of it."""
