"""Orders through the real bridge: every branch of rulebook E.4."""

import asyncio
import unittest

from rig import MAGIC, BridgeCase


class HappyPath(BridgeCase):
    async def test_a_buy_is_journalled_sent_once_filled_and_told_in_events(self) -> None:
        cockpit = await self.trading(self.rig())
        wish = cockpit.wish()
        result = (await cockpit.ask("order", wish, "order_result"))["d"]
        self.assertEqual((result["state"], result["retcode"], result["attempts"]), ("filled", 10009, 1))
        acks = [f["d"] for f in cockpit.frames if f["t"] == "order_ack"]
        self.assertEqual([ack["cid"] for ack in acks], [wish["cid"]])
        deal = await cockpit.event("deal_added")
        self.assertEqual((deal["cause_cid"], deal["after"]["ticket"], deal["after"]["owner"]), (wish["cid"], result["deal"], "ours"))
        opened = await cockpit.event("position_opened")
        self.assertEqual(opened["after"]["ticket"], result["position"])
        self.assertEqual(opened["after"]["comment"], "k1-" + acks[0]["token"])
        self.assertEqual(len(cockpit.events("position_opened")), 1)


if __name__ == "__main__":
    unittest.main()
