"""What every layer may use and nothing here knows a domain: money, clock, errors, events, pages, tables."""
