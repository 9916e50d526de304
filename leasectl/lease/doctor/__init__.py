"""What stands in the way: facts in, findings out."""
