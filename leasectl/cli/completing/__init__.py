"""What a shell asks at each TAB, and the answers: words in, one value a line out, in cobra's way."""
