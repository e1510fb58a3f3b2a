// Replaces the timers as jsdom does: theirs are numbers.
const { setTimeout: set } = globalThis;
globalThis.setTimeout = (...args) => Number(set(...args));

const { counter, instrument } = require("@prefreeze/aws-lambda");

const orders = counter({ name: "orders_total", help: "Orders accepted." });

exports.handler = instrument(async () => orders.inc());
