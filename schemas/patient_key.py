"""The opaque key that stands for a patient wherever an identifier must not be seen (rule P03)."""

import hashlib
import hmac


def patient_key(site_secret: bytes, system: str, value: str) -> str:
    """Derive the key of one patient identifier.

    `system` is `nhs` for an NHS number, else the assigning authority of a local number. The same identifier
    and secret give the same 32 hexadecimal characters in every service, without a lookup.
    """
    said = f"{system.strip().lower()}:{''.join(value.split()).upper()}".encode()
    return hmac.new(site_secret, said, hashlib.sha256).hexdigest()[:32]
