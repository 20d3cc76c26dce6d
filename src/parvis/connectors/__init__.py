"""One folder an outside platform: translate its payloads into domain actions, and back."""
