"""Check of the broker: the configured one is contacted, the embedded one is started briefly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cli.doctor.finding import Finding, failed, ok, warning

_BROKER = "broker"
_CONNECT_S = 3


@dataclass(frozen=True, slots=True)
class BrokerSeen:
    """The state of a broker; `kind` is `named` (by the operator), `embedded`, `in memory` or `none` (no server)."""

    kind: str
    where: str = ""
    version: str = ""
    error: str | None = None


def look_at_broker(broker_url: str) -> BrokerSeen:
    """Return the state of the broker at `broker_url`, or of the embedded one, which is started and stopped again."""
    if broker_url.startswith("memory:"):
        return BrokerSeen("in memory")
    return _look_at_named(broker_url) if broker_url else _look_at_embedded()


def _look_at_named(url: str) -> BrokerSeen:
    from kombu import Connection

    limits = {"socket_connect_timeout": _CONNECT_S, "socket_timeout": _CONNECT_S}
    where = "in STEPPEWATCH_BROKER_URL"
    try:
        with Connection(url, connect_timeout=_CONNECT_S, transport_options=limits) as connection:
            where = connection.as_uri()
            connection.ensure_connection(max_retries=1, timeout=_CONNECT_S)
            client: Any = getattr(connection.default_channel, "client", None)  # only Redis transports have one
            info = client.info("server") if client is not None else {}
    except KeyError as error:  # raised by kombu for an unknown scheme
        return BrokerSeen("named", where, error=str(error).strip("'\""))
    except Exception as error:  # every transport has its own errors, and all mean that the broker is unusable
        return BrokerSeen("named", where, error=str(error).partition("\n")[0] or type(error).__name__)
    valkey, redis = info.get("valkey_version"), info.get("redis_version")
    version = f"Valkey {valkey}" if valkey else f"Redis {redis}" if redis else ""
    return BrokerSeen("named", where, version)


def _look_at_embedded() -> BrokerSeen:
    from worker.runtime.valkey import ValkeyError, find_server, start

    if find_server() is None:
        return BrokerSeen("none")
    try:
        with start(None, patience_s=10):  # store nothing: the log in the data directory may be in use
            return BrokerSeen("embedded")
    except ValkeyError as error:
        return BrokerSeen("embedded", error=" ".join(str(error).split()))


def judge_broker(seen: BrokerSeen) -> Finding:
    """Return the finding on whether workers can receive messages."""
    match seen.kind:
        case "in memory":
            mend = "for more than one worker process leave STEPPEWATCH_BROKER_URL empty, or name a Redis"
            return warning(_BROKER, "in the memory of one worker process", mend)
        case "none":
            mend = "for more than one worker process name a Redis in STEPPEWATCH_BROKER_URL"
            return warning(
                _BROKER, "no embedded broker for this kind of machine; a single worker process runs instead", mend
            )
        case "embedded" if seen.error is not None:
            mend = "fix this problem, or name a Redis in STEPPEWATCH_BROKER_URL"
            return failed(_BROKER, f"the embedded broker does not start: {seen.error}", mend)
        case "embedded":
            return ok(_BROKER, "the embedded Valkey starts and answers")
    if seen.error is not None:
        mend = "check that it runs and that STEPPEWATCH_BROKER_URL is right; if empty, “up” starts its own"
        return failed(_BROKER, f"{seen.where} does not answer: {seen.error}", mend)
    return ok(_BROKER, f"{seen.version or 'it'} answers at {seen.where}")
