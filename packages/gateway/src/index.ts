export { startGateway } from "./start-gateway.js";
export type { Gateway, GatewayOptions } from "./start-gateway.js";
export type { Group, GroupFamily, GroupSample } from "./group.js";
export type { FamilyType } from "./metric-family.js";
