"""Language models: any OpenAI-compatible endpoint, or Gemini, with retries, a budget of the day and a log of costs."""
