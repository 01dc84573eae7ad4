"""What happens by the calendar: notices of extension, what is overdue, the daily digest."""
