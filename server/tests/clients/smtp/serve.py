"""An SMTP server that prints its port, then every message it takes as a line of JSON.

The first argument is how many messages it asks to come again before it takes one; the second, if there is one, whether it speaks TLS at
once (`smtps`) or offers it (`starttls`); the third where the certificate of the authority is to be written that vouches for it.
"""

import asyncio
import email
import email.policy
import json
import ssl
import sys

import trustme
from aiosmtpd.smtp import SMTP, AuthResult

refusals, speaks, authority_file = [*sys.argv[1:], "plain", None][:3]


class Handler:
    refusals = int(refusals)

    async def handle_DATA(self, server, session, envelope):
        if Handler.refusals > 0:
            Handler.refusals -= 1
            return "451 4.3.0 come again later"
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        told = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "user": session.auth_data.decode() if session.auth_data else None,
            "encrypted": server.transport.get_extra_info("ssl_object") is not None,
            "id": message["Message-ID"],
            "in_reply_to": message["In-Reply-To"],
            "subject": message["Subject"],
            "text": message.get_content(),
        }
        print(json.dumps(told), flush=True)
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    if data.login == b"tracetab" and data.password == b"hush":
        return AuthResult(success=True, auth_data=data.login)
    return AuthResult(success=False, handled=False)


def certified():
    authority = trustme.CA()
    authority.cert_pem.write_to_path(authority_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


async def main():
    context = certified() if authority_file else None
    offered = context if speaks == "starttls" else None

    def make():
        # Whoever is offered TLS and does not take it is refused, and so is a password without it.
        return SMTP(
            Handler(),
            authenticator=authenticate,
            auth_require_tls=offered is not None,
            auth_required=True,
            tls_context=offered,
            require_starttls=offered is not None,
        )

    wrapped = context if speaks == "smtps" else None
    loop = asyncio.get_running_loop()
    server = await loop.create_server(make, host="127.0.0.1", port=0, ssl=wrapped)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
