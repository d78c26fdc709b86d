"""Speed and cost of the assistant under load, beside a stock Rasa assistant trained on the same sentences."""
