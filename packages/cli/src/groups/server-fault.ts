/** A Pushgateway or a Prometheus did not do what it was asked to; the message says why, and what to do. */
export class ServerFault extends Error {}
