"""The local stack, its tools and its data: nothing of this is deployed."""
