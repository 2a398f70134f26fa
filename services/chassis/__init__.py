"""What every service needs and no patient ever hears of: mechanism, never medicine."""
