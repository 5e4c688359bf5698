"""The floor: a bare page on a bare server. One request per message, its answer piped through byte
for byte; no history, no accounts, no markdown, nothing stored."""
