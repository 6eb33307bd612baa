"""Kinetra bridge: a WebSocket server beside a MetaTrader 5 terminal.

The modules of this package are joined into one file, `kinetra_bridge.py`, by `scripts/bridge-file.mjs`, so that a trader saves one file and
runs it. Because of that, modules import each other only as `from .module import name`, and no two modules share a top-level name.
The protocol is described in docs/BRIDGE_PROTOCOL.md.
"""
