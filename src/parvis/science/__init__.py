"""Pure algorithms over polars frames and numpy arrays: no Django, no network, no clock."""
