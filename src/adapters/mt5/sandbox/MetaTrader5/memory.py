"""
What the broker does not forget when the process ends: a folder with `state.json` (all that changes, replaced whole) and one growing file of
deals and done orders an account, which never change once written.
"""

import json
import os
from typing import Any, Dict, List, Optional, Tuple

from .book import Book


class Memory:
    """The state folder. A kill between two writes loses nothing that `state.json` knows of: surplus lines of the growing files are dropped."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        #: Deals and done orders already in the file of an account.
        self._written: Dict[int, Tuple[int, int]] = {}
        os.makedirs(folder, exist_ok=True)

    def write(self, state: Dict[str, Any], books: Dict[int, Book]) -> None:
        """Appends what is new in the accounts' histories, then replaces `state.json` by `state` with the books' present."""
        present: Dict[str, Any] = {}
        for login, book in books.items():
            self._append(login, book)
            present[str(login)] = {**book.to_json(False), "deals": len(book.deals), "history": len(book.history)}
        path = os.path.join(self.folder, "state.json")
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(json.dumps({**state, "books": present}))
        os.replace(path + ".new", path)

    def read(self) -> Optional[Dict[str, Any]]:
        """The state of an earlier life with the books whole; None when there is none. ValueError or KeyError for files of another shape."""
        path = os.path.join(self.folder, "state.json")
        if not os.path.isfile(path):
            return None
        with open(path, encoding="utf-8") as file:
            state: Dict[str, Any] = json.loads(file.read())
        for login, book in state["books"].items():
            counts = (book["deals"], book["history"])
            book["deals"], book["history"] = self._read_lines(int(login), counts)
            self._written[int(login)] = counts
        return state

    def _path(self, login: int) -> str:
        return os.path.join(self.folder, "account-%d.jsonl" % login)

    def _append(self, login: int, book: Book) -> None:
        deals, orders = self._written.get(login, (0, 0))
        lines = [["deal", vars(deal)] for deal in book.deals[deals:]] + [["order", vars(order)] for order in book.history[orders:]]
        if lines:
            with open(self._path(login), "a", encoding="utf-8") as file:
                file.write("".join(json.dumps(line) + "\n" for line in lines))
        self._written[login] = (len(book.deals), len(book.history))

    def _read_lines(self, login: int, counts: Tuple[int, int]) -> Tuple[List[Any], List[Any]]:
        found: Dict[str, List[Any]] = {"deal": [], "order": []}
        limits = {"deal": counts[0], "order": counts[1]}
        if os.path.isfile(self._path(login)):
            kept = b""
            with open(self._path(login), "rb") as file:
                for line in file:
                    kind, values = json.loads(line) if line.endswith(b"\n") else ("", None)
                    if kind and len(found[kind]) < limits[kind]:
                        found[kind].append(values)
                        kept += line
            with open(self._path(login), "wb") as file:
                file.write(kept)
        if (len(found["deal"]), len(found["order"])) != counts:
            raise KeyError("%s does not hold what state.json counts" % self._path(login))
        return found["deal"], found["order"]
