export { startGateway } from "./http/start-gateway.js";
export type { Gateway, GatewayOptions } from "./http/start-gateway.js";
export type { Group, GroupFamily, GroupSample } from "./store/group.js";
export type { FamilyType } from "./text/metric-family.js";
