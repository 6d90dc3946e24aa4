"""Functions of plugins: a script in addon/ answers, with the environment of host-protocol 7.5 and the session document on stdin."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Dict

from . import descriptions, logs, modules
from .documents import BadXml, Element, PanelError, add, parse, to_bytes
from .panel import Panel, Request

FAILED = "plugin terminated with an error or returned an invalid XML"  # host-protocol 7.4


def answer(panel: Panel, request: Request, script: str) -> Element:
    """Run the script as function `request.func` and return its document. Raises PanelError for a bad exit or bad XML."""
    argv = [panel.path("addon", script)]
    session = session_document(panel, request)
    limit = float(panel.switches["limit_forms"])
    code, stdout, stderr = modules.execute(panel, argv, to_bytes(session), limit, environment(request))
    secrets = [value for name, value in request.params.items() if logs.SECRET.search(name)]
    logs.append(
        panel.log("runs"),
        argv=argv,
        func=request.func,
        code=code,
        stdout=logs.without(stdout.decode("utf-8", "replace"), secrets),
        stderr=logs.without(stderr.decode("utf-8", "replace"), secrets),
    )
    try:
        document = parse(stdout)
    except BadXml as error:
        raise PanelError("xml", script, f"{FAILED}: {error}") from None
    if document.find("error") is None and code != 0:
        raise PanelError("xml", script, FAILED)
    return document


def environment(request: Request) -> Dict[str, str]:
    shown = {f"PARAM_{name}": value for name, value in request.params.items()}
    return {
        **shown,
        "PARAM_func": request.func,
        "AUTH_USER": request.user,
        "AUTH_LEVEL": str(request.level),
        "AUTH_IP": "127.0.0.1",
        "EVENT_TYPE": "action",
        "ACTION_NAME": request.func,
    }


def session_document(panel: Panel, request: Request) -> Element:
    """Metadata and messages of the function, and the request's parameters as its values."""
    doc = ET.Element("doc", {"lang": request.lang, "func": request.func, "user": request.user, "level": str(request.level)})
    doc.extend(descriptions.metadata(panel, request.func))
    block = ET.SubElement(doc, "messages", {"name": request.func})
    for name, text in descriptions.messages(panel, request.func, request.lang).items():
        add(block, "msg", text, name=name)
    add(doc, "func", request.func)
    for name, value in request.params.items():
        if name.isidentifier() and name != "func":
            add(doc, name, value)
    return doc
