"""Block Kit drawn as pages and pictures, since no stand-in shows all of it; and Chromium, which clicks and draws."""
