"""The only caller of an API server."""
