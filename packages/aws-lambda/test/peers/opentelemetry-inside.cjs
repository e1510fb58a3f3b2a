// Wraps a handler that OpenTelemetry has wrapped already.
const { instrument } = require("@prefreeze/aws-lambda");

exports.handler = instrument(require("./opentelemetry.cjs").bare);
