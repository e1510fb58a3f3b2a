// Prints the path of a Debian release's Pushgateway, and fetches it first if it is missing. To run tests with it:
// PUSHGATEWAY_BIN="$(node test/pushgateway/print-path.mjs trixie)" npm test -- packages/core
import { findOrFetch } from "./fetch.mjs";

try {
  console.log(await findOrFetch("pushgateway", process.argv[2]));
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
  process.exitCode = 1;
}
