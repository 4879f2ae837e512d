"""The operation "suspected": a person has said of which PC a suspected report speaks.

An accepted report goes back into the queue with the PC written on it (0: a new one) and is recorded like any
other. Its device is bound to that PC from then on, and its marks become marks of the PC.
"""

import json

from kanmon.common import clock, config, messages
from kanmon.intake.models import Receipt
from kanmon.inventory.models import Pc
from kanmon.journal.worker import Permanent, Work


def decide_suspected(work: Work) -> None:
    """Carry out the decision: "same" (with ``pc``, else the likeliest), "new" or "reject"."""
    order = json.loads(bytes(work.operation.input))
    language = str(config.get("server.language"))
    receipt_id, decision = int(order["receipt"]), order["decision"]
    with work.transaction():
        receipt = Receipt.objects.filter(id=receipt_id).defer("body", "report").first()
        if receipt is None or receipt.state != Receipt.SUSPECTED:
            state = receipt.state if receipt else "-"
            raise Permanent(messages.text("KNM1116-E", {"receipt": receipt_id, "state": state}, language))
        if decision == "reject":
            Receipt.objects.filter(id=receipt_id).update(
                state=Receipt.REJECTED, ended_at=clock.now(), body=b"", report=b""
            )
            sentence = messages.text("KNM1121-I", {"receipt": receipt_id}, language)
        else:
            pc = 0 if decision == "new" else int(order["pc"] or receipt.pc or 0)
            if pc and not Pc.objects.filter(id=pc).exists():
                raise Permanent(messages.text("KNM6010-E", {"what": "PC", "name": pc}, language))
            Receipt.objects.filter(id=receipt_id).update(state=Receipt.QUEUED, pc=pc)
            sentence = messages.text("KNM1119-I" if pc else "KNM1120-I", {"receipt": receipt_id, "pc": pc}, language)
        work.finish(handed=decision != "reject", sentence=sentence)
