"""From items to stories: signatures, candidates, verdicts, the incremental index (pure)."""
