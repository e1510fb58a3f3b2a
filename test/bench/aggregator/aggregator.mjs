// An aggregator in a process of its own: `aggregator.mjs <directory> <URL of the Pushgateway> [name]`. It tells its URL, and
// then for each message what it has used so far.
import { startAggregator } from "@prefreeze/aggregator";

const [directory = "", pushgateway = "", name] = process.argv.slice(2);
const { url, close } = await startAggregator({
  directory,
  pushgateway,
  ...(name !== undefined && { name }),
  listen: { port: 0 },
  log: (message) => console.error(message),
});
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({
    cpuMs: (user + system) / 1_000,
    maxRssMb: process.resourceUsage().maxRSS / 1_024,
  });
});
process.once("disconnect", () => void close().then(() => process.exit()));
process.send?.(url);
