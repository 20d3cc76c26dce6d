"""The pages of accounts: sign in and up, passwords, second factors; the accounts library in our dress."""
