"""Talking to MCP servers. What imports the SDK is imported where a server is used."""
