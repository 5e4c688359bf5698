"""What a model may call. Knows nothing of conversations, and of Django settings and words only."""
