"""The forecast method: Delphi rounds with people, their statistics, reports and the command line."""
