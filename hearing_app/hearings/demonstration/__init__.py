"""A made-up hearing to rehearse with: comments, votes and answers from a seed, and taking them out again."""
