// Functions with other code that listens for SIGTERM.
const { counter, instrument } = require("@prefreeze/aws-lambda");

const orders = counter({ name: "orders_total", help: "Orders accepted." });
const shop = instrument(async () => orders.inc());
const cleaned = () => console.info("[runtime] cleaned");
const others = {
  signalExit3: () => require("signal-exit-3")(cleaned),
  signalExit4: () => require("signal-exit").onExit(cleaned),
  bothSignalExits: () => [others.signalExit3(), others.signalExit4()],
  properLockfile: () => require("proper-lockfile"),
  whenExit: () => import("when-exit").then(({ default: whenExit }) => whenExit(cleaned)),
  asyncExitHook: () =>
    require("async-exit-hook")((done) => setTimeout(() => [cleaned(), done()], 20)),
  exits: () =>
    process.on("SIGTERM", () => {
      cleaned();
      process.exit(0);
    }),
  exitsLater: () =>
    process.once("SIGTERM", async () => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      cleaned();
      process.exit(3);
    }),
  bothCopies: () => import("@prefreeze/node").then(({ onTerminate }) => onTerminate(cleaned, 250)),
};

const name = process.env._HANDLER.split(".").pop();
others[name]();
exports[name] = shop;
