"""The history of the schema, one script a change; run by `Database.upgrade`, never by hand."""
