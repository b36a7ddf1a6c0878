"""What a person is told: why usage is on or off, what is waiting, what would leave next."""
