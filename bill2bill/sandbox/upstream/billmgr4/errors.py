"""Errors of the provider: the code table of upstream-billmanager4 2.4."""

from __future__ import annotations

INTERNAL, EXISTS, MISSING, BAD_VALUE, DENIED, MESSAGE, AUTH = 1, 2, 3, 4, 6, 8, 100

TEXTS = {
    INTERNAL: "Internal error",
    EXISTS: "Object already exists",
    MISSING: "Object does not exist",
    BAD_VALUE: "Invalid value",
    DENIED: "Access denied",
    MESSAGE: "The object is locked",
    AUTH: "access deny",
}


class Refusal(Exception):
    """A logical error: nothing was done. code as in 2.4; obj is an object type, val a field name."""

    def __init__(self, code: int, *, obj: str = "", val: str = "", msg: str = "") -> None:
        self.code = code
        self.obj = obj
        self.val = val
        self.msg = msg or TEXTS.get(code, "Error")
        super().__init__(f"error {code} {obj or val}".strip())


def bad_value(field: str, msg: str = "") -> Refusal:
    """Code 4: the field is wrong, or required and empty."""
    return Refusal(BAD_VALUE, val=field, msg=msg)


def missing(obj: str) -> Refusal:
    """Code 3: no such object, or somebody else's."""
    return Refusal(MISSING, obj=obj)
