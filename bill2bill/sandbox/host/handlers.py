"""Scripts of plugins in addon/ (host-protocol 7.4-7.6): one that is a function, and those that run around a
function of the panel.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Callable, Dict, List, Optional
from urllib.parse import urlencode

from . import descriptions, logs, modules
from .documents import BadXml, Element, PanelError, add, parse, to_bytes
from .panel import STARTING, Panel, Request

FAILED = "plugin terminated with an error or returned an invalid XML"  # host-protocol 7.4


def answer(panel: Panel, request: Request, script: str) -> Element:
    """Run the script as function `request.func` and return its document. Raises PanelError for a bad exit or
    bad XML.
    """
    return _run(panel, request, script, environment(request, "action"), session_document(panel, request))


def around(panel: Panel, request: Request, events: List[Element], function: Callable[[], Element]) -> Element:
    """The function with its handlers: before, after its success, and final whatever became of it. Raises the
    first error.
    """
    document: Optional[Element] = None
    try:
        for event in _of(events, "before"):
            _stop_at_error(_run_event(panel, request, event, "before", None))
        document = function()
        for event in _of(events, "after") if document.find("error") is None else ():
            document = _merged(document, _stop_at_error(_run_event(panel, request, event, "after", document)))
        return document
    finally:
        for event in _of(events, "final"):
            _run_event(panel, request, event, "final", document)


def _of(events: List[Element], stage: str) -> List[Element]:
    return [event for event in events if event.get(stage) == "yes"]


def _run_event(
    panel: Panel, request: Request, event: Element, stage: str, document: Optional[Element]
) -> Element:
    """Run one handler and return its answer. `cgi` handlers get the parameters as a query string, `xml`
    handlers the session document with the answer so far.
    """
    env = environment(request, stage)
    if stage != "final" and panel.switches["handler_calls"] == "refused":
        env[STARTING] = "1"
    if event.get("type") == "cgi":
        env.update(QUERY_STRING=urlencode({"func": request.func, **request.params}), REQUEST_METHOD="GET")
        return _run(panel, request, event.get("script") or "", env, None)
    session = session_document(panel, request)
    return _run(
        panel,
        request,
        event.get("script") or "",
        env,
        session if document is None else _merged(session, document),
    )


def _stop_at_error(reply: Element) -> Element:
    if reply.find("error") is not None:
        raise PanelError.passed_through(reply)
    return reply


def _merged(document: Element, reply: Element) -> Element:
    """`ok` replaces, everything else is added; a value that is there already is replaced
    (host-protocol 7.4).
    """
    merged = ET.Element(document.tag, document.attrib)
    replaced = {child.tag for child in reply} - {"elem", "slist", "list", "metadata", "messages"}
    merged.extend([child for child in document if child.tag not in replaced])
    merged.extend(list(reply))
    return merged


def _run(
    panel: Panel, request: Request, script: str, env: Dict[str, str], session: Optional[Element]
) -> Element:
    argv = [panel.path("addon", script)]
    stdin = b"" if session is None else to_bytes(session)
    code, stdout, stderr = modules.execute(panel, argv, stdin, float(panel.switches["limit_forms"]), env)
    secrets = [value for name, value in request.params.items() if logs.SECRET.search(name)]
    logs.append(
        panel.log("runs"),
        argv=argv,
        func=request.func,
        event=env["EVENT_TYPE"],
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


def environment(request: Request, stage: str) -> Dict[str, str]:
    shown = {f"PARAM_{name}": value for name, value in request.params.items()}
    return {
        **shown,
        "PARAM_func": request.func,
        "AUTH_USER": request.user,
        "AUTH_LEVEL": str(request.level),
        "AUTH_IP": "127.0.0.1",
        "EVENT_TYPE": stage,
        "ACTION_NAME": request.func,
    }


def session_document(panel: Panel, request: Request) -> Element:
    """Metadata and messages of the function, and the request's parameters as its values."""
    doc = ET.Element(
        "doc", {"lang": request.lang, "func": request.func, "user": request.user, "level": str(request.level)}
    )
    doc.extend(descriptions.metadata(panel, request.func))
    block = ET.SubElement(doc, "messages", {"name": request.func})
    for name, text in descriptions.messages(panel, request.func, request.lang).items():
        add(block, "msg", text, name=name)
    add(doc, "func", request.func)
    for name, value in request.params.items():
        if name.isidentifier() and name != "func":
            add(doc, name, value)
    return doc
