"""Mail, behind one small interface: who sends needs to know of no server.

`Smtp` speaks to the server that the settings name. Another way (GOV.UK Notify) is another class with the same one method.
"""

from __future__ import annotations

import re
import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from service.config import Config

PATIENCE = 20  # seconds


class NotSent(Exception):  # noqa: N818 - a finding, not a fault
    """A mail could not be sent; it will be tried again."""

    def __init__(self, address: str, why: str) -> None:
        """Take the address and the reason."""
        super().__init__(f"no mail could be sent to {address}: {why}")
        self.address, self.why = address, why


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail. `name` makes a second copy of it known for what it is; an attachment is its file name and its text."""

    to: str
    subject: str
    text: str
    name: str | None = None
    attachment: tuple[str, str] | None = None


class Mailer(Protocol):
    """What sends a mail."""

    def send(self, mail: Mail) -> None:
        """Send it; raise NotSent."""


@dataclass(frozen=True, slots=True)
class Smtp:
    """An SMTP server."""

    host: str
    port: int
    sender: str

    def send(self, mail: Mail) -> None:
        """Hand it to the server; raise NotSent where that does not take it."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, mail.to, mail.subject
        if mail.name:
            message["Message-ID"] = f"<{mail.name}>"
        message.set_content(mail.text)
        if mail.attachment:
            name, text = mail.attachment
            message.add_attachment(text.encode(), maintype="text", subtype="plain", filename=name)
        try:
            with smtplib.SMTP(self.host, self.port, timeout=PATIENCE) as server:
                server.send_message(message)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            # Why is kept, and whose address it is may be erased: servers repeat it in what they answer.
            why = re.sub(re.escape(mail.to), "the address", str(error), flags=re.IGNORECASE)
            raise NotSent(mail.to, why) from error


def mailer(config: Config) -> Mailer | None:
    """Return what sends mail as the settings say; None where they say nothing."""
    return Smtp(*config.smtp, config.mail_from) if config.smtp and config.mail_from else None
