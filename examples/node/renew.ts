// A cron job: renews subscriptions, which are orders, too.
import { instrumentJob } from "@prefreeze/node";
import { charge, orders } from "../metrics.js";
import { chargeCard } from "../payment.js";

const renewed = await instrumentJob("renew-subscriptions", async () => {
  const cards = process.argv.slice(2);
  for (const card of cards) {
    await charge.time(() => chargeCard(card));
    orders.inc({ plan: "pro" });
  }
  return cards.length;
});
console.log(`${renewed} subscriptions renewed`);
