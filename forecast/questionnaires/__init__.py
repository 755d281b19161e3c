"""Questionnaires without the web: sheets to print, and workbooks to fill in and send back."""
