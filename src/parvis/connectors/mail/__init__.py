"""Mail transports: SMTP, and files for an installation that sends nothing."""
