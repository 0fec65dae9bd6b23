"""What the three generations of the pool share: their base, the token, the exit queue, the lottery."""
