"""Who we are to a server: certificates, tokens, and the plugins and providers that give them."""
