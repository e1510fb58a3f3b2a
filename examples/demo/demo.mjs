// `npm run demo`: runs the example functions of all three platforms in their real runtimes, and shows that the gateway
// behind the aggregator holds the same numbers as the callers saw. Old versions of Node must be able to parse this file, so that it can
// report that they are too old.
const [major, minor] = process.versions.node.split(".").map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error("The demo needs Node 20.19 or newer; this is Node " + process.versions.node + ".");
  process.exitCode = 1;
} else {
  void import("./start.mjs").then(({ start }) => start(process.argv.slice(2)));
}
