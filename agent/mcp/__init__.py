"""The archive for assistants: an MCP server over stdio that searches, reads and cites, and changes nothing.

Every answer carries what a citation needs: document, title, dates, words with their offsets, address, and the sha256 of
the page as received.
"""
