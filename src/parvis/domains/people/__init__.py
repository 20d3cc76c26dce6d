"""Who everybody is: accounts, staff and roles, customers, consents, API tokens, and the trail of who did what."""
