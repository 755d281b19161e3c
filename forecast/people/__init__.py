"""The people of a panel: their list, what they are promised and sent, and how the panel is balanced."""
