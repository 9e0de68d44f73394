"""Tasks in Chromium: on web sites, and with the browser itself."""
