import { handlers } from "./every-handler.mjs";

export { Adder, Billing, Shop } from "./every-handler.mjs";
export default handlers;
