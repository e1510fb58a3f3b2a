export { httpTransport } from "./http-transport.js";
export { asyncInvocationStore } from "./invocation-store.js";
