"""The public pages: figures, drawings and texts as static files. Sees only the catalogue and the table's schema."""
