"""An SMTP server that prints its port, then every message it takes as a line of JSON.

The first argument is how many messages it asks to come again before it takes one.
"""

import asyncio
import email
import email.policy
import json
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    refusals = int(sys.argv[1])

    async def handle_DATA(self, server, session, envelope):
        if Handler.refusals > 0:
            Handler.refusals -= 1
            return "451 4.3.0 come again later"
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        told = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "user": session.auth_data.decode() if session.auth_data else None,
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


async def main():
    def make():
        return SMTP(Handler(), authenticator=authenticate, auth_require_tls=False, auth_required=True)

    server = await asyncio.get_running_loop().create_server(make, host="127.0.0.1", port=0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
