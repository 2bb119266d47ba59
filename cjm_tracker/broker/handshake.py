"""TLS tried by ourselves, to say in one line what is wrong with it.

Kafka's clients report a refused certificate as a time-out, and wait without end where nobody
speaks TLS.
"""

from __future__ import annotations

import re
import socket
import ssl

from cjm_tracker.broker.address import Broker

ANSWER_S = 5.0

PROTOCOL_HINT = "Is CJM_KAFKA_SECURITY_PROTOCOL right?"
CERTIFICATE_HINT = "Does it ask for a certificate of ours (CJM_KAFKA_CERTIFICATE_FILE)?"


def tls_fault(broker: Broker, context: ssl.SSLContext, alert_s: float = 0.0) -> str | None:
    """What the servers make of TLS: empty when one takes it, else what is wrong.

    None when nobody is there, which the client will say. A server may refuse our certificate only
    after the handshake: `alert_s` is how long that is listened for.
    """
    faults = []
    for host, port in broker.places:
        try:
            with socket.create_connection((host, port), ANSWER_S) as bare:
                fault = _handshake(bare, host, context, alert_s)
        except OSError:
            continue
        if not fault:
            return ""
        faults.append(fault)
    return faults[0] if faults else None


def speaks_tls(broker: Broker) -> bool:
    """Whether a server answers in TLS, whoever it is."""
    anyone = ssl.create_default_context()
    anyone.check_hostname = False
    anyone.verify_mode = ssl.CERT_NONE
    return tls_fault(broker, anyone) == ""


def _handshake(bare: socket.socket, host: str, context: ssl.SSLContext, alert_s: float) -> str:
    try:
        secured = context.wrap_socket(bare, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        return (
            f"its certificate is refused ({error.verify_message.rstrip('.')}). Is it of the "
            "authority in CJM_KAFKA_CA_FILE, and for this host name?"
        )
    except TimeoutError:
        return f"it does not answer in TLS. {PROTOCOL_HINT}"
    except OSError as error:
        return f"it does not take TLS ({_plain(error)}). {PROTOCOL_HINT}"
    with secured:
        return _alert(secured, alert_s) if alert_s else ""


def _alert(secured: ssl.SSLSocket, wait_s: float) -> str:
    secured.settimeout(wait_s)
    try:
        secured.recv(1)
        reason = "without a word"
    except TimeoutError:
        return ""
    except OSError as error:
        reason = _plain(error)
    return f"it ends the connection ({reason}). {CERTIFICATE_HINT}"


def _plain(error: OSError) -> str:
    """`[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:992)` without its ends."""
    return re.sub(r"^\[[^]]*\] | \(_ssl.*$", "", str(error))
