"""How a customer lets an assistant act for her: OAuth 2.1 with consent on a page of ours.

Authorization code with PKCE (S256), public clients, tokens of which only hashes are kept. RFC 6749 and 7636 as
OAuth 2.1 has them, 7009 (revocation), 7591 (registration), 8414 and 9728 (metadata), 8707 (resource), 9207 (issuer),
and client id metadata documents.
"""
