"""Evidence: published counts of people, and every rate, interval and comparison that follows from them."""
